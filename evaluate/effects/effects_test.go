package effects

import (
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/study"
)

// A cell is persons who are alike, and how many of them attained.
type cell struct {
	scheme, region, level int
	n, attained           int
}

// people has a difference between the schemes that is not the same in both
// regions.
var people = []cell{
	{0, 0, 1, 60, 20}, {0, 0, 2, 40, 22}, {0, 1, 1, 50, 30}, {0, 1, 3, 30, 21}, {0, 2, 2, 25, 10},
	{1, 0, 1, 30, 18}, {1, 0, 3, 35, 28}, {1, 1, 2, 45, 26}, {1, 1, 1, 20, 11}, {1, 2, 3, 15, 9},
}

var regions = []string{"north", "south", "west"}

// frameOf has the columns of the cells: the region as a factor and by
// indicators, the level as a number, and a number of its own for everyone.
func frameOf(cells []cell) *frame.Frame {
	var scheme, region []int32
	var y, south, west, level, x []float64
	for _, c := range cells {
		for i := range c.n {
			scheme, region = append(scheme, int32(c.scheme)), append(region, int32(c.region))
			y, level = append(y, indicator(i < c.attained)), append(level, float64(c.level))
			south, west = append(south, indicator(c.region == 1)), append(west, indicator(c.region == 2))
			x = append(x, math.Sin(float64(len(x))))
		}
	}
	f, err := frame.New(frame.NewFactor("scheme", []string{"old", "new"}, scheme), frame.NewFactor("region", regions, region), frame.NewNumeric("y", y),
		frame.NewNumeric("region_south", south), frame.NewNumeric("region_west", west), frame.NewNumeric("level", level), frame.NewNumeric("x", x))
	if err != nil {
		panic(err)
	}
	return f
}

func codebook() *study.Study {
	label := study.Text{NB: "x", EN: "x"}
	of := func(keys ...string) study.Map[study.Text] {
		var out study.Map[study.Text]
		for _, k := range keys {
			out = append(out, study.Entry[study.Text]{Key: k, Value: label})
		}
		return out
	}
	return &study.Study{Codebook: &study.Codebook{Variables: study.Map[study.Variable]{
		{Key: "region", Value: study.Variable{Type: study.Category, Levels: of(regions...), Indicators: &study.Indicators{Prefix: "region", Reference: []string{"north"}}}},
		{Key: "level", Value: study.Variable{Type: study.Ordinal, Levels: of("1", "2", "3", "4")}},
		{Key: "x", Value: study.Variable{Type: study.NumberType}},
		{Key: "y", Value: study.Variable{Type: study.Binary}},
		{Key: "place", Value: study.Variable{Type: study.Municipality}},
	}}}
}

func fitted(t *testing.T, formula string, data *frame.Frame, o fit.Options) Model {
	t.Helper()
	m, err := fit.Fit(formula, data, o)
	if err != nil {
		t.Fatal(err)
	}
	return Model{"m", m, data}
}

func own(_ string, x float64) float64 { return x }

func marginalOf(t *testing.T, m Model) map[string]result.Value {
	t.Helper()
	a, err := Marginal(m, Variables(codebook(), m, own), 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Gaps) > 0 {
		t.Fatalf("gaps %+v", a.Gaps)
	}
	return byID(a)
}

func byID(a Answer) map[string]result.Value {
	out := map[string]result.Value{}
	for _, v := range a.Values {
		out[v.Key.ID()] = v
	}
	return out
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) < 1e-9) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

// counted are the persons and those who attained in some of the cells.
func counted(cells []cell, in func(c cell) bool) (p, variance float64, n int) {
	attained := 0
	for _, c := range cells {
		if in(c) {
			n, attained = n+c.n, attained+c.attained
		}
	}
	p = float64(attained) / float64(n)
	return p, p * (1 - p) / float64(n), n
}

