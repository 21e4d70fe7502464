package pipeline

import (
	"math"
	"slices"
	"testing"

	"bidrag/data/frame"
	"bidrag/evaluate/impute"
	"bidrag/evaluate/result"
	"bidrag/model/univariate"
	"bidrag/study"
)

// TestImputationAgainstMice fills the shipped data as testdata/imputation/imputation.R
// does (R 4.2.2, mice 3.15.0): predictive mean matching of four variables and
// logistic regression of one, 5 rounds, no cluster, of the persons whose origin
// is known. Every coefficient of the individual model and the mean of filled
// values lie within four Monte Carlo errors of R's, standard errors within three
// percent, and fractions of missing information within four of their own standard
// errors, λ√(2/(m − 1)).
func TestImputationAgainstMice(t *testing.T) {
	const sets = 20
	r := asMice(t, shipped(t), sets)
	p, err := r.incompletePersons()
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.fill(t.Context(), p, sets, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &setAnswers{names: []string{"individual"}, sets: make([]setAnswer, sets)}
	if err := r.parallel(sets, func(k int) error {
		part, err := r.set(f, k)
		if err != nil {
			return err
		}
		one, err := part.imputedFit("individual")
		if err != nil {
			return err
		}
		a.sets[k] = setAnswer{models: []*modelAnswer{coefficients(one)}, failed: []error{nil}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	answers, err := r.answersOf(a, 0)
	if err != nil {
		t.Fatal(err)
	}
	q, err := pool(answers)
	if err != nil {
		t.Fatal(err)
	}
	terms, miceSets := 0, 0.0
	for _, row := range readGolden(t, "testdata/imputation/versions.csv") {
		if row[0] == "imputations" {
			miceSets = number(t, row[1])
		}
	}
	for _, row := range readGolden(t, "testdata/imputation/imputation.csv") {
		between := number(t, row[5])
		at := slices.Index(answers[0].terms, row[0])
		if row[2] == "NA" {
			means := filledMeans(f, row[0][len("mean_filled_"):])
			mean, sd := univariate.MeanSD(means)
			within(t, row[0], mean, number(t, row[1]), 4*math.Sqrt(between/miceSets+sd*sd/sets))
			continue
		}
		terms++
		within(t, row[0], q.Estimate[at], number(t, row[1]), 4*math.Sqrt(between/miceSets+q.MonteCarlo[at]*q.MonteCarlo[at]))
		spread := 4 * math.Sqrt(2./(sets-1)+2./(miceSets-1)) * max(q.FMI[at], number(t, row[4]))
		within(t, row[0]+"'s fmi", q.FMI[at], number(t, row[4]), spread)
		within(t, row[0]+"'s standard error", q.StdError[at], number(t, row[2]), (0.005+spread/2)*q.StdError[at])
	}
	if terms != len(answers[0].terms) {
		t.Errorf("R has %d terms of %d", terms, len(answers[0].terms))
	}
}

// asMice is the shipped run with the imputation of imputation.R.
func asMice(t *testing.T, r *Run, sets int) *Run {
	t.Helper()
	part, s := *r, *r.Study
	of := *s.Imputation
	of.Sample, of.Imputations, of.Iterations, of.Cluster, of.Deltas = "with_origin", sets, 5, "", nil
	of.Variables = study.Map[study.Imputed]{{Key: "education", Value: study.Imputed{Method: study.PMM}}, {Key: "norwegian_level", Value: study.Imputed{Method: study.PMM}},
		{Key: "absence_high", Value: study.Imputed{Method: study.Logistic}}, {Key: "duration_months", Value: study.Imputed{Method: study.PMM}}, {Key: "residence_years", Value: study.Imputed{Method: study.PMM}}}
	of.Predictors = append(slices.Clone(of.Predictors), "origin")
	of.Models = study.Map[string]{{Key: "individual", Value: "with_origin"}}
	s.Imputation, part.Study = &of, &s
	origin, _ := r.data.Column("origin")
	known := make([]float64, origin.Len())
	for i := range known {
		if !origin.Missing(i) {
			known[i] = 1
		}
	}
	data, err := r.data.With(frame.NewNumeric("with_origin", known))
	if err != nil {
		t.Fatal(err)
	}
	part.data, part.frames, part.Results = data, &frames{of: map[string]*frame.Frame{}}, result.NewSet()
	return &part
}

// filledMeans are the means of a variable's filled values, by completed data set.
func filledMeans(f *filling, name string) []float64 {
	at := slices.IndexFunc(f.problem.Variables, func(v impute.Variable) bool { return v.Name == name })
	column, _ := f.problem.Data.Column(name)
	var out []float64
	for _, set := range f.filled.Columns {
		sum, n := 0.0, 0.0
		for i, x := range set[at].Number {
			if column.Missing(i) {
				sum, n = sum+x, n+1
			}
		}
		out = append(out, sum/n)
	}
	return out
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.5g, R has %.5g; they may differ by %.2g", what, got, want, tolerance)
	}
}
