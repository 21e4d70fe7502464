package glm

import (
	"fmt"
	"testing"

	"bidrag/model/family"
)

// The individual model of the report: 19,316 participants, an intercept and
// 31 covariates, most of them 0/1.
func BenchmarkIndividualModel(b *testing.B) {
	d := simulate(families[0], 19316, 32, 1)
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustFit(b, d, Options{Threads: threads})
			}
		})
	}
}

// The same model with a column too many, which goes through the QR.
func BenchmarkAliasedColumn(b *testing.B) {
	d := simulate(families[0], 19316, 32, 1)
	d.P, d.X = 33, append(d.X, d.column(5)...)
	for b.Loop() {
		mustFit(b, d, Options{})
	}
}

// Cost must be linear in the rows.
func BenchmarkRows(b *testing.B) {
	for _, n := range []int{20_000, 200_000, 1_000_000} {
		d := simulate(families[0], n, 32, 1)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				mustFit(b, d, Options{})
			}
		})
	}
}

func BenchmarkFamilies(b *testing.B) {
	for _, f := range families {
		if f == (family.Family{Dist: family.Binomial, Link: family.Logit}) {
			continue
		}
		d := simulate(f, 19316, 32, 1)
		b.Run(f.Dist.String()+" "+f.Link.String(), func(b *testing.B) {
			for b.Loop() {
				mustFit(b, d, Options{})
			}
		})
	}
}
