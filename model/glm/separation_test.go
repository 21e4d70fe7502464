package glm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/combin"

	"bidrag/model/family"
)

// separable tells exactly whether some direction d raises η where the outcome
// is 1, lowers it where it is 0, and is not idle. Such directions form a
// pointed cone when X has full rank; if there are any, one of them is
// orthogonal to p−1 independent rows, so all of those are tried.
func separable(d Data) bool {
	signed := make([][]float64, d.N)
	for i := range signed {
		for j := range d.P {
			signed[i] = append(signed[i], (2*d.Y[i]-1)*d.X[j*d.N+i])
		}
	}
	for _, rows := range combin.Combinations(d.N, d.P-1) {
		direction := orthogonal(signed, rows, d.P)
		for _, sign := range []float64{1, -1} {
			least, most := math.Inf(1), math.Inf(-1)
			for _, x := range signed {
				v := sign * dot(x, direction)
				least, most = min(least, v), max(most, v)
			}
			if least > -1e-9 && most > 1e-6 {
				return true
			}
		}
	}
	return false
}

// orthogonal is the vector of signed minors, orthogonal to p−1 rows.
func orthogonal(x [][]float64, rows []int, p int) []float64 {
	out := make([]float64, p)
	for j := range p {
		minor := mat.NewDense(p-1, p-1, nil)
		for r, i := range rows {
			minor.SetRow(r, slices.Concat(x[i][:j], x[i][j+1:]))
		}
		out[j] = mat.Det(minor)
		if j%2 == 1 {
			out[j] = -out[j]
		}
	}
	return out
}

// TestSeparationIsExact draws many small data sets, about
// half of them separated.
func TestSeparationIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[bool]int{}
	for trial := range 600 {
		n, p := 6+r.IntN(10), 2+r.IntN(3)
		d := Data{N: n, P: p, X: make([]float64, n*p), Y: make([]float64, n)}
		for i := range n {
			d.X[i] = 1
			for j := 1; j < p; j++ {
				d.X[j*n+i] = float64(r.IntN(3) - 1)
				if j == 2 {
					d.X[j*n+i] = math.Round(10*r.NormFloat64()) / 10
				}
			}
			d.Y[i] = float64(r.IntN(2))
		}
		d.Y[0], d.Y[1] = 0, 1
		if mustFit(t, with(d, families[4]), Options{Threads: 1}).Rank < p {
			continue
		}
		want := separable(d)
		for _, link := range []family.Link{family.Logit, family.Probit, family.CLogLog} {
			e := mustFit(t, with(d, family.Family{Dist: family.Binomial, Link: link}), Options{Threads: 1})
			if got := e.Status == Separated; got != want || e.Status == NotConverged {
				t.Errorf("trial %d, %v: %v (%s); it is separated: %v", trial, link, e.Status, e.Reason, want)
			}
			seen[want]++
		}
	}
	if seen[true] < 100 || seen[false] < 100 {
		t.Errorf("too few cases: %v", seen)
	}
}

// with returns the data for another family.
func with(d Data, f family.Family) Data {
	d.Family = f
	return d
}

// TestInfiniteCoefficientsAreNamed: in a quasi-separated model only those that
// run off are marked, and the others are those of the rows that overlap.
func TestInfiniteCoefficientsAreNamed(t *testing.T) {
	for _, f := range families[:4] {
		n := 60
		d := Data{N: n, P: 3, X: make([]float64, 3*n), Y: make([]float64, n), Family: f}
		var rest Data
		for i := range n {
			group, x := i%3 == 0, float64(i%7)
			d.X[i], d.X[2*n+i] = 1, x
			d.Y[i] = float64((i * i / 3) % 2)
			if group {
				d.X[n+i], d.Y[i] = 1, 0
			}
		}
		rest = Data{Family: f, P: 2}
		for i := range n {
			if d.X[n+i] == 0 {
				rest.N++
				rest.Y = append(rest.Y, d.Y[i])
			}
		}
		for _, j := range []int{0, 2} {
			for i := range n {
				if d.X[n+i] == 0 {
					rest.X = append(rest.X, d.X[j*n+i])
				}
			}
		}
		got, want := mustFit(t, d, Options{}), mustFit(t, rest, Options{})
		if got.Status != Separated || got.Separated[0] || !got.Separated[1] || got.Separated[2] || got.Beta[1] > 0 {
			t.Errorf("%v %v: %v, marked %v, estimates %v", f.Dist, f.Link, got.Status, got.Separated, got.Beta)
		}
		if !agree([]float64{got.Beta[0], got.Beta[2], got.LogLik}, append(want.Beta, want.LogLik), 1e-5) {
			t.Errorf("%v %v: %v, of the rows that overlap %v", f.Dist, f.Link, got.Beta, want.Beta)
		}
	}
}
