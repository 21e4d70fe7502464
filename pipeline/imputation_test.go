package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/infer"
)

// smallImputation is what the small study is asked.
const smallImputation = "{imputations: 4, iterations: 3, variables: {hours: {min: 0}, male: {}, region: {}}, predictors: [age, course, year], cluster: municipality, " +
	"models: {main: gross, levels: gross}, deltas: {hours: [-1, 2]}}"

// withGaps is the small study in which every fourth of the register lacks hours,
// and every fifth of the pilot in 2019 the sex and the region.
func withGaps(t *testing.T, imputation string) mini {
	m := newMini(t)
	lines := strings.Split(registerText(), "\r\n")
	for i := 1; i < len(lines); i += 4 {
		if at := strings.LastIndex(lines[i], ";"); at > 0 {
			lines[i] = lines[i][:at+1]
		}
	}
	m.write("extracts/register.csv.gz", strings.Join(lines, "\r\n"))
	lines = strings.Split(pilotText(2019), "\r\n")
	for i := 1; i < len(lines)-1; i += 5 {
		cells := strings.Split(lines[i], ";")
		cells[2], cells[6], cells[7] = "", "0", "0"
		lines[i] = strings.Join(cells, ";")
	}
	m.write("extracts/pilot_2019.csv", strings.Join(lines, "\r\n"))
	m.replace("study.yaml", "course}\n", "course}\n  levels: {label: Nivå, sample: complete, formula: outcome ~ scheme + age + hours + (1 | municipality)}\n")
	m.replace("study.yaml", "describe:\n", "imputation: "+imputation+"\ndescribe:\n")
	return m
}

