package impute

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/optimize"

	"bidrag/model/kernel"
)

// A multinomial logit model of a variable's levels,
//
//	P(y = k) = exp(xβₖ)/Σₗ exp(xβₗ),   β = 0 for the level observed most often
//
// Parameters are drawn from N(β̂, I⁻¹). Clusters enter by means alone.
//
// Source: Agresti (2013), Categorical Data Analysis, 3rd ed., 8.1; van Buuren
// (2018), 3.6.
type multinomial struct {
	at        int // variable
	levels    int
	reference int32
	cols      []int // the first is the constant
	madeUp    madeUp
	threads   int // for the information

	point    []float64 // β by level but the reference, by rows
	gradient []float64
	loss     float64 // minus the log-likelihood
	next     []float64
	factor   []float64 // Cholesky factor of the information when it was last computed
}

func newMultinomial(s *state, at int, cols []int, threads int) *multinomial {
	v := s.variables[at]
	m := &multinomial{at: at, levels: len(v.value), reference: v.commonest(), cols: cols, threads: threads}
	m.madeUp = s.madeUp(cols[1:], m.levels)
	m.point, m.gradient = make([]float64, (m.levels-1)*len(cols)), make([]float64, (m.levels-1)*len(cols))
	for k := range m.levels - 1 {
		m.point[k*len(cols)] = math.Log(float64(v.count[m.level(k)]) / float64(v.count[m.reference]))
	}
	return m
}

// level is the level of block k of the parameters.
func (m *multinomial) level(k int) int32 {
	if int32(k) < m.reference {
		return int32(k)
	}
	return int32(k) + 1
}

// clone is a model that goes on from the same estimates.
func (m *multinomial) clone() model {
	c := *m
	c.point, c.gradient, c.threads = slices.Clone(m.point), slices.Clone(m.gradient), 1
	return &c // the factor is made anew, never changed
}

func (m *multinomial) fill(s *state) error {
	if m.factor == nil {
		m.start(s)
	}
	if err := follow(m, s, s.variables[m.at]); err != nil {
		return err
	}
	v, q := s.variables[m.at], len(m.cols)
	drawn := spread(m.factor, s.normals(len(m.point)))
	for i := range drawn {
		drawn[i] += m.point[i]
	}
	eta := make([][]float64, m.levels)
	for k := range m.levels - 1 {
		eta[m.level(k)] = s.predictMissing(v, m.cols, drawn[k*q:(k+1)*q])
	}
	eta[m.reference] = make([]float64, len(v.missing))
	share := make([]float64, m.levels)
	for r, i := range v.missing {
		for k := range share {
			share[k] = eta[k][r]
		}
		s.put(m.at, int(i), v.value[pick(share, s.random.Float64())])
	}
	return nil
}

// pick turns linear predictors into probabilities, and u into a level.
func pick(eta []float64, u float64) int {
	most, total := slices.Max(eta), 0.0
	for k, v := range eta {
		eta[k] = math.Exp(v - most)
		total += eta[k]
	}
	u *= total
	for k, p := range eta {
		if u -= p; u < 0 {
			return k
		}
	}
	return slices.Index(eta, slices.Max(eta))
}

// start goes most of the way to the top by a quasi-Newton method that needs no
// information, in coordinates where that of the model without predictors is 1.
func (m *multinomial) start(s *state) {
	v, q, t := s.variables[m.at], len(m.cols), m.levels-1
	share := make([]float64, t*t)
	for i := range t {
		a := float64(v.count[m.level(i)])
		for j := i; j < t; j++ {
			share[i*t+j] = -a * float64(v.count[m.level(j)]) / float64(v.known)
		}
		share[i*t+i] += a
	}
	left, ok := factor(share, t)
	squares := s.observed(v, m.cols)
	for i := range squares {
		squares[i] /= float64(v.known)
	}
	right, also := factor(squares, q)
	if !ok || !also {
		return
	}
	origin := slices.Clone(m.point)
	set := func(x []float64) { // β = origin + L'⁻¹ x R⁻¹
		copy(m.point, x)
		b := kernel.ByRows(m.point, t, q, q)
		kernel.SolveUpper(kernel.ByRows(left, t, t, t), b)
		kernel.SolveUpper(kernel.ByRows(right, q, q, q), b.T())
		for i := range m.point {
			m.point[i] += origin[i]
		}
	}
	var last []float64 // where the likelihood was asked for: the gradient is known too
	at := func(x []float64) {
		if !slices.Equal(x, last) {
			set(x)
			m.slope(s)
			last = append(last[:0], x...)
		}
	}
	problem := optimize.Problem{
		Func: func(x []float64) float64 { at(x); return m.loss },
		Grad: func(grad, x []float64) {
			at(x)
			for i, g := range m.gradient {
				grad[i] = -g
			}
			b := kernel.ByRows(grad, t, q, q)
			kernel.SolveLower(kernel.ByRows(left, t, t, t), b)
			kernel.SolveLower(kernel.ByRows(right, q, q, q), b.T())
		},
	}
	r, err := optimize.Minimize(problem, make([]float64, len(m.point)), &optimize.Settings{
		GradientThreshold: 0.01, MajorIterations: 100, Converger: &optimize.FunctionConverge{Absolute: 0.05, Iterations: 5},
	}, &optimize.LBFGS{})
	if r == nil || err != nil && !finite(r.X) {
		copy(m.point, origin)
		return
	}
	set(r.X)
}

