package figure

import "testing"

// BenchmarkReport draws the figures of a report, thirty of them with one
// quadrant of 411 points, as files and for the page, with new engines each
// time. The bundle is compiled once only.
func BenchmarkReport(b *testing.B) {
	figures := []Figure{sampleQuadrant("nb")}
	rest := []Figure{sampleDots("nb"), sampleBars("nb"), sampleLines("nb"), sampleForest("nb"), sampleSteps("nb")}
	for i := range 29 {
		figures = append(figures, rest[i%len(rest)])
	}
	for b.Loop() {
		if _, err := DrawAll(figures); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkKind draws each kind once, in the form that is not remembered.
func BenchmarkKind(b *testing.B) {
	r, err := NewRenderer()
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range samples("nb") {
		b.Run(f.ID, func(b *testing.B) {
			for b.Loop() {
				if _, err := r.draw(f, "narrow"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStart starts an engine.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if _, err := NewRenderer(); err != nil {
			b.Fatal(err)
		}
	}
}
