package glmm

import "math"

// A tree is the Cholesky factor of H for nested terms. Column (k, g) has
// entries at its own and the higher slots j of its path, stored as those of H,
// so nothing is filled in and every step is linear in the random effects.
type tree struct {
	s *structure
	l []float64
}

func newTree(s *structure) *tree { return &tree{s: s, l: make([]float64, s.nnz)} }

// Factor eliminates the random effects from the leaves to the roots.
func (t *tree) Factor(h []float64) bool {
	s, l := t.s, t.l
	copy(l, h)
	for k := range s.depth {
		at := s.at[k]
		for g := range s.groups[s.place[k]] {
			pivot := l[at[k]+g]
			if !(pivot > 0) || math.IsInf(pivot, 0) {
				return false
			}
			pivot = math.Sqrt(pivot)
			l[at[k]+g] = pivot
			for j := k + 1; j < s.depth; j++ {
				l[at[j]+g] /= pivot
			}
			for j := k + 1; j < s.depth; j++ {
				v := l[at[j]+g]
				up := int(s.above(k, j, int32(g)))
				for i := j; i < s.depth; i++ {
					l[s.at[j][i]+up] -= v * l[at[i]+g]
				}
			}
		}
	}
	return true
}

func (t *tree) LogDet() float64 {
	sum := 0.0
	for k := range t.s.depth {
		at := t.s.at[k][k]
		for _, v := range t.l[at : at+t.s.groups[t.s.place[k]]] {
			sum += math.Log(v)
		}
	}
	return 2 * sum
}

func (t *tree) Solve(b []float64) {
	s, l := t.s, t.l
	for k := range s.depth {
		at := s.at[k]
		for g := range s.groups[s.place[k]] {
			v := b[s.first[k]+g] / l[at[k]+g]
			b[s.first[k]+g] = v
			for j := k + 1; j < s.depth; j++ {
				b[s.first[j]+int(s.above(k, j, int32(g)))] -= v * l[at[j]+g]
			}
		}
	}
	for k := s.depth - 1; k >= 0; k-- {
		at := s.at[k]
		for g := range s.groups[s.place[k]] {
			v := b[s.first[k]+g]
			for j := k + 1; j < s.depth; j++ {
				v -= l[at[j]+g] * b[s.first[j]+int(s.above(k, j, int32(g)))]
			}
			b[s.first[k]+g] = v / l[at[k]+g]
		}
	}
}

// Inverse is minus twice the derivative of −½ log det H by the entries of H.
func (t *tree) Inverse(out []float64) {
	clear(out)
	for k := range t.s.depth {
		at := t.s.at[k][k]
		for g := range t.s.groups[t.s.place[k]] {
			out[at+g] = 2 / t.l[at+g]
		}
	}
	t.adjoint(out)
}

// adjoint turns the derivatives of a number by the entries of L into those by
// the entries of H, in place; an entry off the diagonal and its mirror image,
// which is not stored, get half of it each.
//
// Source: the reverse of right-looking elimination, step by step; Smith
// (1995), Journal of Computational and Graphical Statistics 4, 134–147.
func (t *tree) adjoint(bar []float64) {
	s, l := t.s, t.l
	for k := s.depth - 1; k >= 0; k-- {
		at := s.at[k]
		for g := range s.groups[s.place[k]] {
			own := bar[at[k]+g]
			pivot := l[at[k]+g]
			for j := k + 1; j < s.depth; j++ {
				sum := bar[at[j]+g]
				for i := k + 1; i < s.depth; i++ {
					lo, hi := min(i, j), max(i, j)
					h := bar[s.at[lo][hi]+int(s.above(k, lo, int32(g)))]
					if i == j {
						h *= 2
					}
					sum -= h * l[at[i]+g]
				}
				bar[at[j]+g] = sum
			}
			for j := k + 1; j < s.depth; j++ {
				bar[at[j]+g] /= pivot
				own -= bar[at[j]+g] * l[at[j]+g]
			}
			bar[at[k]+g] = own / (2 * pivot)
		}
	}
	for k := range s.depth { // halve what stands for two
		for j := k + 1; j < s.depth; j++ {
			part := bar[s.at[k][j] : s.at[k][j]+s.groups[s.place[k]]]
			for g := range part {
				part[g] /= 2
			}
		}
	}
}
