package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
)

// TestShrunkenAgainstR holds every project and municipality against R:
// testdata/shrunken/shrunken.R (R 4.2.2, glmmTMB 1.1.5, TMB 1.9.2). What is expected
// and predicted, their ratio, and reliabilities by prior and posterior variances of effects agree to
// 2e-6, the ratio to 4e-6; of projects, lme4 1.1-31 agrees to 5e-4, after 400 evaluations.
func TestShrunkenAgainstR(t *testing.T) {
	r := shipped(t)
	value := func(kind, quantity, unit string) result.Value {
		key := result.Key{Quantity: kind + "_" + quantity, Sample: "in_individual", Model: "three_level_individual", Scheme: result.All, Project: unit}
		if kind == "project" {
			key.Scheme, _, _ = strings.Cut(unit, "-")
		}
		v, ok := r.Results.Get(key)
		if !ok {
			t.Fatalf("there is no %s", key.ID())
		}
		return v
	}
	near := func(kind, quantity, unit string, want, tolerance float64) {
		if v := value(kind, quantity, unit); !(math.Abs(v.Value-want) <= tolerance) {
			t.Errorf("%s %s: %s is %.9g, R has %.9g", kind, unit, quantity, v.Value, want)
		}
	}
	units := 0
	for _, row := range readGolden(t, "testdata/shrunken/shrunken.csv") {
		units++
		kind, unit := row[0], row[1]
		n := func(k int) float64 { return number(t, row[k]) }
		near(kind, "predicted", unit, n(4), 2e-6)
		near(kind, "expected_multilevel", unit, n(5), 2e-6)
		near(kind, "shrunken", unit, n(4)-n(5), 2e-6)
		near(kind, "ratio", unit, n(6), 4e-6)
		near(kind, "reliability", unit, n(8)/(n(8)+1/n(7)), 2e-6)
		near(kind, "shrunken_reliability", unit, 1-n(9)/n(8), 2e-6)
		if v := value(kind, "shrunken", unit); float64(v.N) != n(2) || float64(v.Part) != n(3) {
			t.Errorf("%s: the gate sees %d of %d, R has %s of %s", unit, v.Part, v.N, row[3], row[2])
		}
	}
	for _, row := range readGolden(t, "testdata/shrunken/lme4.csv") {
		near("project", "predicted", row[0], number(t, row[1]), 5e-4)
		near("project", "expected_multilevel", row[0], number(t, row[2]), 5e-4)
	}
	shown := 0
	for _, v := range r.Results.Values {
		if (v.Key.Quantity == "project_shrunken" || v.Key.Quantity == "municipality_shrunken") && v.Key.Year == "" {
			shown++
		}
	}
	if units != shown || units < 700 {
		t.Errorf("%d units, R has %d", shown, units)
	}
}

// TestShrunkenDrawsAgainstR: mean and standard deviation of the draws of every unit
// are those of R's, which finds modes and variances by itself, as far as 1,000 draws
// on each side, worth some 600 and 400 independent ones, can tell: no mean off by
// more than a third of a standard deviation, 8 per cent of one on average; no standard
// deviation by more than a quarter, 2 per cent at the median.
func TestShrunkenDrawsAgainstR(t *testing.T) {
	r := shipped(t)
	f := r.fits["three_level_individual"]
	means, sds := map[string]float64{}, map[string]float64{}
	for _, row := range readGolden(t, "testdata/shrunken/shrunken.csv") {
		means[row[1]], sds[row[1]] = number(t, row[10]), number(t, row[11])
	}
	parts := r.shrunkenParts(f.model, f.data, false)
	draws, err := f.model.DrawUnits(t.Context(), 1000, 9, parts[0].of, parts[1].of)
	if err != nil {
		t.Fatal(err)
	}
	if draws.Effective < 300 {
		t.Errorf("1,000 draws are worth %v", draws.Effective)
	}
	var off, ratio []float64
	for k, p := range parts {
		for u, unit := range p.units {
			want, shown := sds[unit.Name]
			if !shown {
				continue
			}
			mean, square := 0.0, 0.0
			for i, own := range draws.Units[k].Own[u] {
				x := own - draws.Units[k].Typical[u][i]
				mean += x / 1000
				square += x * x / 1000
			}
			off = append(off, math.Abs(mean-means[unit.Name])/want)
			ratio = append(ratio, math.Sqrt(square-mean*mean)/want)
		}
	}
	sum := 0.0
	for _, x := range off {
		sum += x / float64(len(off))
	}
	slices.Sort(ratio)
	if len(off) < 700 || sum > 0.08 || slices.Max(off) > 1./3 || math.Abs(ratio[len(ratio)/2]-1) > 0.02 || ratio[0] < 0.75 || ratio[len(ratio)-1] > 1.25 {
		t.Errorf("means off by %.3f on average, %.3f at most; ratio of sds %.3f at the median, from %.3f to %.3f", sum, slices.Max(off), ratio[len(ratio)/2], ratio[0], ratio[len(ratio)-1])
	}
}

