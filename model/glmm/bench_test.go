package glmm

import "testing"

// The model that the report gave up, by shape: 34 covariates, participants in
// projects in municipalities.
func BenchmarkProjectsInMunicipalities(b *testing.B) {
	d := wide(19316, 35, []int{411, 320})
	b.ResetTimer()
	for b.Loop() {
		mustFit(b, d, Options{})
	}
}
