package audit

import (
	"encoding/json"
	"math"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/publish/record"
)

const suppressAgain = "run the study again, and publish what it writes unchanged"

// results attacks results.json.
func (a *auditor) results(name string, _ file, text []byte) {
	if name != "results.json" {
		return
	}
	a.verdict.Files++
	var r publicResults
	if err := json.Unmarshal(text, &r); err != nil {
		a.unread = true
		a.found(name, 0, "it is no results.json, so that it cannot be told what it says (%v); %s", err, suppressAgain)
		return
	}
	for _, v := range r.Values {
		a.value(name, v)
	}
	a.models(name, r.Models)
	for _, g := range r.Gaps {
		if g.Message != "" {
			a.found(name, 0, "a gap tells its reason in words, which may hold small counts; %s", suppressAgain)
		}
	}
	for key, raw := range map[string]json.RawMessage{"cases": r.Cases, "places": r.Places, "facts": r.Facts} {
		if len(raw) > 0 {
			a.found(name, 0, "it holds %q, which belongs in results_full.json alone; %s", key, suppressAgain)
		}
	}
}

// value holds a shown number against the full results.
func (a *auditor) value(name string, v record.Value) {
	i, ok := a.ids[v.ID]
	if !ok {
		a.found(name, 0, "%s is no number of the run; %s", v.ID, suppressAgain)
		return
	}
	if _, twice := a.shown[v.ID]; twice {
		a.found(name, 0, "%s stands there twice; %s", v.ID, suppressAgain)
	}
	a.shown[v.ID] = v
	if v.Rounded && a.manifest.Settings.Base > 0 {
		a.rounded(name, i, v)
		return
	}
	if of := a.full.Values[i]; v.N != of.N || !same(v.Low, of.Low) || !same(v.High, of.High) || !same(v.Value, told(of)) && (of.Told != nil || !coarse(v.Value, of.Value)) {
		a.found(name, 0, "%s is not what results_full.json says; %s", v.ID, suppressAgain)
	}
	if v.Part != nil || len(v.Groups) > 0 || len(v.Amounts) > 0 || v.Told != nil {
		a.found(name, 0, "%s tells whom it counts, which belongs in results_full.json alone; %s", v.ID, suppressAgain)
	}
	if a.see(v.ID) {
		a.found(name, 0, "%s is shown, and tells of fewer than %d persons, of all or none of a group, or of one whose amount could be found; %s", v.ID, a.manifest.Settings.Threshold, suppressAgain)
	}
}

// rounded holds a number that is made of rounded counts against them.
func (a *auditor) rounded(name string, i int, v record.Value) {
	a.seen[v.ID] = true
	if v.Part != nil || len(v.Groups) > 0 || len(v.Amounts) > 0 || v.Told != nil {
		a.found(name, 0, "%s tells whom it counts, which belongs in results_full.json alone; %s", v.ID, suppressAgain)
	}
	shown := v.Result()
	if len(a.full.Values[i].Amounts) > 0 {
		a.found(name, 0, "%s is of amounts, which are not rounded; %s", v.ID, suppressAgain)
	}
	if wrong := a.attack.SeeRounded(i, a.full.Values[i].Result(), shown.Value, shown.N); wrong != "" {
		a.found(name, 0, "%s is not made of rounded counts: %s; %s", v.ID, wrong, suppressAgain)
	}
}

func same(x, y *float64) bool {
	return x == nil && y == nil || x != nil && y != nil && *x == *y
}

// coarse tells whether x is y in whole percent, as the gate rounds percentiles.
func coarse(x, y *float64) bool {
	return x != nil && y != nil && *x == math.Round(*y*100)/100
}

// models attacks the models of results.json.
func (a *auditor) models(name string, models map[string]model) {
	few := func(n int) bool { return n > 0 && n < a.manifest.Settings.Threshold }
	names := make([]string, 0, len(models))
	for m := range models {
		names = append(names, m)
	}
	slices.Sort(names)
	for _, key := range names {
		m := models[key]
		hidden := few(m.NObs) || few(m.NDropped)
		for _, n := range m.DroppedBy {
			hidden = hidden || few(n)
		}
		if hidden {
			a.found(name, 0, "the model %s tells of fewer than %d persons, or drops so few; %s", key, a.manifest.Settings.Threshold, suppressAgain)
		}
		for _, w := range m.Warnings {
			if w.Message != "" {
				a.found(name, 0, "a warning of the model %s stands there in words, which may hold small counts; %s", key, suppressAgain)
			}
		}
		of := "model " + key
		if canonical, ok := a.full.Facts.Same[of]; ok {
			of = canonical
		}
		if a.attack.SeeGroup(result.People(of)) {
			a.found(name, 0, "the model %s tells how many persons are in (%s), which may not be told; %s", key, of, suppressAgain)
		}
	}
}