// TestShrunkenOfTheShippedStudy: the larger a project, the more reliable; the
// intervals hold the estimates but for few; years are of one model more.
func TestShrunkenOfTheShippedStudy(t *testing.T) {
	r := shipped(t)
	m := "in_individual.three_level_individual.all"
	last := 0.0
	for _, from := range []string{"5", "10", "20", "30", "50", "100"} {
		x := one(r, "reliability_by_size."+m+"."+from)
		if !(x > last) {
			t.Errorf("from %s leavers the median reliability is %v, of smaller ones %v", from, x, last)
		}
		last = x
	}
	if x := one(r, "shrunken_draws.three_level_individual"); !(x > 300 && x <= 1000) {
		t.Errorf("the draws are worth %v", x)
	}
	units, outside, years, ranks := 0, 0, 0, 0
	for _, v := range r.Results.Values {
		switch v.Key.Quantity {
		case "project_shrunken":
			if units++; v.Value < v.Low || v.Value > v.High {
				outside++
			}
			if v.Key.Year != "" {
				years++
			}
		case "project_rank":
			if ranks++; !math.IsNaN(v.Value) || v.Low < 1 || v.High < v.Low || v.High > 375 {
				t.Errorf("%s: %v to %v", v.Key.ID(), v.Low, v.High)
			}
		}
	}
	if outside > units/100 || years < 500 || ranks != units {
		t.Errorf("%d units, %d estimates outside their intervals, %d of years, %d ranks", units, outside, years, ranks)
	}
}

const levels = "sample: complete, formula: outcome ~ scheme + male + age + (1 | municipality/project)}"

// shrunkenMini is the mini study with a multilevel model of this text.
func shrunkenMini(t *testing.T, model string) mini {
	m := withUnits(t)
	m.replace("study.yaml", "models:\n", "models:\n  levels: {label: Nivåer, "+model+"\n")
	m.replace("study.yaml", "  years: true\n", "  years: true\n  multilevel: levels\n  draws: 4000\n")
	return m
}

// TestShrunkenDoesNotDependOnThreads: to the last bit, with all years and each.
func TestShrunkenDoesNotDependOnThreads(t *testing.T) {
	m := shrunkenMini(t, levels)
	var bits [2][]string
	for k, threads := range []int{1, 3} {
		r := m.run(threads)
		for _, v := range r.Results.Values {
			if v.Key.Model == "levels" && v.Step == "contribution" {
				bits[k] = append(bits[k], fmt.Sprintf("%s %x %x %x", v.Key.ID(), math.Float64bits(v.Value), math.Float64bits(v.Low), math.Float64bits(v.High)))
			}
		}
	}
	if len(bits[0]) < 20 || !slices.Equal(bits[0], bits[1]) {
		t.Errorf("%d values and %d, not the same", len(bits[0]), len(bits[1]))
	}
}

// TestShrunkenOneProjectInAScheme has no rank, and what is told of the scheme falls
// with the project.
func TestShrunkenOneProjectInAScheme(t *testing.T) {
	r := shrunkenMini(t, levels).run(1)
	project, ok := r.Results.Get(result.Key{Quantity: "project_shrunken", Sample: "complete", Model: "levels", Scheme: "pilot", Project: "pilot-0301"})
	if !ok {
		t.Fatalf("there is none: %+v", r.Results.Gaps)
	}
	if v, ok := r.Results.Get(result.Key{Quantity: "shrunken", Sample: "complete", Model: "levels", Scheme: "pilot", Level: "p50"}); !ok || v.Value != project.Value || v.N != project.N || v.Part != project.Part {
		t.Errorf("%+v, the project %+v", v, project)
	}
	if v, ok := r.Results.Get(result.Key{Quantity: "project_rank", Sample: "complete", Model: "levels", Scheme: "pilot", Project: "pilot-0301"}); ok {
		t.Errorf("%+v", v)
	}
}

