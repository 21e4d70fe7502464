package impute

import (
	"math"
	"math/rand/v2"
	"slices"

	"bidrag/model/kernel"
)

// chunk is how many rows a loop takes at a time, so that they stay near.
const chunk = 256

// A state is the data as one chain has them now, with room to work in. It is
// used by one goroutine, for one chain after another.
type state struct {
	*design
	x      []float64   // the design, gaps filled
	number [][]float64 // by variable and person: the number, or the number of the level
	code   [][]int32   // by variable and person: the level; nil of a variable without levels
	random *rand.Rand
	coins  *rand.Rand // of shifts, so that with any shift all else draws the same numbers

	gram  []float64   // X'X of all persons, of all columns, symmetric
	stale []bool      // by variable: its columns have changed since gram was made
	told  [][]float64 // by variable that few lack: the values of those who lack it that gram knows; nil when it knows none

	panel []float64 // chunk × (columns and thresholds)
	room  [8][]float64
	eta   []float64 // by person
}

func newState(d *design) *state {
	p := len(d.columns)
	s := &state{design: d, x: slices.Clone(d.x), gram: make([]float64, p*p), stale: make([]bool, len(d.variables)), told: make([][]float64, len(d.variables)),
		panel: make([]float64, chunk*(p+mostLevels)), eta: make([]float64, d.n)}
	for i := range s.room {
		s.room[i] = make([]float64, chunk)
	}
	for _, v := range d.variables {
		s.number = append(s.number, slices.Clone(v.number))
		s.code = append(s.code, slices.Clone(v.code))
	}
	s.products(0, d.fixed)
	return s
}

// begin fills every gap with a value drawn from those observed, by the random
// sequences of a chain.
func (s *state) begin(seed, chain uint64) {
	s.random, s.coins = rand.New(rand.NewPCG(seed, chain)), rand.New(rand.NewPCG(seed, chain|1<<63))
	random := s.random
	for k, v := range s.variables {
		x := known(v.number)
		for _, i := range v.missing {
			s.put(k, int(i), x[random.IntN(len(x))])
		}
		s.stale[k], s.told[k] = true, nil
	}
}

// resume fills the gaps with values by variable.
func (s *state) resume(values [][]float64) {
	for k, v := range s.variables {
		for r, i := range v.missing {
			s.put(k, int(i), values[k][r])
		}
	}
}

// put gives person i a value of variable k.
func (s *state) put(k, i int, value float64) {
	s.number[k][i] = value
	s.stale[k] = true
	if s.code[k] != nil {
		at, _ := slices.BinarySearch(s.variables[k].value, value)
		s.code[k][i] = int32(at)
	}
	for j := s.first[k]; j < s.first[k+1]; j++ {
		c := &s.columns[j]
		x := value
		if s.code[k] != nil {
			x = 0
			if s.code[k][i] == c.level {
				x = 1
			}
		}
		s.x[j*s.n+i] = (x - c.centre) / c.scale
	}
}

// column is column j of the design.
func (s *state) column(j int) []float64 { return s.x[j*s.n : (j+1)*s.n] }

// predict fills eta with X β of the columns: for everyone, or for the missing
// of a variable alone.
func (s *state) predict(cols []int, beta []float64) {
	clear(s.eta)
	for lo := 0; lo < s.n; lo += 4 * chunk {
		hi := min(lo+4*chunk, s.n)
		for a, j := range cols {
			kernel.Axpy(s.eta[lo:hi], beta[a], s.x[j*s.n+lo:j*s.n+hi])
		}
	}
}

// predictMissing returns X β of those who lack the variable.
func (s *state) predictMissing(v *variable, cols []int, beta []float64) []float64 {
	out := make([]float64, len(v.missing))
	for a, j := range cols {
		x, b := s.column(j), beta[a]
		for k, i := range v.missing {
			out[k] += b * x[i]
		}
	}
	return out
}

// normals are so many independent standard normal numbers.
func (s *state) normals(n int) []float64 {
	z := make([]float64, n)
	for i := range z {
		z[i] = s.random.NormFloat64()
	}
	return z
}

// factor turns the upper triangle of a symmetric matrix, k×k by rows, into the
// lower Cholesky factor. A matrix that is not positive definite to working
// precision gets a ridge on its diagonal; false when that does not help.
func factor(upper []float64, k int) ([]float64, bool) {
	l := make([]float64, k*k)
	for ridge := 0.0; ridge < 1; ridge = max(1e-9, ridge*100) {
		for i := range k {
			for j := range i {
				l[i*k+j] = upper[j*k+i]
			}
			l[i*k+i] = upper[i*k+i] * (1 + ridge)
			if upper[i*k+i] == 0 {
				l[i*k+i] = ridge
			}
		}
		if kernel.Cholesky(l, k, k) && pivots(upper, l, k) {
			return l, true
		}
	}
	return nil, false
}

// pivots tells whether every column keeps a share of its length that is more
// than rounding.
func pivots(upper, l []float64, k int) bool {
	for i := range k {
		if !(l[i*k+i]*l[i*k+i] > 1e-11*upper[i*k+i]) {
			return false
		}
	}
	return true
}

// solve returns A⁻¹ b by the factor of A.
func solve(l, b []float64) []float64 {
	k := len(b)
	x := slices.Clone(b)
	m, one := kernel.ByRows(l, k, k, k), kernel.ByRows(x, k, 1, 1)
	kernel.SolveLower(m, one)
	kernel.SolveUpper(m, one)
	return x
}

// spread returns L'⁻¹ z: with z standard normal a draw from N(0, A⁻¹).
func spread(l, z []float64) []float64 {
	k := len(z)
	kernel.SolveUpper(kernel.ByRows(l, k, k, k), kernel.ByRows(z, k, 1, 1))
	return z
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}

func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v - v) {
			return false
		}
	}
	return true
}