// TestImputationOfASmallStudy: who is filled, that what is known stays, that
// indicators follow their category, and that what is told is Rubin's pooling of
// the models in the completed data sets.
func TestImputationOfASmallStudy(t *testing.T) {
	m := withGaps(t, smallImputation)
	m.replace("study.yaml", "hours + course}", "hours + course, groups: {person: {label: Person, variables: [male, age]}, course: {label: Course, variables: [course]}}}")
	r := m.run(2)
	for _, g := range r.Results.Gaps {
		if g.Step == "imputation" {
			t.Errorf("a gap: %+v", g)
		}
	}
	got := values(r, "imputation_persons", "imputation_filled", "imputed_persons", "imputed_sets")
	for id, want := range map[string]float64{"imputation_persons.gross": 98, "imputation_filled.gross.hours": 15, "imputation_filled.gross.male": 4, "imputation_filled.gross.region": 4,
		"imputed_persons.main": 98, "imputed_persons.levels": 98, "imputed_sets.main": 4} {
		if got[id] != want {
			t.Errorf("%s is %v, want %v", id, got[id], want)
		}
	}
	p, err := r.incompletePersons()
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.fill(t.Context(), p, 4, nil)
	if err != nil {
		t.Fatal(err)
	}
	var estimates, covs [][]float64
	for k := range 4 {
		part, err := r.set(f, k)
		if err != nil {
			t.Fatal(err)
		}
		checkSet(t, r.data, part.data)
		one, err := part.imputedFit("main")
		if err != nil {
			t.Fatal(err)
		}
		estimates, covs = append(estimates, one.model.Beta), append(covs, one.model.Cov)
	}
	q, err := infer.Pool(estimates, covs, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range r.Results.Values {
		if v.Key.Model != "main" || v.Key.Term != "schemepilot" || v.Key.Variable != "" {
			continue
		}
		low, high := q.Interval(1, 0.95)
		want, ok := map[string]float64{"imputed_estimate": q.Estimate[1], "imputed_std_error": q.StdError[1], "imputed_df": q.DF[1], "imputed_fmi": q.FMI[1],
			"imputed_odds_ratio": math.Exp(q.Estimate[1]), "imputed_p_value": q.PValue(1), "imputed_monte_carlo": q.MonteCarlo[1]}[v.Key.Quantity]
		if ok && v.Value != want || v.Key.Quantity == "imputed_estimate" && (v.Low != low || v.High != high) {
			t.Errorf("%s is %v from %v to %v, want %v", v.Key.ID(), v.Value, v.Low, v.High, want)
		}
	}
	together, err := q.Wald([]int{2, 3})
	if err != nil {
		t.Fatal(err)
	}
	tests := values(r, "imputed_group_f", "imputed_group_df", "imputed_group_p_value")
	for id, want := range map[string]float64{"imputed_group_f.main.person": together.F, "imputed_group_df.main.person": 2, "imputed_group_p_value.main.person": together.PValue} {
		if got, ok := tests[id]; !ok || got != want {
			t.Errorf("%s is %v, want %v", id, got, want)
		}
	}
	if len(tests) != 3 {
		t.Errorf("a group of one term is tested: %v", tests)
	}
	for _, id := range []string{"imputed_estimate.main.schemepilot", "imputed_fmi.levels.hours", "imputed_treated_difference.main.pilot", "imputed_adjusted_difference.levels.pilot", "imputed_random_sd.levels.municipality",
		"imputed_delta_treated_difference.main.pilot.hours.-1", "imputed_delta_treated_difference.main.pilot.hours.0", "imputed_projects", "imputation_trace.hours.3", "imputation_density.filled.male.1"} {
		if len(values(r, id)) == 0 {
			t.Errorf("there is no %s", id)
		}
	}
}

// checkSet holds a completed data set against the data: observed values are the
// same, filled variables have no gap, and region_south says what region says.
func checkSet(t *testing.T, data, set *frame.Frame) {
	t.Helper()
	for _, of := range data.Columns() {
		column, _ := set.Column(of.Name)
		filled := slices.Contains([]string{"hours", "male", "region", "region_south"}, of.Name)
		for i := range data.NumRows() {
			switch {
			case of.Missing(i) && filled == column.Missing(i):
				t.Fatalf("%s of row %d is missing: %v", of.Name, i, column.Missing(i))
			case of.Missing(i):
			case of.Levels != nil && of.Code[i] != column.Code[i], of.Levels == nil && of.Number[i] != column.Number[i]:
				t.Fatalf("the known %s of row %d was changed", of.Name, i)
			}
		}
	}
	region, _ := set.Column("region")
	south, _ := set.Column("region_south")
	for i, code := range region.Code {
		if (region.Levels[code] == "south") != (south.Number[i] == 1) {
			t.Fatalf("row %d is in the %s and has region_south %v", i, region.Levels[code], south.Number[i])
		}
	}
}

// TestImputationDoesNotDependOnThreads: to the last bit.
func TestImputationDoesNotDependOnThreads(t *testing.T) {
	m := withGaps(t, smallImputation)
	one, three := m.run(1), m.run(3)
	if len(one.Results.Values) != len(three.Results.Values) {
		t.Fatalf("%d values and %d", len(one.Results.Values), len(three.Results.Values))
	}
	n := 0
	for i, v := range one.Results.Values {
		o := three.Results.Values[i]
		if v.Step != "imputation" {
			continue
		}
		n++
		if v.Key != o.Key || math.Float64bits(v.Value) != math.Float64bits(o.Value) || math.Float64bits(v.Low) != math.Float64bits(o.Low) {
			t.Errorf("%s: %v and %v", v.Key.ID(), v, o)
		}
	}
	if n < 100 {
		t.Errorf("%d values only", n)
	}
}

// TestImputationThatCannotBeDone: what these data cannot answer is a gap at its
// place, and the rest is done.
func TestImputationThatCannotBeDone(t *testing.T) {
	base := "{imputations: 2, iterations: 1, variables: {hours: {}}, predictors: [age], models: {main: gross}}"
	noMonths := func(m mini) {
		m.replace("codebook.yaml", "regular: {months: {from: Start, to: Slutt}}", "regular: {missing: true}")
	}
	for _, c := range []struct {
		name, old, new string
		change         func(mini)
		gaps           []string // model, subject and reason of each
		answer         bool     // the model has an answer still
		also           string   // a value that there is
	}{
		{"nothing amiss", "", "", nil, nil, true, "imputation_filled.gross.hours"},
		{"a variable that is unknown for everyone", "hours: {}", "hours: {}, months: {}", noMonths, []string{" months unknown_for_all"}, true, ""},
		{"a predictor that is unknown for everyone", "[age]", "[age, months]", noMonths, []string{"  unknown_for_all"}, false, ""},
		{"a predictor with gaps", "[age]", "[age, population]", nil, nil, true, "imputation_left_out.gross.population"},
		{"a variable without gaps", "hours: {}", "hours: {}, course: {}", nil, nil, true, ""},
		{"a sample of nobody", "predictors", "sample: nobody, predictors", nil, []string{"  nobody"}, false, ""},
		{"complete rows", "main: gross", "main: in_large", nil, []string{"main  not_filled"}, false, ""},
		{"a model of nobody", "main: gross", "main: nobody", nil, []string{"main  nobody"}, false, ""},
		{"a model of one scheme", "main: gross", "main: registered", nil, []string{"main  one_scheme"}, false, ""},
		{"a model that uses nothing filled", "models: {main: gross}", "models: {plain: gross}", nil, []string{"plain  not_filled"}, false, ""},
		{"a model without finite estimates", "models: {main: gross}", "models: {main: gross, separated: gross}", nil, []string{"separated  not_fitted"}, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := withGaps(t, strings.Replace(base, c.old, c.new, 1))
			m.replace("study.yaml", "samples:\n", "samples:\n  nobody: {label: Ingen, where: 1 = 0}\n  registered: {label: Registrert, where: scheme = 'regular'}\n")
			m.replace("study.yaml", "models:\n", "models:\n  plain: {label: Enkel, sample: gross, formula: outcome ~ scheme + age}\n  separated: {label: Skilt, sample: gross, formula: outcome ~ scheme + hours + I(outcome * 2)}\n")
			if c.change != nil {
				c.change(m)
			}
			r := m.run(1)
			var gaps []string
			for _, g := range r.Results.Gaps {
				if g.Step == "imputation" {
					gaps = append(gaps, fmt.Sprintf("%s %s %s", g.Model, g.Subject, g.Reason.Code))
					if !strings.HasPrefix(g.Place, "mini/study.yaml:") {
						t.Errorf("the gap has the place %q", g.Place)
					}
				}
			}
			if !slices.Equal(gaps, c.gaps) {
				t.Errorf("gaps %q, want %q", gaps, c.gaps)
			}
			if _, has := values(r, "imputed_estimate.main")["imputed_estimate.main.hours"]; has != c.answer {
				t.Errorf("the model has an answer: %v", has)
			}
			if c.also != "" && len(values(r, c.also)) == 0 {
				t.Errorf("there is no %s", c.also)
			}
		})
	}
}