// TestNothingToShrink: groups that vary no more than chance lets them, and a model
// that cannot be fitted, are gaps at the place of the model; the rest is there.
func TestNothingToShrink(t *testing.T) {
	for name, c := range map[string]struct{ formula, code, about string }{
		"no variance": {"outcome ~ scheme * factor(municipality) + factor(project) + (1 | project)", result.NoVariance, "levels"},
		"no fit":      {"outcome ~ scheme + I(age / 0) + (1 | municipality/project)", result.NotFitted, "levels"},
	} {
		r := shrunkenMini(t, "sample: complete, formula: "+c.formula+"}").run(1)
		if !slices.ContainsFunc(r.Results.Gaps, func(g result.Gap) bool {
			return g.Step == "contribution" && g.Reason.Code == c.code && g.Reason.About == c.about && strings.HasPrefix(g.Place, "mini/study.yaml:")
		}) {
			t.Errorf("%s: %+v", name, r.Results.Gaps)
		}
		raw := false
		for _, v := range r.Results.Values {
			if v.Key.Quantity == "project_shrunken" {
				t.Errorf("%s: %+v", name, v)
			}
			raw = raw || v.Key.Quantity == "project_contribution"
		}
		if !raw {
			t.Errorf("%s: the rest is not there", name)
		}
	}
}

// TestDrawable: a model that has not converged, and years that vary no more than
// chance lets them.
func TestDrawable(t *testing.T) {
	r := shrunkenMini(t, levels).run(1)
	f := r.fits["levels"].model
	kept := f.Result
	for _, c := range []struct {
		name, subject, code string
		change              func(*fit.Result)
	}{
		{"not converged", "", result.NotFitted, func(x *fit.Result) { x.Status = "not_converged" }},
		{"no variance", "", result.NoVariance, func(x *fit.Result) {
			x.Random = slices.Clone(x.Random)
			for k := range x.Random {
				x.Random[k].SD = []float64{0}
			}
		}},
	} {
		changed := *kept
		c.change(&changed)
		f.Result = &changed
		var why result.Reason
		if err := r.drawable(f, c.subject); !errors.As(err, &why) || why.Code != c.code {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	f.Result = kept
	if err := r.drawable(f, ""); err != nil {
		t.Error(err)
	}
}

// TestMultilevelModelsThatWillNotDo are problems of the study, at their place.
func TestMultilevelModelsThatWillNotDo(t *testing.T) {
	for _, c := range []struct{ name, model, want string }{
		{"slopes", "sample: complete, formula: outcome ~ scheme + age + (age | municipality/project)}", "slopes vary"},
		{"no projects", "sample: complete, formula: outcome ~ scheme + age + (1 | municipality)}", "project is not among its groupings"},
		{"no groups", "sample: complete, formula: outcome ~ scheme + age}", "project is not among its groupings"},
		{"a family", "sample: complete, family: gaussian, formula: outcome ~ scheme + age + (1 | municipality/project)}", "is of the family gaussian"},
	} {
		told(t, c.name, shrunkenMini(t, c.model), c.want)
	}
}

// TestShrunkenStops when the run is stopped.
func TestShrunkenStops(t *testing.T) {
	r := shipped(t)
	f := r.fits["three_level_individual"]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.shrunken(ctx, "", f.model, f.data); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// BenchmarkShrunken are the 1,000 draws of 411 projects and 375 municipalities, and
// what is told by them.
func BenchmarkShrunken(b *testing.B) {
	r, err := runShipped()
	if err != nil {
		b.Fatal(err)
	}
	f := r.fits["three_level_individual"]
	b.ResetTimer()
	for b.Loop() {
		parts := r.shrunkenParts(f.model, f.data, false)
		means, err := f.model.UnitMeans(parts[0].of, parts[1].of)
		if err != nil {
			b.Fatal(err)
		}
		draws, err := f.model.DrawUnits(b.Context(), 1000, 1, parts[0].of, parts[1].of)
		if err != nil {
			b.Fatal(err)
		}
		for k := range parts {
			if len(parts[k].values(means[k], draws.Units[k])) == 0 {
				b.Fatal("nothing is told")
			}
		}
	}
}

// TestExamplesAreReliable by what the study asks for: all when it asks for little,
// none when for more than there is; without a multilevel model nothing is told.
func TestExamplesAreReliable(t *testing.T) {
	r := shipped(t)
	of := func(reliability float64, multilevel string) (reliable, told int) {
		c := *r.Study.Contribution
		c.Reliability, c.Multilevel = reliability, multilevel
		s := *r.Study
		s.Contribution = &c
		for _, v := range (&Run{Study: &s, Results: r.Results, examples: r.examples}).examplesReliable() {
			told++
			reliable += int(v.Value)
		}
		return reliable, told
	}
	all, multilevel := len(r.Study.Contribution.Examples), r.Study.Contribution.Multilevel
	for _, c := range []struct {
		reliability    float64
		multilevel     string
		reliable, told int
	}{{0.01, multilevel, all, all}, {0.999, multilevel, 0, all}, {0.01, "", 0, 0}} {
		if reliable, told := of(c.reliability, c.multilevel); reliable != c.reliable || told != c.told || all == 0 {
			t.Errorf("asking for %v of %q, %d of %d are reliable, want %d of %d", c.reliability, c.multilevel, reliable, told, c.reliable, c.told)
		}
	}
}
