package fit

import (
	"context"
	"errors"
	"math"

	"bidrag/model/glmm"
)

// Units sort the rows that were fitted into units, such as projects.
type Units struct {
	Of     []int32 // by fitted row: its unit, from 0; −1 for none
	Number int
}

// A UnitMean is what a model expects of the rows of a unit, on average, with the
// random effects of their groups at their modes and with all of them at 0:
//
//	Own      (1/n) Σ g⁻¹(xᵢ'β + zᵢ'b)
//	Typical  (1/n) Σ g⁻¹(xᵢ'β)
type UnitMean struct {
	Rows         int
	Own, Typical float64

	// Information is what the rows say of something that is added to all their
	// linear predictors, Σ μ'²/V(μ) at random effects of 0: of a logit model
	// Σ p(1−p).
	Information float64

	// Prior is the variance, between units like this one, of the mean of zᵢ'b,
	// and Posterior that which the data leave, both at the estimates.
	Prior, Posterior float64
}

// UnitDraws are draws of the means of units, by unit and draw, all of the same weight.
type UnitDraws struct {
	Own, Typical [][]float64
}

// Draws are what a model leaves uncertain: its coefficients, its variances and
// its random effects together.
type Draws struct {
	Units     []UnitDraws
	Effective float64 // how many independent draws those are worth
}

// ErrNoRandom is the error of a question about random effects to a model without.
var ErrNoRandom = errors.New("the model has no random term, so that no unit has an effect of its own")

// UnitMeans are the means of units at the estimates, for every sort of units. A
// unit without a row has NaN.
func (m *Model) UnitMeans(units ...Units) ([][]UnitMean, error) {
	if m.mixed == nil {
		return nil, ErrNoRandom
	}
	typical := m.typicalEta()
	n := len(typical)
	mu, complement, slope := make([]float64, n), make([]float64, n), make([]float64, n)
	m.Family.Mean(typical, mu, complement, slope)
	variance := make([]float64, n)
	m.Family.Variance(mu, complement, variance)
	out := make([][]UnitMean, len(units))
	for s, sort := range units {
		means := make([]UnitMean, sort.Number)
		for i, u := range sort.Of {
			if u < 0 {
				continue
			}
			at := &means[u]
			at.Rows++
			at.Own += m.Mu[i]
			at.Typical += mu[i]
			if variance[i] > 0 {
				at.Information += slope[i] * slope[i] / variance[i]
			}
		}
		prior, posterior := m.mixed.UnitVariances(sort.Of, sort.Number)
		for u := range means {
			at := &means[u]
			at.Own /= float64(at.Rows)
			at.Typical /= float64(at.Rows)
			at.Prior, at.Posterior = prior[u], posterior[u]
		}
		out[s] = means
	}
	return out, nil
}

// typicalEta is the linear predictor of the fitted rows with random effects of 0.
func (m *Model) typicalEta() []float64 {
	eta := append([]float64(nil), m.Eta...)
	n := len(eta)
	for k, t := range m.random {
		q := len(t.Columns)
		for i, g := range t.Group {
			for j := range q {
				eta[i] -= entry(t.Z, j*n+i) * m.mixed.Terms[k].Modes[int(g)*q+j]
			}
		}
	}
	return eta
}

