package report

import (
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/study"
)

// TestPlacesAreNotListed: coefficients of municipalities and projects, alone or in
// an interaction, are counted and not shown; variables that begin alike are.
func TestPlacesAreNotListed(t *testing.T) {
	s := madeUp()
	s.Codebook.Variables = append(s.Codebook.Variables, study.Entry[study.Variable]{Key: "municipality_size", Value: study.Variable{Label: text("Size"), Type: study.NumberType}})
	names := []string{"(Intercept)", "schemenew", "municipality_size", "factor(municipality)0301", "municipality0302", "age:factor(municipality)0303", "projectnew-0301", "factor(level)2"}
	set := result.NewSet()
	model := &fit.Result{NObs: 100}
	for _, name := range names {
		model.Coefficients = append(model.Coefficients, fit.Coefficient{Term: name})
	}
	model.Warnings = []fit.Warning{{Code: "unused_level", Subject: "factor(municipality)"}, {Code: "unused_level", Subject: "municipality"}} // a sample seldom has all
	set.Models["individual"] = model
	for lang, want := range map[string]string{"nb": "municipality nb (3 nivåer mot ett) og prosjekt (ett nivå mot et annet)", "en": "municipality en (3 levels against one) and project (one level against another)"} {
		w, err := newWriter(s, clearMadeUp(set), lang)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range w.terms("individual") {
			got = append(got, x.name)
		}
		if strings.Join(got, " ") != "(Intercept) schemenew municipality_size factor(level)2" {
			t.Errorf("%q", got)
		}
		w.begin("x", "x")
		if w.warnings("individual"); len(w.at.Blocks) > 0 {
			t.Errorf("%+v", w.at.Blocks)
		}
		if got := w.places("individual"); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
