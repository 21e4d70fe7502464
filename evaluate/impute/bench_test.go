package impute

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"bidrag/data/frame"
	"bidrag/study"
)

// The size of the shipped study: 29,774 persons in 375 municipalities, 24
// complete predictors, most of them 0/1, and gaps in two ordinal variables that a fifth
// lack, and in a binary one, two numbers and a category of ten levels that few lack.
func BenchmarkShippedSize(b *testing.B) {
	p := large(b, 29774)
	for _, level := range []string{"mean", "intercept"} {
		p.Level = level
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/threads=%d", level, threads), func(b *testing.B) {
				for b.Loop() {
					if _, err := Fill(context.Background(), p, Options{Imputations: 20, Iterations: 5, Seed: 1, Threads: threads}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func large(b *testing.B, n int) Problem {
	r := rand.New(rand.NewPCG(1, 2))
	p := Problem{Cluster: "place"}
	var columns []*frame.Column
	add := func(name string, gap float64, value func(i int) float64) {
		x := make([]float64, n)
		for i := range x {
			if x[i] = value(i); r.Float64() < gap {
				x[i] = math.NaN()
			}
		}
		columns = append(columns, frame.NewNumeric(name, x))
	}
	common := make([]float64, n)
	place := make([]string, n)
	for i := range common {
		k := int(375 * r.Float64() * r.Float64())
		place[i] = fmt.Sprint(k)
		common[i] = r.NormFloat64() + 0.3*float64(k%7-3)
	}
	for j := range 24 {
		name := fmt.Sprint("predictor", j)
		p.Predictors = append(p.Predictors, name)
		add(name, 0, func(i int) float64 {
			x := r.NormFloat64() + 0.3*common[i]
			if j > 5 {
				x = math.Max(0, math.Copysign(1, x-float64(j)/15))
			}
			return x
		})
	}
	ordinal := func(levels float64) func(i int) float64 {
		return func(i int) float64 {
			return 1 + math.Floor(levels/(1+math.Exp(-common[i]-r.NormFloat64())))
		}
	}
	add("education", 0.22, ordinal(3))
	add("norwegian", 0.16, ordinal(5))
	add("absence", 0.0014, func(i int) float64 { return float64(r.IntN(2)) })
	add("duration", 0.0006, func(i int) float64 { return math.Round(30 + 5*common[i] + 5*r.NormFloat64()) })
	add("residence", 0.0004, func(i int) float64 { return math.Round(3 * r.ExpFloat64()) })
	origin := make([]string, n)
	for i := range origin {
		origin[i] = fmt.Sprint("level", int(10*r.Float64()*r.Float64()*r.Float64()))
		if i%6000 == 7 {
			origin[i] = ""
		}
	}
	columns = append(columns, frame.FactorOf("origin", origin), frame.FactorOf("place", place))
	var err error
	if p.Data, err = frame.New(columns...); err != nil {
		b.Fatal(err)
	}
	p.Variables = []Variable{{Name: "education", Method: study.OrdinalFill}, {Name: "norwegian", Method: study.OrdinalFill}, {Name: "absence", Method: study.Logistic},
		{Name: "duration", Method: study.PMM}, {Name: "residence", Method: study.PMM}, {Name: "origin", Method: study.Multinomial}}
	return p
}
