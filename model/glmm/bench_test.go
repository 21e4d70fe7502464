package glmm

import (
	"math"
	"math/rand/v2"
	"testing"

	"bidrag/model/glm"
)

// The models have the shapes of those in docs/fit.md, "How fast it is".

func BenchmarkMunicipalityIntercept(b *testing.B) { // 17,768 rows, 9 covariates
	bench(b, wide(17768, 10, []int{318}), Options{})
}

func BenchmarkProjectsInMunicipalities(b *testing.B) { // the model that the report gave up
	bench(b, wide(19316, 35, []int{411, 320}), Options{})
}

func BenchmarkProjectsInMunicipalities7Points(b *testing.B) {
	bench(b, wide(19316, 35, []int{411, 320}), Options{Quadrature: 7})
}

func BenchmarkThreeLevels15Points(b *testing.B) { // prenatal care in Guatemala
	bench(b, wide(2449, 19, []int{1558, 161}), Options{Quadrature: 15})
}

func BenchmarkCrossed(b *testing.B) { // students, lecturers, departments
	bench(b, ratings(), Options{})
}

func BenchmarkMillionRows(b *testing.B) {
	bench(b, wide(1_000_000, 35, []int{20_000, 400}), Options{})
}

func BenchmarkPredictionErrors(b *testing.B) { // 19,316 rows
	d := wide(19316, 35, []int{411, 320})
	e := mustFit(b, d, Options{})
	b.ResetTimer()
	for b.Loop() {
		e.LinearErrors(d.X, d.N, zOf(d), groupOf(d))
	}
}

func bench(b *testing.B, d *Data, o Options) {
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if e := mustFit(b, d, o); e.Status != glm.Converged {
			b.Fatal(e.Status, e.Reason)
		}
	}
}

// wide draws a logistic model with many 0/1 columns.
func wide(n, p int, groups []int) *Data {
	d := simulate(families[0], shape{rows: n, nested: groups, sd: 0.5}, 1)
	r := rand.New(rand.NewPCG(1, 2))
	for range (p - d.P) * n {
		d.X = append(d.X, float64(r.IntN(2)))
	}
	d.P = p
	return d
}

// ratings draws 73,421 ratings by 2,972 students, mostly in one of 14
// departments, of 1,128 lecturers.
func ratings() *Data {
	const n, p, students, lecturers, departments = 73421, 10, 2972, 1128, 14
	r := rand.New(rand.NewPCG(5, 6))
	d := &Data{Data: glm.Data{N: n, P: p, X: make([]float64, n*p), Y: make([]float64, n), Family: families[0]}}
	sizes := []int{students, lecturers, departments}
	b := make([][]float64, len(sizes))
	for t, groups := range sizes {
		d.Terms = append(d.Terms, Term{Q: 1, Groups: groups, Group: make([]int32, n)})
		for range groups {
			b[t] = append(b[t], []float64{0.5, 0.8, 0.15}[t]*r.NormFloat64())
		}
	}
	for i := range n {
		student := i % students
		lecturer := r.IntN(lecturers)
		if r.IntN(4) > 0 { // in the student's own department
			lecturer = lecturer/departments*departments + student%departments
			lecturer = min(lecturer, lecturers-1)
		}
		eta := 0.2
		for t, g := range []int{student, lecturer, lecturer % departments} {
			d.Terms[t].Group[i] = int32(g)
			eta += b[t][g]
		}
		d.X[i] = 1
		for j := 1; j < p; j++ {
			d.X[j*n+i] = float64(r.IntN(2))
			eta += 0.1 * d.X[j*n+i]
		}
		if r.Float64() < 1/(1+math.Exp(-eta)) {
			d.Y[i] = 1
		}
	}
	return d
}