func (m *multinomial) size() int { return len(m.point) }

func (m *multinomial) lasts() bool { return m.factor != nil }

func (m *multinomial) step() float64 {
	m.next = solve(m.factor, m.gradient)
	return dot(m.next, m.gradient)
}

func (m *multinomial) move() {
	part := 1.0
	if size := largest(m.next); size > 3 {
		part = 3 / size
	}
	for i, v := range m.next {
		m.point[i] += part * v
	}
}

// means fills share with the probabilities of every level but the reference,
// chunk numbers apart, for the persons from lo to hi, and returns minus their
// log-likelihood.
func (m *multinomial) means(s *state, share []float64, lo, hi int) (loss float64) {
	n, q, t := hi-lo, len(m.cols), m.levels-1
	clear(share[:t*chunk])
	for c, j := range m.cols {
		x := s.x[j*s.n+lo : j*s.n+hi]
		for k := range t {
			kernel.Axpy(share[k*chunk:k*chunk+n], m.point[k*q+c], x)
		}
	}
	most, total := s.room[0][:n], s.room[1][:n]
	clear(most)
	for k := range t {
		for i, v := range share[k*chunk : k*chunk+n] {
			most[i] = max(most[i], v)
		}
	}
	code := s.variables[m.at].code[lo:hi]
	for i, k := range code {
		if k >= 0 {
			loss += most[i]
			if k != m.reference {
				loss -= share[m.block(k)*chunk+i]
			}
		}
		total[i] = -most[i]
	}
	kernel.Exp(total, total)
	for k := range t {
		row := share[k*chunk : k*chunk+n]
		for i := range row {
			row[i] -= most[i]
		}
		kernel.Exp(row, row)
		for i, v := range row {
			total[i] += v
		}
	}
	for i, k := range code {
		if k >= 0 {
			loss += math.Log(total[i])
		}
		total[i] = 1 / total[i]
	}
	for k := range t {
		row := share[k*chunk : k*chunk+n]
		for i := range row {
			row[i] *= total[i]
		}
	}
	return loss
}

// block is where the parameters of a level are.
func (m *multinomial) block(level int32) int {
	if level < m.reference {
		return int(level)
	}
	return int(level) - 1
}

// slope computes the gradient and the likelihood.
func (m *multinomial) slope(s *state) {
	t, p, q := m.levels-1, len(s.columns), len(m.cols)
	share := make([]float64, t*chunk)
	gradient := make([]float64, t*p)
	m.loss = 0
	for lo := 0; lo < s.n; lo += chunk {
		hi := min(lo+chunk, s.n)
		n := hi - lo
		m.loss += m.means(s, share, lo, hi)
		for k := range t {
			for i := range n {
				share[k*chunk+i] = -share[k*chunk+i]
			}
		}
		for i, k := range s.variables[m.at].code[lo:hi] {
			switch {
			case k < 0:
				for b := range t {
					share[b*chunk+i] = 0
				}
			case k != m.reference:
				share[m.block(k)*chunk+i]++
			}
		}
		kernel.MultiplyAdd(kernel.ByRows(gradient, t, p, p), 1, kernel.ByRows(share, t, n, chunk), kernel.ByRows(s.x[lo:], p, n, s.n).T())
	}
	for k := range t {
		for c, j := range m.cols {
			m.gradient[k*q+c] = gradient[k*p+j]
		}
	}
	m.invent(nil)
}