// TestSchemeAloneIsSharesAndTheirDifference: in a model of the scheme alone the
// expected attainment is the observed share, and the delta method gives Wald's
// interval of a difference of shares.
func TestSchemeAloneIsSharesAndTheirDifference(t *testing.T) {
	got := marginalOf(t, fitted(t, "y ~ scheme", frameOf(people), fit.Options{}))
	of := func(s int) func(cell) bool { return func(c cell) bool { return c.scheme == s } }
	p0, v0, _ := counted(people, of(0))
	p1, v1, _ := counted(people, of(1))
	near(t, "old", got["expected.m.old"].Value, p0)
	near(t, "new", got["expected.m.new"].Value, p1)
	d := got["adjusted_difference.m.new"]
	near(t, "difference", d.Value, p1-p0)
	near(t, "its end", d.High, p1-p0+1.959963984540054*math.Sqrt(v0+v1))
	if d.Unit != result.Points || d.N != 350 || len(got) != 3 {
		t.Errorf("%+v of %d", d, len(got))
	}
}

// TestSmallSchemesFallAtTheGate: what a model says of a scheme tells of the persons
// who are in it, though it is an average over all.
func TestSmallSchemesFallAtTheGate(t *testing.T) {
	cells := append(slices.Clone(people[:5]), cell{1, 0, 1, 3, 1})
	got := marginalOf(t, fitted(t, "y ~ scheme + region_south", frameOf(cells), fit.Options{}))
	for id, want := range map[string][2]int{"expected.m.new": {208, 3}, "expected.m.old": {208, 205}, "adjusted_difference.m.new": {208, 3}, "expected.m.region.south": {80, -1}} {
		if v := got[id]; v.N != want[0] || v.Part != want[1] {
			t.Errorf("%s rests on %d, with %d; want %v", id, v.N, v.Part, want)
		}
	}
}

// TestIndicatorsAreOneCharacteristic: a category by its indicators gives what the
// category itself does, its persons counted; nobody is in two regions.
func TestIndicatorsAreOneCharacteristic(t *testing.T) {
	data := frameOf(people)
	factor := marginalOf(t, fitted(t, "y ~ scheme + region + x", data, fit.Options{}))
	indicators := marginalOf(t, fitted(t, "y ~ scheme + region_south + region_west + x", data, fit.Options{}))
	if len(factor) != len(indicators) || len(factor) != 3+3+2+1 {
		t.Fatalf("%d and %d values", len(factor), len(indicators))
	}
	for id, f := range factor {
		i, ok := indicators[id]
		if !ok {
			t.Errorf("there is no %s", id)
			continue
		}
		near(t, id, i.Value, f.Value)
		near(t, id, i.High, f.High)
		if i.N != f.N {
			t.Errorf("%s rests on %d persons, by indicators on %d", id, f.N, i.N)
		}
	}
	if n := factor["marginal_effect.m.region.west"].N; n != 40 {
		t.Errorf("the contrast of the west rests on %d persons, want the 40 there", n)
	}
	without := marginalOf(t, fitted(t, "y ~ scheme + region_west + x", data, fit.Options{}))
	if _, ok := without["expected.m.region.north+south"]; !ok || len(without) != 3+2+1+1 {
		t.Errorf("%v", without)
	}
}

// TestOrdinalNumbers have a slope and their codebook's levels, in the model's
// unit; in factor() they are levels.
func TestOrdinalNumbers(t *testing.T) {
	data := frameOf(people)
	number := marginalOf(t, fitted(t, "y ~ level", data, fit.Options{}))
	for _, id := range []string{"expected.m.level.1", "expected.m.level.2", "expected.m.level.3", "marginal_effect.m.level"} {
		if v, ok := number[id]; !ok || v.N != 350 {
			t.Errorf("%s: %+v", id, v)
		}
	}
	if len(number) != 4 { // nobody has level 4
		t.Errorf("%v", number)
	}
	levels := marginalOf(t, fitted(t, "y ~ factor(level)", data, fit.Options{}))
	p, _, n := counted(people, func(c cell) bool { return c.level == 3 })
	near(t, "level 3", levels["expected.m.level.3"].Value, p)
	first, _, _ := counted(people, func(c cell) bool { return c.level == 1 })
	near(t, "level 3 less 1", levels["marginal_effect.m.level.3"].Value, p-first)
	if levels["expected.m.level.3"].N != n {
		t.Errorf("%+v, want %d persons", levels["expected.m.level.3"], n)
	}
}

