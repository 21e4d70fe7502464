package pipeline

import (
	"testing"

	"bidrag/studies"
	"bidrag/study"
)

// BenchmarkShippedStudy runs the shipped study from its embedded extracts to
// its results: 30,064 + 3,204 rows of persons, 152,499 of measures.
func BenchmarkShippedStudy(b *testing.B) {
	fsys, _ := studies.Open(studies.Default)
	for b.Loop() {
		s, err := study.Load(fsys, studies.Default)
		if err != nil {
			b.Fatal(err)
		}
		r, err := Start(b.Context(), s, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
