package report

import (
	"testing"

	"bidrag/study"
)

func TestTermsMadeByAFormula(t *testing.T) {
	w := testWriter(t, "en")
	for name, want := range map[string]string{
		"log(age)":           "Age en (logarithm)",
		"poly(age, 2)1":      "Age en (polynomial, degree 1)",
		"poly(age, 2)2:wage": "Age en (polynomial, degree 2) × Wage en",
		"I(age^2)":           "Age en^2",
		"sqrt(age)":          "sqrt(Age en)",
		"scale(age)":         "Age en (per standard deviation)",
		"factor(age)30":      "Age en: 30",
		"log(age/wage)":      "Age en/Wage en (logarithm)",
		"unknown(3":          "unknown(3",
	} {
		if got, _ := w.termLabel(name, &term{}); got != want {
			t.Errorf("%s is called %q, want %q", name, got, want)
		}
	}
}

func TestWarningsNameWhatVaries(t *testing.T) {
	w := testWriter(t, "en")
	for subject, want := range map[string]string{
		"married":                     "Married en",
		"origin: (Intercept)":         "origin en",
		"married:origin: (Intercept)": "married en",
		"origin: wage":                "Wage en by origin en",
	} {
		if got := w.warned("individual", subject); got != want {
			t.Errorf("%s is called %q, want %q", subject, got, want)
		}
	}
}

// A model that was not fitted stands with its own formula, not that of the one
// it is like.
func TestFormulasOfModelsThatWereNotFitted(t *testing.T) {
	w := testWriter(t, "en")
	w.study.Models = append(w.study.Models, study.Entry[study.Model]{Key: "other", Value: study.Model{
		Label: text("Other"), Like: "individual", Formula: "outcome ~ scheme + age + level", Changes: []study.Change{{Model: "other", Drop: []string{"scheme"}, Add: "wage"}},
	}})
	if got, want := w.formula("other"), "outcome ~ age + level + wage"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
