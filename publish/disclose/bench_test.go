package disclose

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bidrag/evaluate/result"
)

// BenchmarkClear sends what is told of places through the gate: how many attained the
// goal by place, year and scheme, with all their sums.
func BenchmarkClear(b *testing.B) {
	for _, places := range []int{100, 400, 1600} {
		b.Run(fmt.Sprintf("places=%d", places), func(b *testing.B) {
			set := placesOf(places)
			for b.Loop() {
				Clear(set, DefaultRules)
			}
			b.ReportMetric(float64(len(set.Values)), "values")
		})
	}
}

// placesOf tells of places of some 45 persons each in two schemes and four years.
func placesOf(places int) *result.Set {
	r := rand.New(rand.NewPCG(1, 2))
	type cell struct{ n, part int }
	cells := map[result.Key]cell{}
	for p := range places {
		for _, scheme := range []string{"a", "b"} {
			size := r.ExpFloat64() * 6
			for year := range 4 {
				n := int(size * (0.5 + r.Float64()))
				part := 0
				for range n {
					part += int(r.Float64() + 0.57)
				}
				for _, s := range []string{scheme, result.All} {
					for _, y := range []string{fmt.Sprint(2017 + year), ""} {
						for _, project := range []string{fmt.Sprintf("%04d", p), ""} {
							k := result.Key{Quantity: "attainment", Sample: "gross", Scheme: s, Year: y, Project: project}
							c := cells[k]
							cells[k] = cell{c.n + n, c.part + part}
						}
					}
				}
			}
		}
	}
	set := result.NewSet()
	set.Facts = result.Facts{Outcome: "goal", Reference: "b"}
	for p := -1; p < places; p++ {
		for _, s := range []string{result.All, "a", "b"} {
			for _, y := range []string{"", "2017", "2018", "2019", "2020"} {
				k := result.Key{Quantity: "attainment", Sample: "gross", Scheme: s, Year: y}
				if p >= 0 {
					k.Project = fmt.Sprintf("%04d", p)
				}
				c, ok := cells[k]
				if !ok {
					continue
				}
				if p >= 0 {
					k.Quantity, k.Kind = "municipality_actual", "raw"
					if s != result.All {
						k.Quantity, k.Project = "project_actual", s+"-"+k.Project
					}
				}
				if err := set.Add("bench", result.Proportion(k, c.part, c.n)); err != nil {
					panic(err)
				}
			}
		}
	}
	return set
}
