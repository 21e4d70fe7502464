package contribution

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// sized are so many projects with the sizes of the shipped study: most of them
// small and a few with more than a thousand participants.
func sized(projects int) ([]Project, []Person) {
	random := rand.New(rand.NewPCG(7, 8))
	var of []Project
	var persons []Person
	for j := range projects {
		of = append(of, Project{Name: fmt.Sprint(j), Scheme: []string{"old", "new"}[j%2]})
		n := min(1300, 5+int(math.Exp(3+1.1*random.NormFloat64())))
		if j == 0 {
			n = 1300
		}
		for range n {
			p := 1 / (1 + math.Exp(-random.NormFloat64()))
			y := 0.0
			if random.Float64() < p {
				y = 1
			}
			persons = append(persons, Person{Project: j, Outcome: y, Expected: p})
		}
	}
	return of, persons
}

// BenchmarkCompare is the exact comparison of 411 projects.
func BenchmarkCompare(b *testing.B) {
	projects, persons := sized(411)
	tallies := count(projects, persons)
	eta, outcome := gather(tallies, persons)
	b.ReportMetric(float64(len(persons)), "persons")
	for b.Loop() {
		for j := range projects {
			Compare(eta[j], outcome[j])
		}
	}
}

// BenchmarkCompute is all that is told of 411 projects.
func BenchmarkCompute(b *testing.B) {
	projects, persons := sized(411)
	var expected []float64
	for _, p := range persons {
		expected = append(expected, p.Expected)
	}
	set := Settings{Variant: "v", Sample: "s", MinLeavers: 5, NeutralBand: 0.0275}
	b.ReportMetric(float64(len(persons)), "persons")
	for b.Loop() {
		country := NewCountry(expected)
		set.Country = map[string]*Country{"old": country, "new": country}
		Compute(set, projects, persons)
	}
}