// TestNumbersOfOtherResponses are no shares.
func TestNumbersOfOtherResponses(t *testing.T) {
	m := fitted(t, "x ~ scheme", frameOf(people), fit.Options{Family: "gaussian"})
	if got := marginalOf(t, m)["adjusted_difference.m.new"]; got.Unit != result.Number {
		t.Errorf("%+v", got)
	}
}

// TestSeparatedModelsHaveNoEffects: whoever is in the west attained.
func TestSeparatedModelsHaveNoEffects(t *testing.T) {
	cells := slices.Clone(people)
	cells[4].attained, cells[9].attained = 25, 15
	m := fitted(t, "y ~ scheme + region", frameOf(cells), fit.Options{})
	if _, err := Marginal(m, Variables(codebook(), m, own), 1); err == nil || !strings.Contains(err.Error(), "without a finite estimate") {
		t.Errorf("it says %v", err)
	}
}

// TestAliasedEffectsAreGaps: nobody of the model is in the south but by the scheme.
func TestAliasedEffectsAreGaps(t *testing.T) {
	m := fitted(t, "y ~ region_south + region_west + region", frameOf(people), fit.Options{})
	v := Variable{Name: "region", Settings: []Setting{
		{Level: "north", columns: []*frame.Column{frame.NewFactor("region", regions, []int32{0})}},
		{Level: "west", columns: []*frame.Column{frame.NewFactor("region", regions, []int32{2})}},
	}}
	a, err := Marginal(m, []Variable{v}, 1)
	if err != nil || len(a.Values) != 0 || len(a.Gaps) != 1 || a.Gaps[0].Subject != "region west" {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestProfilesAreRowsOfPeople: in a model of scheme and region all of whose cells
// are free, a made-up person's expectation is the share of the cell.
func TestProfilesAreRowsOfPeople(t *testing.T) {
	m := fitted(t, "y ~ scheme * region", frameOf(people), fit.Options{})
	p, err := ProfileRows(m, "someone", []string{"old", "new"}, []ProfileValue{{Column: "region", Level: "south"}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Profiles(m, p, "old")
	if err != nil {
		t.Fatal(err)
	}
	got := byID(a)
	in := func(s int) func(cell) bool { return func(c cell) bool { return c.scheme == s && c.region == 1 } }
	p0, v0, _ := counted(people, in(0))
	p1, v1, _ := counted(people, in(1))
	near(t, "old", got["profile.someone.m.old"].Value, p0)
	near(t, "odds", got["profile_odds.someone.m.new"].Value, p1/(1-p1))
	low := got["profile_odds.someone.m.new"].Low
	near(t, "an end of the odds", low/(1+low), got["profile.someone.m.new"].Low)
	d := got["profile_difference.someone.m.new"]
	near(t, "difference", d.Value, p1-p0)
	near(t, "its end", d.Low, p1-p0-1.959963984540054*math.Sqrt(v0+v1))
	if len(got) != 5 {
		t.Errorf("%d values", len(got))
	}
	if _, err := ProfileRows(m, "someone", []string{"other"}, nil); err == nil {
		t.Error("a scheme that is not there has an answer")
	}
	if _, err := ProfileRows(m, "someone", []string{"new"}, []ProfileValue{{Column: "region", Level: "east"}}); err == nil {
		t.Error("a region that is not there has an answer")
	}
}

// groupsOf are the regions of the persons.
func groupsOf(data *frame.Frame) Groups {
	c, _ := data.Column("region")
	g := Groups{By: "region", Levels: regions}
	for _, k := range c.Code {
		g.Of = append(g.Of, int(k))
	}
	return g
}

func interactionOf(t *testing.T, cells []cell) Answer {
	t.Helper()
	data := frameOf(cells)
	small := fitted(t, "y ~ scheme + region", data, fit.Options{})
	text, err := Crossed("y ~ scheme + region", small.Fit.Coding.Terms, []string{"region"})
	if err != nil || text != "y ~ scheme + region + scheme:region" {
		t.Fatalf("%q, %v", text, err)
	}
	a, err := Interaction(fitted(t, text, data, fit.Options{}), small.Fit, groupsOf(data))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestInteractionIsDifferencesOfShares: with a difference of its own in every
// region, each is that of the shares there, with Wald's error, and rests on the
// smaller scheme.
func TestInteractionIsDifferencesOfShares(t *testing.T) {
	a := interactionOf(t, people)
	got := byID(a)
	var differences, variances []float64
	for r, name := range regions {
		p0, v0, n0 := counted(people, func(c cell) bool { return c.scheme == 0 && c.region == r })
		p1, v1, n1 := counted(people, func(c cell) bool { return c.scheme == 1 && c.region == r })
		differences, variances = append(differences, p1-p0), append(variances, v0+v1)
		v := got["interaction.m.new.region."+name]
		near(t, name, v.Value, p1-p0)
		near(t, name+" high", v.High, p1-p0+1.959963984540054*math.Sqrt(v0+v1))
		if v.N != min(n0, n1) {
			t.Errorf("%s rests on %d persons, want %d", name, v.N, min(n0, n1))
		}
	}
	d := got["interaction_difference.m.new.region.west"]
	near(t, "west less north", d.Value, differences[2]-differences[0])
	near(t, "west less north, low", d.Low, d.Value-1.959963984540054*math.Sqrt(variances[0]+variances[2]))
	if d.N != 15 || got["interaction_lr_df.m.region"].Value != 2 || len(a.Gaps) != 0 || len(got) != 3+3+2 {
		t.Errorf("%+v, gaps %+v", got, a.Gaps)
	}
	if p := got["interaction_p_value.m.region"].Value; !(p > 0 && p < 1) {
		t.Errorf("p is %v", p)
	}
}

// TestFewPersonsAreNotCompared: four persons in the west have no number, and the
// rest has; the numbers of what differs are less the first region that has one.
func TestFewPersonsAreNotCompared(t *testing.T) {
	cells := slices.Clone(people)
	cells[9].n, cells[9].attained = 4, 2
	a := interactionOf(t, cells)
	got := byID(a)
	if _, told := got["interaction.m.new.region.west"]; told || len(a.Gaps) != 1 || a.Gaps[0].Subject != "region west" {
		t.Errorf("gaps %+v", a.Gaps)
	}
	cells = slices.Clone(people)
	cells[0].n, cells[0].attained, cells[1].n, cells[1].attained = 2, 1, 2, 1
	got = byID(interactionOf(t, cells))
	_, told := got["interaction_difference.m.new.region.south"]
	if _, ok := got["interaction_difference.m.new.region.west"]; !ok || told {
		t.Errorf("%v", got)
	}
}

// TestOneSided: all of a scheme in the west attained.
func TestOneSided(t *testing.T) {
	cells := slices.Clone(people)
	cells[9].attained = 15
	data := frameOf(cells)
	m := fitted(t, "y ~ scheme * region", data, fit.Options{})
	if got := OneSided(m, groupsOf(data)); m.Fit.Result.Status != "separated" || !slices.Equal(got, []int{2}) {
		t.Errorf("%s, %v", m.Fit.Result.Status, got)
	}
	data = frameOf(people)
	if got := OneSided(fitted(t, "y ~ scheme * region", data, fit.Options{}), groupsOf(data)); got != nil {
		t.Errorf("%v", got)
	}
}

// TestCrossedTakesEverythingMadeOfAVariable: functions, levels and indicators.
func TestCrossedTakesEverythingMadeOfAVariable(t *testing.T) {
	for _, c := range []struct{ formula, want string }{
		{"y ~ scheme + level", "y ~ scheme + level + scheme:level"},
		{"y ~ scheme + factor(level) + x", "y ~ scheme + factor(level) + x + scheme:factor(level)"},
		{"y ~ scheme + level + exp(level)", "y ~ scheme + level + exp(level) + scheme:level + scheme:exp(level)"},
	} {
		m := fitted(t, c.formula, frameOf(people), fit.Options{})
		if got, err := Crossed(c.formula, m.Fit.Coding.Terms, []string{"level"}); err != nil || got != c.want {
			t.Errorf("%s becomes %s, %v", c.formula, got, err)
		}
	}
	m := fitted(t, "y ~ scheme", frameOf(people), fit.Options{})
	if _, err := Crossed("y ~ scheme", m.Fit.Coding.Terms, []string{"level"}); err == nil {
		t.Error("what is not in the model is crossed")
	}
}

// TestAllGroupsAreAskedOfMultilevelModels: and are nearer to nothing.
func TestAllGroupsAreAskedOfMultilevelModels(t *testing.T) {
	var cells []cell
	for g := range 12 {
		cells = append(cells, cell{g % 2, g % 3, 1, 30, 3 + 2*g}, cell{(g + 1) % 2, g % 3, 2, 20, 2 + g})
	}
	data := frameOf(cells)
	var place []float64
	for i, c := range cells {
		place = append(place, slices.Repeat([]float64{float64(i / 2)}, c.n)...)
	}
	data, err := data.With(frame.NewNumeric("place", place))
	if err != nil {
		t.Fatal(err)
	}
	got := marginalOf(t, fitted(t, "y ~ scheme + (1 | place)", data, fit.Options{}))
	typical, all := got["adjusted_difference.m.new"], got["adjusted_difference_all_groups.m.new"]
	if !(typical.Value*all.Value > 0 && math.Abs(all.Value) < math.Abs(typical.Value)) || len(got) != 6 {
		t.Errorf("%v", got)
	}
}

// What everyone has alike has no estimate: nothing is expected at other levels
// of it, and of a made-up person only what everyone has.
func TestNothingIsExpectedOfWhatIsConstant(t *testing.T) {
	data := frameOf(people)
	data, err := data.With(frame.NewNumeric("always", slices.Repeat([]float64{1}, data.NumRows())))
	if err != nil {
		t.Fatal(err)
	}
	m := fitted(t, "y ~ scheme + x + always", data, fit.Options{})
	answer, err := Marginal(m, Variables(codebook(), m, own), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range answer.Values {
		if v.Key.Variable == "always" {
			t.Errorf("%s = %v", v.Key.ID(), v.Value)
		}
	}
	if !slices.ContainsFunc(answer.Gaps, func(g Gap) bool { return strings.HasPrefix(g.Subject, "always") }) || len(answer.Values) < 4 {
		t.Errorf("%d values, gaps %+v", len(answer.Values), answer.Gaps)
	}
	person := func(always ProfileValue) error {
		always.Column = "always"
		_, err := ProfileRows(m, "p", []string{"old"}, []ProfileValue{{Column: "x", Number: 0.2}, always})
		return err
	}
	if err := person(ProfileValue{Number: 1}); err != nil {
		t.Error(err)
	}
	if err := person(ProfileValue{Mean: true}); err != nil {
		t.Error(err)
	}
	if err := person(ProfileValue{Number: 0}); err == nil || !strings.Contains(err.Error(), "always is the same for everyone in the model") {
		t.Error(err)
	}
}