// TestNothingIsMissing: each model that was to be fitted to filled data is told to
// be the same without.
func TestNothingIsMissing(t *testing.T) {
	m := newMini(t)
	m.replace("study.yaml", "describe:\n", "imputation: {imputations: 2, variables: {hours: {}}, predictors: [age, course], models: {main: gross}}\ncertainty: {filled: {imputed: main}}\ndescribe:\n")
	r := m.run(1)
	for id, x := range values(r, "imput") {
		if id != "imputation_persons.gross" && x != 0 {
			t.Errorf("%s is %v", id, x)
		}
	}
	var told []result.Gap
	for _, g := range r.Results.Gaps {
		if g.Step == "imputation" || g.Step == "certainty" {
			told = append(told, g)
		}
	}
	if len(told) != 1 || told[0].Model != "main" || told[0].Reason.Code != result.NotFilled {
		t.Errorf("%+v", told)
	}
}

// TestImputationStops when the run is cancelled.
func TestImputationStops(t *testing.T) {
	m := withGaps(t, strings.Replace(smallImputation, "imputations: 4", "imputations: 1000", 1))
	r, err := m.checked()
	m.check(err)
	defer r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.imputation(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// answers are those of a model with one coefficient in some completed data sets;
// NaN where it cannot be fitted.
func answersWith(estimates ...float64) *setAnswers {
	a := &setAnswers{names: []string{"main"}}
	for _, x := range estimates {
		if math.IsNaN(x) {
			a.sets = append(a.sets, setAnswer{models: []*modelAnswer{nil}, failed: []error{errors.New("it does not converge")}})
			continue
		}
		one := &modelAnswer{persons: 40, df: math.Inf(1), terms: []string{"x"}, beta: []float64{x}, cov: []float64{0.25}}
		a.sets = append(a.sets, setAnswer{models: []*modelAnswer{one}, failed: []error{nil}})
	}
	return a
}

// TestModelsThatCanBeFittedInSomeSets are pooled from two on, and it is told.
func TestModelsThatCanBeFittedInSomeSets(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		estimates []float64
		fitted    int
		subject   string
	}{{[]float64{1, 2, 3}, 3, ""}, {[]float64{1, none, 3}, 2, "sets"}, {[]float64{none, none, 3}, 0, ""}, {[]float64{none, none, none}, 0, ""}} {
		r, err := newMini(t).checked()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		answers, err := r.answersOf(answersWith(c.estimates...), 0)
		if len(answers) != c.fitted || (err == nil) != (c.fitted > 0) {
			t.Errorf("%v: %d answers, %v", c.estimates, len(answers), err)
		}
		if gaps := r.Results.Gaps; c.fitted < 3 && (len(gaps) != 1 || gaps[0].Subject != c.subject || gaps[0].Reason.Code != result.NotFitted) || c.fitted == 3 && len(gaps) > 0 {
			t.Errorf("%v: %+v", c.estimates, gaps)
		}
	}
}

// TestTermsThatSomeSetsLack have no estimate; the others are pooled.
func TestTermsThatSomeSetsLack(t *testing.T) {
	a := &modelAnswer{persons: 9, df: 5, link: "logit", terms: []string{"a", "b"}, beta: []float64{1, 2}, cov: []float64{1, 0, 0, 1}}
	b := &modelAnswer{persons: 9, df: 6, link: "logit", terms: []string{"b"}, beta: []float64{4}, cov: []float64{2}}
	q, err := pool([]*modelAnswer{a, b})
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(q.Estimate[0]) || q.Estimate[1] != 3 || q.Within[3] != 1.5 {
		t.Errorf("%+v", q)
	}
	for _, v := range pooledCoefficients("m", []*modelAnswer{a, b}, q) {
		if v.Key.Term == "a" {
			t.Errorf("%s is told", v.Key.ID())
		}
	}
}

// TestVariancesOfZeroAreNotPooledAsLogarithms: their mean is told, without an interval.
func TestVariancesOfZeroAreNotPooledAsLogarithms(t *testing.T) {
	one := scalar{key: result.Key{Quantity: "sd"}, unit: result.LogOdds, n: 10, part: -1, back: math.Exp}
	some, zero := one, one
	some.x, some.error = math.Log(0.5), 0.1
	zero.x, zero.error = math.Inf(-1), math.NaN()
	got := poolScalar([]scalar{some, zero}, math.Inf(1))
	if len(got) != 1 || got[0].Value != 0.25 || !math.IsNaN(got[0].Low) {
		t.Errorf("%+v", got)
	}
	both := poolScalar([]scalar{some, some}, math.Inf(1))
	if math.Abs(both[0].Value-0.5) > 1e-15 || math.Abs(both[0].Low-0.5*math.Exp(-0.1959963984540054)) > 1e-12 {
		t.Errorf("%+v", both)
	}
}

// TestTipping: where an end of the interval first crosses zero, by a straight line.
func TestTipping(t *testing.T) {
	at := []shifted{{delta: -1}, {delta: 0}, {delta: 2}}
	series := func(ends ...[2]float64) []result.Value {
		var out []result.Value
		for _, e := range ends {
			out = append(out, result.Value{Low: e[0], High: e[1]})
		}
		return out
	}
	for _, c := range []struct {
		series []result.Value
		want   float64 // NaN for none
	}{
		{series([2]float64{1, 3}, [2]float64{1, 3}, [2]float64{2, 4}), math.NaN()},
		{series([2]float64{1, 3}, [2]float64{1, 3}, [2]float64{-3, 2}), 0.5},
		{series([2]float64{-1, 3}, [2]float64{1, 3}, [2]float64{-1, 2}), -0.5},
		{series([2]float64{-3, -1}, [2]float64{-2, 1}, [2]float64{1, 3}), -0.5},
	} {
		got, tips := tipping(at, c.series)
		if tips != !math.IsNaN(c.want) || tips && math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%+v tips at %v (%v), want %v", c.series, got, tips, c.want)
		}
	}
}

