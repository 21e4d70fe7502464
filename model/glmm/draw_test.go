package glmm

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bidrag/model/family"
	"bidrag/model/glm"
)

// counted are groups with so many persons, of whom so many have outcome 1.
func counted(n, ones []int) *Data {
	d := &Data{Data: glm.Data{P: 1, Family: family.Family{Dist: family.Binomial, Link: family.Logit}}}
	t := Term{Q: 1, Groups: len(n)}
	for g := range n {
		for i := range n[g] {
			y := 0.0
			if i < ones[g] {
				y = 1
			}
			d.X, d.Y, t.Group = append(d.X, 1), append(d.Y, y), append(t.Group, int32(g))
		}
	}
	d.N, d.Terms = len(d.Y), []Term{t}
	return d
}

// groupEffects are the mean and standard deviation of h(γ + u) − h(γ) of every
// group, over weighted draws.
func groupEffects(t *testing.T, e *Estimate, d *Data, draws int) (mean, sd []float64) {
	t.Helper()
	groups := d.Terms[0].Groups
	values, weights := make([][]float64, draws), make([]float64, draws)
	rows := e.DrawnRows()
	err := e.Draw(t.Context(), draws, 1, func(k int, x *Draw) {
		values[k], weights[k] = make([]float64, groups), math.Exp(x.LogWeight)
		for r, i := range rows {
			values[k][d.Terms[0].Group[i]] = logistic(x.Eta[r]) - logistic(x.Fixed[r])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	mean, sd = make([]float64, groups), make([]float64, groups)
	total := 0.0
	for _, w := range weights {
		total += w
	}
	for g := range groups {
		for k, w := range weights {
			mean[g] += w / total * values[k][g]
		}
		for k, w := range weights {
			sd[g] += w / total * (values[k][g] - mean[g]) * (values[k][g] - mean[g])
		}
		sd[g] = math.Sqrt(sd[g])
	}
	return mean, sd
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// integrated is the same by the trapezoid rule over γ, σ and every u, with priors
// that are flat in γ and σ.
func integrated(n, ones []int, highest float64) (mean, sd []float64) {
	groups := len(n)
	first, second := make([]float64, groups), make([]float64, groups)
	sum, total := make([][3]float64, groups), 0.0
	for s := 0.5; s < 60; s++ {
		sigma := s / 60 * highest
		for gamma := -3.0; gamma <= 3; gamma += 0.05 {
			likelihood := 1.0
			for g := range n {
				sum[g] = [3]float64{}
				for z := -7.0; z <= 7; z += 0.2 {
					p := logistic(gamma + sigma*z)
					w := math.Exp(-z*z/2) * math.Pow(2*p, float64(ones[g])) * math.Pow(2*(1-p), float64(n[g]-ones[g]))
					x := p - logistic(gamma)
					sum[g][0], sum[g][1], sum[g][2] = sum[g][0]+w, sum[g][1]+w*x, sum[g][2]+w*x*x
				}
				likelihood *= sum[g][0]
			}
			total += likelihood
			for g := range n {
				first[g] += likelihood * sum[g][1] / sum[g][0]
				second[g] += likelihood * sum[g][2] / sum[g][0]
			}
		}
	}
	mean, sd = make([]float64, groups), make([]float64, groups)
	for g := range n {
		mean[g] = first[g] / total
		sd[g] = math.Sqrt(second[g]/total - mean[g]*mean[g])
	}
	return mean, sd
}

// TestDrawsAreOfThePosterior: with groups of 2 to 40 persons, one that all and one
// that none attained, mean and standard deviation of weighted draws are those of
// numerical integration, up to the chance in 6,000 draws; also where the standard
// deviation of the groups is estimated as zero.
func TestDrawsAreOfThePosterior(t *testing.T) {
	for _, c := range []struct {
		name    string
		n, ones []int
		zero    bool
		highest float64 // σ, beyond which there is next to nothing
	}{
		{"groups differ", []int{2, 5, 5, 8, 10, 10, 15, 20, 30, 40, 12, 7}, []int{2, 0, 3, 2, 8, 5, 4, 15, 12, 24, 3, 6}, false, 4},
		{"groups do not differ", []int{5, 5, 10, 10, 20, 20, 10, 10, 30, 30}, []int{2, 3, 5, 5, 10, 11, 5, 4, 16, 15}, true, 2},
	} {
		d := counted(c.n, c.ones)
		e := mustFit(t, d, Options{Quadrature: 25})
		if zero := e.Terms[0].Cov[0] == 0; zero != c.zero {
			t.Fatalf("%s: variance %v", c.name, e.Terms[0].Cov[0])
		}
		mean, sd := groupEffects(t, e, d, 6000)
		wantMean, wantSD := integrated(c.n, c.ones, c.highest)
		for g := range c.n {
			if math.Abs(mean[g]-wantMean[g]) > 0.07*wantSD[g] || math.Abs(sd[g]-wantSD[g]) > 0.06*wantSD[g] {
				t.Errorf("%s, group %d: mean %.4f and sd %.4f, integration gives %.4f and %.4f", c.name, g, mean[g], sd[g], wantMean[g], wantSD[g])
			}
		}
	}
}

// TestDrawsDoNotDependOnThreads: to the last bit, for nested and crossed groups.
func TestDrawsDoNotDependOnThreads(t *testing.T) {
	for _, s := range []shape{{rows: 600, nested: []int{40, 15}, sd: 0.6}, {rows: 600, crossed: []int{20, 12}, sd: 0.6}} {
		d := simulate(families[0], s, 3)
		var bits [2][]uint64
		for k, threads := range []int{1, 3} {
			e := mustFit(t, d, Options{Threads: threads})
			by := make([][]uint64, 20)
			if err := e.Draw(t.Context(), len(by), 5, func(k int, x *Draw) {
				for _, v := range slices.Concat(x.Eta, x.Fixed, x.Variance, []float64{x.LogWeight}) {
					by[k] = append(by[k], math.Float64bits(v))
				}
			}); err != nil {
				t.Fatal(err)
			}
			bits[k] = slices.Concat(by...)
		}
		if len(bits[0]) != 20*(1200+3) || !slices.Equal(bits[0], bits[1]) {
			t.Errorf("%+v: %d numbers, not the same", s, len(bits[0]))
		}
	}
}

// TestDrawsThatCannotBeMade say why.
func TestDrawsThatCannotBeMade(t *testing.T) {
	none := func(int, *Draw) {}
	e := mustFit(t, simulate(families[0], shape{rows: 800, nested: []int{20}, slopes: 1, sd: 0.6}, 3), Options{})
	if err := e.Draw(t.Context(), 5, 1, none); !errors.Is(err, ErrSlopes) {
		t.Error(err)
	}
	e = mustFit(t, simulate(families[0], shape{rows: 300, nested: []int{20}, sd: 0.6}, 3), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Draw(ctx, 5, 1, none); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	e.fitted.status = glm.NotConverged
	if err := e.Draw(t.Context(), 5, 1, none); !errors.Is(err, ErrNoCovariance) {
		t.Error(err)
	}
}

// TestUnitVariances: with one grouping and units its groups, the prior is σ² and
// the posterior that of the modes; two groups together have the mean's.
func TestUnitVariances(t *testing.T) {
	d := counted([]int{10, 20, 5, 15, 30, 12}, []int{8, 6, 3, 2, 20, 9})
	e := mustFit(t, d, Options{})
	term := e.Terms[0]
	prior, left := e.UnitVariances(d.Terms[0].Group, 7)
	for g, sd := range term.ModeSD {
		if math.Abs(prior[g]-term.Cov[0]) > 1e-12 || math.Abs(left[g]-sd*sd) > 1e-9 {
			t.Errorf("group %d: %v and %v, want %v and %v", g, prior[g], left[g], term.Cov[0], sd*sd)
		}
	}
	if !math.IsNaN(prior[6]) || !math.IsNaN(left[6]) {
		t.Error("a unit without a row has a variance")
	}
	two := slices.Repeat([]int32{-1}, d.N)
	for i, g := range d.Terms[0].Group {
		if g < 2 {
			two[i] = 0
		}
	}
	if prior, _ = e.UnitVariances(two, 1); math.Abs(prior[0]-term.Cov[0]*(100+400)/900) > 1e-12 {
		t.Errorf("two groups: %v", prior[0])
	}
}

// BenchmarkDraws are 1,000 draws of a model of the shipped study's size.
func BenchmarkDraws(b *testing.B) {
	e := mustFit(b, wide(19316, 35, []int{411, 320}), Options{})
	b.ResetTimer()
	for b.Loop() {
		if err := e.Draw(b.Context(), 1000, rand.Uint64(), func(int, *Draw) {}); err != nil {
			b.Fatal(err)
		}
	}
}