// DrawUnits draws the means of units so many times from what the data say of
// coefficients, variances and random effects together, as
// [bidrag/model/glmm.Estimate.Draw] tells. Draws that count more than others are
// there several times, in the place of those that count less; no draw counts more
// than √draws times the average. Errors are [ErrNoRandom] and those of Draw.
//
// Source: Ionides (2008), J. Comput. Graph. Stat. 17, 295–311, for the limit of
// weights; Kitagawa (1996), J. Comput. Graph. Stat. 5, 1–25, for the systematic
// choice.
func (m *Model) DrawUnits(ctx context.Context, draws int, seed uint64, units ...Units) (*Draws, error) {
	if m.mixed == nil {
		return nil, ErrNoRandom
	}
	rows := m.mixed.DrawnRows()
	sums := make([]drawnSums, len(units))
	for s, sort := range units {
		sums[s] = newDrawnSums(sort, rows, draws)
	}
	weights := make([]float64, draws)
	err := m.mixed.Draw(ctx, draws, seed, func(k int, d *glmm.Draw) {
		weights[k] = d.LogWeight
		m.Family.Response(d.Eta, d.Eta)
		m.Family.Response(d.Fixed, d.Fixed)
		for s := range sums {
			sums[s].add(k, d.Eta, d.Fixed)
		}
	})
	if err != nil {
		return nil, err
	}
	chosen, effective, err := choose(weights)
	if err != nil {
		return nil, err
	}
	out := &Draws{Effective: effective}
	for s := range sums {
		out.Units = append(out.Units, sums[s].chosen(chosen))
	}
	return out, nil
}

// drawnSums are the means of units, draw by draw.
type drawnSums struct {
	of           []int32   // by drawn row
	share        []float64 // by unit: one by its rows
	own, typical []float64 // by draw and unit
}

func newDrawnSums(units Units, rows []int32, draws int) drawnSums {
	s := drawnSums{of: make([]int32, len(rows)), share: make([]float64, units.Number)}
	for r, i := range rows {
		if s.of[r] = units.Of[i]; s.of[r] >= 0 {
			s.share[s.of[r]]++
		}
	}
	for u := range s.share {
		s.share[u] = 1 / s.share[u]
	}
	s.own, s.typical = make([]float64, draws*units.Number), make([]float64, draws*units.Number)
	return s
}

func (s *drawnSums) add(k int, own, typical []float64) {
	n := len(s.share)
	o, t := s.own[k*n:(k+1)*n], s.typical[k*n:(k+1)*n]
	for r, u := range s.of {
		if u >= 0 {
			o[u] += own[r]
			t[u] += typical[r]
		}
	}
	for u, share := range s.share {
		o[u] *= share
		t[u] *= share
	}
}

// chosen turns the draws that were chosen into rows of units.
func (s *drawnSums) chosen(draws []int) UnitDraws {
	n := len(s.share)
	out := UnitDraws{Own: make([][]float64, n), Typical: make([][]float64, n)}
	for u := range n {
		own, typical := make([]float64, len(draws)), make([]float64, len(draws))
		for i, k := range draws {
			own[i], typical[i] = s.own[k*n+u], s.typical[k*n+u]
		}
		out.Own[u], out.Typical[u] = own, typical
	}
	return out
}

// choose returns as many draws as there are weights (logarithms), each so often
// as its weight says, and how many independent ones they are worth, (Σw)²/Σw².
func choose(logs []float64) (draws []int, effective float64, err error) {
	largest := math.Inf(-1)
	for _, l := range logs {
		if !math.IsNaN(l) {
			largest = max(largest, l)
		}
	}
	if math.IsInf(largest, 0) {
		return nil, 0, errors.New("no draw of the parameters has a likelihood; the model is not determined well enough to be drawn from")
	}
	n := float64(len(logs))
	w, total := make([]float64, len(logs)), 0.0
	for k, l := range logs {
		if !math.IsNaN(l) {
			w[k] = math.Exp(l - largest)
		}
		total += w[k]
	}
	limit := total / math.Sqrt(n)
	total, squares := 0.0, 0.0
	for k := range w {
		w[k] = min(w[k], limit)
		total += w[k]
		squares += w[k] * w[k]
	}
	draws = make([]int, len(logs))
	k, sum := 0, w[0]
	for i := range draws {
		for at := (float64(i) + 0.5) / n * total; sum < at && k < len(w)-1; {
			k++
			sum += w[k]
		}
		draws[i] = k
	}
	return draws, total * total / squares, nil
}
