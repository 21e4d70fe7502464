package fit_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/model/fit"
)

// individual draws data shaped like the report's individual model: 19,316
// persons, 0/1 covariates, a few numbers, a factor of ten regions.
func individual(b *testing.B) (*frame.Frame, string) {
	const n = 19316
	r := rand.New(rand.NewPCG(1, 1))
	y, origin := make([]float64, n), make([]string, n)
	eta := make([]float64, n)
	var columns []*frame.Column
	var terms []string
	for j := range 22 {
		v := make([]float64, n)
		for i := range v {
			if v[i] = float64(r.IntN(2)); j%5 == 0 {
				v[i] = 40 + 10*r.NormFloat64()
			}
			eta[i] += 0.02 * (v[i] - 20*float64(1-min(j%5, 1))) * r.NormFloat64()
		}
		columns = append(columns, frame.NewNumeric(fmt.Sprintf("x%d", j), v))
		terms = append(terms, fmt.Sprintf("x%d", j))
	}
	for i := range y {
		origin[i] = fmt.Sprintf("region %d", r.IntN(10))
		if r.Float64() < 1/(1+math.Exp(-eta[i])) {
			y[i] = 1
		}
	}
	columns = append(columns, frame.NewNumeric("y", y), frame.FactorOf("origin", origin))
	data, err := frame.New(columns...)
	if err != nil {
		b.Fatal(err)
	}
	return data, "y ~ " + strings.Join(terms, " + ") + " + origin"
}

func BenchmarkIndividualModel(b *testing.B) {
	data, formula := individual(b)
	for b.Loop() {
		mustFit(b, formula, data, fit.Options{})
	}
}

func BenchmarkPredict(b *testing.B) {
	data, formula := individual(b)
	m := mustFit(b, formula, data, fit.Options{})
	b.ResetTimer()
	for b.Loop() {
		if _, err := m.Predict(data, fit.Prediction{Errors: true}); err != nil {
			b.Fatal(err)
		}
	}
}
