package sparse

import "fmt"

// Solve replaces b by H⁻¹b.
func (f *Factor) Solve(b []float64) {
	f.check(b)
	for j, i := range f.s.order {
		f.x[j] = b[i]
	}
	f.forward(f.x)
	f.backward(f.x)
	for j, i := range f.s.order {
		b[i] = f.x[j]
	}
}

// HalfSolve replaces z by PᵀL⁻ᵀz, which has covariance H⁻¹ when the elements of z
// are independent with variance 1.
func (f *Factor) HalfSolve(z []float64) {
	f.check(z)
	copy(f.x, z)
	f.backward(f.x)
	for j, i := range f.s.order {
		z[i] = f.x[j]
	}
}

func (f *Factor) check(b []float64) {
	f.need()
	if len(b) != f.s.n {
		panic(fmt.Sprintf("sparse: a vector of %d for a matrix of %d", len(b), f.s.n))
	}
}

// forward replaces x by L⁻¹x.
func (f *Factor) forward(x []float64) {
	for n := range f.s.nodes {
		v := &f.s.nodes[n]
		k, b, rows := int(v.width), v.block(f.l), f.s.rowsOf(v)
		if k == 1 {
			u := x[v.first] / b[0]
			x[v.first] = u
			below := b[1 : 1+len(rows)]
			for i, r := range rows {
				x[r] -= below[i] * u
			}
			continue
		}
		own := x[v.first : int(v.first)+k]
		for j := range own {
			own[j] = (own[j] - dot(b[j*k:j*k+j], own)) / b[j*(k+1)]
		}
		for i, r := range rows {
			x[r] -= dot(b[(k+i)*k:(k+i)*k+k], own)
		}
	}
}

// backward replaces x by L⁻ᵀx.
func (f *Factor) backward(x []float64) {
	for n := len(f.s.nodes) - 1; n >= 0; n-- {
		v := &f.s.nodes[n]
		k, b, rows := int(v.width), v.block(f.l), f.s.rowsOf(v)
		if k == 1 {
			sum := x[v.first]
			below := b[1 : 1+len(rows)]
			for i, r := range rows {
				sum -= below[i] * x[r]
			}
			x[v.first] = sum / b[0]
			continue
		}
		own := x[v.first : int(v.first)+k]
		for i, r := range rows {
			subtract(own, x[r], b[(k+i)*k:(k+i)*k+k])
		}
		for j := k - 1; j >= 0; j-- {
			own[j] /= b[j*(k+1)]
			subtract(own, own[j], b[j*k:j*k+j])
		}
	}
}

// dot returns u·v for the length of u.
func dot(u, v []float64) float64 {
	v = v[:len(u)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(u); i += 4 {
		a, b := u[i:i+4:i+4], v[i:i+4:i+4]
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
	}
	for ; i < len(u); i++ {
		s0 += u[i] * v[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// subtract is to −= f v for the length of v.
func subtract(to []float64, f float64, v []float64) {
	to = to[:len(v)]
	i := 0
	for ; i+4 <= len(v); i += 4 {
		a, b := to[i:i+4:i+4], v[i:i+4:i+4]
		a[0] -= f * b[0]
		a[1] -= f * b[1]
		a[2] -= f * b[2]
		a[3] -= f * b[3]
	}
	for ; i < len(v); i++ {
		to[i] -= f * v[i]
	}
}
