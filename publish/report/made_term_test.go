package report

import "testing"

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
