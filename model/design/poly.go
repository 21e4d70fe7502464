package design

import (
	"math"
	"slices"

	"bidrag/model/formula"
)

// A recurrence defines polynomials that are orthogonal over the data it was
// learned from, as R's poly():
//
//	p₀ = 1,  pᵢ₊₁ = (u − αᵢ) pᵢ − (nᵢ/nᵢ₋₁) pᵢ₋₁,   u = (x − centre)/unit
//
// with nᵢ = Σ pᵢ², and column i of poly() is pᵢ/√nᵢ.
//
// Source: Kennedy and Gentle (1980), Statistical Computing, 343–344.
type recurrence struct {
	centre, unit float64
	alpha        []float64 // α₀ … of the degree's length
	norm2        []float64 // n₀ …, one longer
}

// poly returns the columns of poly(x, degree).
func (ev *evaluator) poly(e *formula.Call) ([][]float64, error) {
	x, err := ev.number(e.Args[0])
	if err != nil {
		return nil, err
	}
	degree, _ := formula.Degree(e)
	r, known := ev.constants[e.String()].(recurrence)
	if !known {
		if r, err = newRecurrence(e, x, degree); err != nil {
			return nil, err
		}
		ev.constants[e.String()] = r
	}
	return r.columns(x), nil
}

func newRecurrence(e *formula.Call, x []float64, degree int) (recurrence, error) {
	known := slices.DeleteFunc(slices.Clone(x), math.IsNaN)
	distinct := slices.Clone(known)
	slices.Sort(distinct)
	if k := len(slices.Compact(distinct)); k <= degree {
		return recurrence{}, formula.Errorf(e.Column, "%s needs more than %d different values of %s; there are %d", e, degree, e.Args[0], k)
	}
	r := recurrence{}
	for _, v := range known {
		r.centre += v / float64(len(known))
	}
	for _, v := range known {
		r.unit = max(r.unit, math.Abs(v-r.centre))
	}
	if math.IsInf(r.unit, 0) || r.unit == 0 || math.IsNaN(r.unit) {
		return recurrence{}, formula.Errorf(e.Column, "%s cannot be computed: %s is not finite in every row", e, e.Args[0])
	}
	u := apply(known, func(v float64) float64 { return (v - r.centre) / r.unit })
	before, now := make([]float64, len(u)), apply(u, func(float64) float64 { return 1 })
	for i := range degree + 1 {
		n, m := 0.0, 0.0
		for k, p := range now {
			n += p * p
			m += u[k] * p * p
		}
		r.norm2 = append(r.norm2, n)
		if i < degree {
			r.alpha = append(r.alpha, m/n)
			before, now = now, r.next(u, now, before, i)
		}
	}
	return r, nil
}

// next returns pᵢ₊₁ at the points u.
func (r *recurrence) next(u, now, before []float64, i int) []float64 {
	ratio := 0.0
	if i > 0 {
		ratio = r.norm2[i] / r.norm2[i-1]
	}
	out := make([]float64, len(u))
	for k, p := range now {
		out[k] = (u[k]-r.alpha[i])*p - ratio*before[k]
	}
	return out
}

// columns returns p₁/√n₁, p₂/√n₂, … at x.
func (r *recurrence) columns(x []float64) [][]float64 {
	u := apply(x, func(v float64) float64 { return (v - r.centre) / r.unit })
	before, now := make([]float64, len(u)), apply(u, func(float64) float64 { return 1 })
	out := make([][]float64, len(r.alpha))
	for i := range r.alpha {
		before, now = now, r.next(u, now, before, i)
		root := math.Sqrt(r.norm2[i+1])
		out[i] = apply(now, func(v float64) float64 { return v / root })
	}
	return out
}
