package impute

import (
	"bidrag/model/kernel"
)

// small is the share of persons who lack a variable up to which gram is told of
// them alone.
const small = 0.05

// refresh brings gram up to date.
func (s *state) refresh() {
	for k, stale := range s.stale {
		if !stale {
			continue
		}
		s.products(s.first[k], s.first[k+1])
		s.stale[k] = false
		if v := s.variables[k]; float64(len(v.missing)) <= small*float64(s.n) {
			s.told[k] = s.gaps(k)
		}
	}
}

// gaps are the values in the columns of a variable of those who lack it.
func (s *state) gaps(k int) []float64 {
	missing := s.variables[k].missing
	out := make([]float64, 0, len(missing)*(s.first[k+1]-s.first[k]))
	for j := s.first[k]; j < s.first[k+1]; j++ {
		for _, i := range missing {
			out = append(out, s.x[j*s.n+int(i)])
		}
	}
	return out
}

// settle tells gram of a variable that has just been filled, when it knows the
// values of before. What it has of other stale columns is wrong then as before.
func (s *state) settle(k int) {
	before := s.told[k]
	if before == nil || !s.stale[k] {
		return
	}
	after := s.gaps(k)
	missing, p, from, to := s.variables[k].missing, len(s.columns), s.first[k], s.first[k+1]
	for a := range to - from {
		old, now := before[a*len(missing):], after[a*len(missing):]
		for c := range p {
			sum := 0.0
			if c >= from && c < to {
				old2, now2 := before[(c-from)*len(missing):], after[(c-from)*len(missing):]
				for r := range missing {
					sum += now[r]*now2[r] - old[r]*old2[r]
				}
				s.gram[(from+a)*p+c] += sum
				continue
			}
			x := s.column(c)
			for r, i := range missing {
				sum += (now[r] - old[r]) * x[i]
			}
			s.gram[(from+a)*p+c] += sum
			s.gram[c*p+from+a] = s.gram[(from+a)*p+c]
		}
	}
	s.told[k], s.stale[k] = after, false
}

// products fills rows and columns from to to (the end left out) of gram.
func (s *state) products(from, to int) {
	p := len(s.columns)
	rows := s.gram[from*p : to*p]
	clear(rows)
	for lo := 0; lo < s.n; lo += 4 * chunk {
		hi := min(lo+4*chunk, s.n)
		all := kernel.ByRows(s.x[lo:], p, hi-lo, s.n)
		kernel.MultiplyAdd(kernel.ByRows(rows, to-from, p, p), 1, all.Part(from, to, 0, hi-lo), all.T())
	}
	for i := from; i < to; i++ {
		for j := range p {
			s.gram[j*p+i] = s.gram[i*p+j]
		}
	}
}

// observed returns the upper triangle of X'X, k×k by rows, of k columns and the
// persons who have a value of the variable. Either those who lack it are taken
// from the sum over everyone, or, where they are most, the others are added.
func (s *state) observed(v *variable, cols []int) []float64 {
	k, p := len(cols), len(s.columns)
	out := make([]float64, k*k)
	if 2*len(v.missing) > s.n {
		s.addRows(out, cols, s.having(v))
		return out
	}
	s.refresh()
	s.addRows(out, cols, v.missing)
	for a, i := range cols {
		for b := a; b < k; b++ {
			out[a*k+b] = s.gram[i*p+cols[b]] - out[a*k+b]
		}
	}
	return out
}

// having are the persons who have a value of the variable.
func (s *state) having(v *variable) []int32 {
	rows := make([]int32, 0, v.known)
	next := 0
	for i := range int32(s.n) {
		if next < len(v.missing) && v.missing[next] == i {
			next++
			continue
		}
		rows = append(rows, i)
	}
	return rows
}

// addRows adds the products of columns over some persons.
func (s *state) addRows(out []float64, cols []int, rows []int32) {
	k := len(cols)
	for lo := 0; lo < len(rows); lo += chunk {
		some := rows[lo:min(lo+chunk, len(rows))]
		for a, j := range cols {
			x, to := s.column(j), s.panel[a*chunk:]
			for r, i := range some {
				to[r] = x[i]
			}
		}
		kernel.AddGram(out, k, s.panel, chunk, len(some), k)
	}
}
