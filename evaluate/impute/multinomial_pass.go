package impute

import (
	"math"
	"slices"
	"sync"

	"bidrag/model/kernel"
)

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
	for j, v := range m.doubt {
		for k := range t {
			information[(k*q+1+j)*(size+1)] += v
		}
	}
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