// invent adds the made-up persons to the gradient and, where it is given, to
// the upper triangle of the information.
func (m *multinomial) invent(information []float64) {
	t, q := m.levels-1, len(m.cols)
	size := t * q
	mu := make([]float64, t)
	w := m.madeUp.weight
	for c, values := range m.madeUp.at {
		for _, x := range values {
			total, most := 0.0, 0.0
			for k := range mu {
				mu[k] = m.point[k*q] + x*m.point[k*q+1+c]
				most = max(most, mu[k])
			}
			for k := range mu {
				m.loss -= w * mu[k]
				mu[k] = math.Exp(mu[k] - most)
				total += mu[k]
			}
			total += math.Exp(-most)
			m.loss += w * float64(m.levels) * (most + math.Log(total))
			for k := range mu {
				mu[k] /= total
				r := w * (1 - float64(m.levels)*mu[k])
				m.gradient[k*q] += r
				m.gradient[k*q+1+c] += r * x
			}
			if information == nil {
				continue
			}
			for k := range mu {
				for l := k; l < t; l++ {
					f := -mu[k] * mu[l]
					if k == l {
						f += mu[k]
					}
					f *= w * float64(m.levels)
					information[k*q*size+l*q] += f
					information[k*q*size+l*q+1+c] += f * x
					information[(k*q+1+c)*size+l*q+1+c] += f * x * x
					if l > k {
						information[(k*q+1+c)*size+l*q] += f * x
					}
				}
			}
		}
	}
}

// renew computes the information, every pair of levels by itself.
func (m *multinomial) renew(s *state) error {
	t, q := m.levels-1, len(m.cols)
	size := t * q
	m.slope(s)
	all := make([]float64, t*s.n) // the probabilities, 0 for those who lack a value
	m.everyMean(s, all)
	information := make([]float64, size*size)
	next := make(chan [2]int)
	var running sync.WaitGroup
	for range max(1, m.threads) {
		running.Go(func() {
			panel, root := make([]float64, q*chunk), make([]float64, chunk)
			for pair := range next {
				m.addPair(s, information, all, panel, root, pair[0], pair[1])
			}
		})
	}
	for a := range t {
		for b := a; b < t; b++ {
			next <- [2]int{a, b}
		}
	}
	close(next)
	running.Wait()
	gradient, loss := slices.Clone(m.gradient), m.loss
	m.invent(information)
	m.gradient, m.loss = gradient, loss
	if !finite(m.gradient) || !finite(information) {
		return errNotFinite
	}
	l, ok := factor(information, size)
	if !ok {
		return errSingular
	}
	m.factor = l
	return nil
}

// everyMean fills all with the probability of each level but the reference, by
// person.
func (m *multinomial) everyMean(s *state, all []float64) {
	share := make([]float64, (m.levels-1)*chunk)
	code := s.variables[m.at].code
	for lo := 0; lo < s.n; lo += chunk {
		hi := min(lo+chunk, s.n)
		m.means(s, share, lo, hi)
		for k := range m.levels - 1 {
			for i := lo; i < hi; i++ {
				if code[i] >= 0 {
					all[k*s.n+i] = share[k*chunk+i-lo]
				}
			}
		}
	}
}

// addPair fills the block of levels a ≤ b of the information,
//
//	Σᵢ xᵢxᵢ' μₐ(1 − μₐ),   or   −Σᵢ xᵢxᵢ' μₐμ_b
func (m *multinomial) addPair(s *state, information, all, panel, root []float64, a, b int) {
	t, q := m.levels-1, len(m.cols)
	size := t * q
	block := make([]float64, q*q)
	for lo := 0; lo < s.n; lo += chunk {
		n := min(chunk, s.n-lo)
		p, r := all[a*s.n+lo:][:n], all[b*s.n+lo:][:n]
		for i := range n {
			if a == b {
				root[i] = p[i] * (1 - p[i])
			} else {
				root[i] = p[i] * r[i]
			}
		}
		kernel.Sqrt(root[:n])
		for c, j := range m.cols {
			x, to := s.x[j*s.n+lo:][:n], panel[c*chunk:][:n]
			for i, v := range x {
				to[i] = v * root[i]
			}
		}
		kernel.AddGram(block, q, panel, chunk, n, q)
	}
	sign := 1.0
	if a != b {
		sign = -1
	}
	for i := range q {
		for j := range q {
			v := block[min(i, j)*q+max(i, j)]
			information[(a*q+i)*size+b*q+j] = sign * v
		}
	}
}
