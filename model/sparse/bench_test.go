package sparse

import "testing"

func shapes() map[string]func() *pattern {
	return map[string]func() *pattern{
		"evaluations": func() *pattern { return evaluations(2972, 1128) },
		"nested":      func() *pattern { return nested(20000, 400, 1) },
		"slopes":      func() *pattern { return nested(20000, 400, 2) },
		"many":        func() *pattern { return crossed(200000, 300, 4, 1) },
		"weak":        func() *pattern { return crossed(20000, 5000, 1, 1) },
		"weaker":      func() *pattern { return crossed(20000, 5000, 2, 1) },
	}
}

func BenchmarkAnalyze(b *testing.B) {
	for name, shape := range shapes() {
		b.Run(name, func(b *testing.B) {
			p := shape()
			for b.Loop() {
				Analyze(p.n, p.row, p.col)
			}
		})
	}
}

func benchmark(b *testing.B, run func(f *Factor, p *pattern, out, x []float64)) {
	for name, shape := range shapes() {
		b.Run(name, func(b *testing.B) {
			p := shape()
			s := Analyze(p.n, p.row, p.col)
			f := s.NewFactor()
			out, x := make([]float64, len(p.row)), make([]float64, p.n)
			f.Factor(p.values)
			for b.Loop() {
				run(f, p, out, x)
			}
			b.ReportMetric(float64(s.NNZ()), "nnz")
			b.ReportMetric(float64(len(s.nodes)), "supernodes")
		})
	}
}

func BenchmarkFactor(b *testing.B) {
	benchmark(b, func(f *Factor, p *pattern, _, _ []float64) { f.Factor(p.values) })
}

func BenchmarkInverse(b *testing.B) {
	benchmark(b, func(f *Factor, _ *pattern, out, _ []float64) { f.Inverse(out) })
}

func BenchmarkTwoThreads(b *testing.B) {
	p := evaluations(2972, 1128)
	f := Analyze(p.n, p.row, p.col).NewFactor()
	f.Threads = 2
	out := make([]float64, len(p.row))
	b.Run("Factor", func(b *testing.B) {
		for b.Loop() {
			f.Factor(p.values)
		}
	})
	b.Run("Inverse", func(b *testing.B) {
		for b.Loop() {
			f.Inverse(out)
		}
	})
}

func BenchmarkSolve(b *testing.B) {
	benchmark(b, func(f *Factor, _ *pattern, _, x []float64) { f.Solve(x) })
}