// TestProjectsArePooled: a project's contribution is the mean over the sets, with
// chance in its outcomes and the spread between sets in its error, and rests on
// all its persons, also where complete rows tell of some of them.
func TestProjectsArePooled(t *testing.T) {
	value := func(c, se float64, n, part int) result.Value {
		half := 1.959963984540054 * se
		return result.Value{Key: result.Key{Quantity: "project_contribution", Project: "p"}, Value: c, Low: c - half, High: c + half, N: n, Part: part}
	}
	complete := value(0.1, 0.2, 10, 4)
	got := poolProjects([][]result.Value{{value(0.2, 0.1, 18, 9)}, {value(0.4, 0.1, 18, 9)}}, []result.Value{complete})
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	want := math.Sqrt(0.01 + 1.5*0.02)
	v := got[0].values()
	if math.Abs(v[0].Value-0.3) > 1e-12 || math.Abs(v[1].Value-want) > 1e-12 || v[0].N != 18 || v[0].Part != 9 || !math.IsNaN(v[0].Low) {
		t.Errorf("%+v, want the error %v", v, want)
	}
	if got[0].complete == nil || got[0].complete.N != 10 {
		t.Errorf("its complete rows are %+v", got[0].complete)
	}
}

// TestUnknownInAScheme: what nobody of a scheme knows is filled by what it is like
// elsewhere, and that is told.
func TestUnknownInAScheme(t *testing.T) {
	m := withGaps(t, smallImputation)
	for _, year := range []int{2019, 2020} {
		lines := strings.Split(pilotText(year), "\r\n")
		for i := 1; i < len(lines)-1; i++ {
			cells := strings.Split(lines[i], ";")
			cells[4] = ""
			lines[i] = strings.Join(cells, ";")
		}
		m.write(fmt.Sprintf("extracts/pilot_%d.csv", year), strings.Join(lines, "\r\n"))
	}
	r := m.run(1)
	told := slices.ContainsFunc(r.Results.Gaps, func(g result.Gap) bool {
		return g.Step == "imputation" && g.Subject == "hours" && g.Reason.Code == result.UnknownInScheme && g.Reason.About == "pilot" && strings.HasPrefix(g.Place, "mini/study.yaml:")
	})
	if !told || len(values(r, "imputed_persons.main")) == 0 {
		t.Errorf("gaps %+v", r.Results.Gaps)
	}
}
