package glmm

import (
	"math"
	"slices"
)

const (
	smallFactor = 0.05  // diagonal elements of T below this are tried at zero
	smallLoss   = 1e-6  // what the log-likelihood may lose by it
	releaseGain = 1e-13 // rise of the log-likelihood, as a share of it, that is not rounding
)

// diagonals calls see for every diagonal element of the T: its place among the
// parameters, and those below it in its column.
func (p *problem) diagonals(see func(place, component, at int, below []int)) {
	at := p.k
	for place, q := range p.s.q {
		for j := range q {
			var below []int
			for i := j + 1; i < q; i++ {
				below = append(below, at+i*(i+1)/2+j)
			}
			see(place, j, at+j*(j+1)/2+j, below)
		}
		at += q * (q + 1) / 2
	}
}

// bound sets the small diagonal elements of the T to zero where that costs
// nothing, and holds them there: the maximum is at the edge of the parameter
// space. It tells whether there are any.
func (f *climb) bound() bool {
	p := f.p
	p.diagonals(func(place, _, at int, below []int) {
		if math.Abs(f.x[at]) > smallFactor {
			return
		}
		before, x := f.value, slices.Clone(f.x)
		f.x[at] = 0
		if len(below) > 0 {
			p.canonical(f.x, place)
		}
		if f.evaluate(); f.value < before-smallLoss || !isFinite(f.value) {
			f.x = x
			f.evaluate()
			return
		}
		f.held = append(append(f.held, at), below...)
	})
	f.split()
	return len(f.held) > 0
}

// canonical rewrites the T of a place, with the same T T', so that a zero on the
// diagonal has zeros below it.
func (p *problem) canonical(x []float64, place int) {
	at, q := p.k, p.s.q[place]
	for t := range place {
		at += p.s.q[t] * (p.s.q[t] + 1) / 2
	}
	t := x[at : at+q*(q+1)/2]
	cov := product(t, q)
	for j := range q {
		for i := j; i < q; i++ {
			v := cov[i*q+j]
			for l := range j {
				v -= t[i*(i+1)/2+l] * t[j*(j+1)/2+l]
			}
			pivot := &t[j*(j+1)/2+j]
			switch {
			case i == j && v <= 1e-14*cov[j*q+j]:
				*pivot = 0
			case i == j:
				*pivot = math.Sqrt(v)
			case *pivot == 0:
				t[i*(i+1)/2+j] = 0
			default:
				t[i*(i+1)/2+j] = v / *pivot
			}
		}
	}
}

// product returns T T' of a lower triangle that is stored row by row.
func product(t []float64, q int) []float64 {
	out := make([]float64, q*q)
	for i := range q {
		for j := range q {
			for l := range min(i, j) + 1 {
				out[i*q+j] += t[i*(i+1)/2+l] * t[j*(j+1)/2+l]
			}
		}
	}
	return out
}

// split fills free with what is not held.
func (f *climb) split() {
	f.free = f.free[:0]
	for j := range f.p.params {
		if !slices.Contains(f.held, j) {
			f.free = append(f.free, j)
		}
	}
}

// release lets go of the diagonal elements from which the likelihood rises
// after all, and tells whether there are any.
func (f *climb) release() bool {
	p := f.p
	var gone []int
	gradient := make([]float64, p.params)
	p.diagonals(func(_, _, at int, below []int) {
		if !slices.Contains(f.held, at) {
			return
		}
		const step = 1e-3
		x := slices.Clone(f.x)
		x[at] = step
		value := f.at(x, gradient)
		if isFinite(value) && gradient[at]*step > releaseGain*(1+math.Abs(value)) {
			f.x[at] = step
			gone = append(append(gone, at), below...)
		}
	})
	f.held = slices.DeleteFunc(f.held, func(j int) bool { return slices.Contains(gone, j) })
	f.split()
	f.evaluate()
	return len(gone) > 0
}
