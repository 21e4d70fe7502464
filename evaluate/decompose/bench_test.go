package decompose

import (
	"math/rand/v2"
	"testing"

	"bidrag/model/infer"
)

// made are persons in about the number, the columns and the clusters of the
// shipped study.
func made(n, p, clusters int) Data {
	random := rand.New(rand.NewPCG(1, 1))
	d := Data{N: n, P: p, Blocks: []string{"a", "b", "c", "d", "e"}, Clusters: infer.Clusters{Number: clusters}}
	for j := range p {
		d.Names, d.Block = append(d.Names, "x"), append(d.Block, j%5)
		for range n {
			d.X = append(d.X, indicator(random.Float64() < 0.3))
		}
	}
	for i := range n {
		d.Focus = append(d.Focus, random.Float64() < 0.05+0.05*d.X[i])
		d.Y = append(d.Y, indicator(random.Float64() < 0.5+0.1*d.X[i]))
		d.Clusters.Of = append(d.Clusters.Of, int32(random.IntN(clusters)))
	}
	return d
}

// BenchmarkDecompose is every method with 500 replicates, on 19,316 persons with
// 33 characteristics in 375 municipalities.
func BenchmarkDecompose(b *testing.B) { benchmark(b, made(19316, 33, 375)) }

// BenchmarkDecomposePersons is the same with persons as clusters.
func BenchmarkDecomposePersons(b *testing.B) {
	d := made(19316, 33, 375)
	d.Clusters = infer.Clusters{Of: rows(d.N), Number: d.N}
	benchmark(b, d)
}

func benchmark(b *testing.B, d Data) {
	for b.Loop() {
		if _, err := Decompose(b.Context(), d, Options{Orderings: 100, Replicates: 500, Threads: 2}); err != nil {
			b.Fatal(err)
		}
	}
}
