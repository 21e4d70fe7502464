package report

import (
	"cmp"
	"slices"
	"strings"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/publish/table"
)

// unreliableMark stands after every indicator of a unit whose reliability is less
// than the study asks for.
const unreliableMark = "†"

// Prefixes of the quantities of a unit.
const (
	ofProjects       = "project_"
	ofMunicipalities = "municipality_"
)

// An assessed unit is a project or a municipality with its indicators.
type assessed struct {
	scheme, name string
	numbers      map[string]disclose.Number // by quantity without prefix, and level: contribution, funnel.z
}

// of is an indicator of the unit.
func (u assessed) of(quantity string) disclose.Number { return u.numbers[quantity] }

// shown tells whether the gate lets the unit's numbers through.
func (u assessed) shown() bool { return table.Has(u.of("contribution")) }

// assessed are the units of a kind in a year ("" for all years together), those of
// the study's first variant, by scheme and then by name, never by what they contribute.
func (w *writer) assessed(prefix, year string) []assessed {
	if w.study.Contribution == nil || len(w.study.Contribution.Variants) == 0 {
		return nil
	}
	variant := w.study.Contribution.Variants[0].Key
	type key struct{ scheme, name string }
	at := map[key]int{}
	var out []assessed
	for _, n := range w.numbers.Numbers() {
		k := n.Key()
		if k.Project == "" || k.Year != year || k.Kind != "" && k.Kind != variant || !strings.HasPrefix(k.Quantity, prefix) {
			continue
		}
		i, known := at[key{k.Scheme, k.Project}]
		if !known {
			i = len(out)
			at[key{k.Scheme, k.Project}] = i
			out = append(out, assessed{k.Scheme, k.Project, map[string]disclose.Number{}})
		}
		quantity := strings.TrimPrefix(k.Quantity, prefix)
		if k.Level != "" {
			quantity += "." + k.Level
		}
		out[i].numbers[quantity] = n
	}
	order := w.schemeKeys()
	slices.SortStableFunc(out, func(a, b assessed) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.scheme), slices.Index(order, b.scheme)), cmp.Compare(a.name, b.name))
	})
	return out
}

// unreliable tells whether the indicator of a unit is too uncertain to tell much of it.
func (w *writer) unreliable(u assessed) bool {
	n := u.of("reliability")
	return table.Has(n) && n.Value() < w.study.Contribution.Reliability
}

// unreliableProjects are those whose indicators are marked, by scheme and name.
func (w *writer) unreliableProjects() map[[2]string]bool {
	out := map[[2]string]bool{}
	for _, u := range w.assessed(ofProjects, "") {
		if w.unreliable(u) {
			out[[2]string{u.scheme, u.name}] = true
		}
	}
	return out
}

// marked is a cell with an indicator of a unit, with its mark.
func (w *writer) marked(u assessed, quantity string, f table.Format) table.Cell {
	cell := table.Num(u.of(quantity), f)
	if w.unreliable(u) && table.Has(u.of(quantity)) {
		cell = cell.Marked(unreliableMark)
	}
	return cell
}

// markNote says what the mark means, when something has it.
func (w *writer) markNote(units []assessed) string {
	if !slices.ContainsFunc(units, w.unreliable) {
		return ""
	}
	return w.say("contribution.mark", "threshold", w.threshold())
}

// threshold is the reliability that an indicator is asked to have.
func (w *writer) threshold() string { return w.trim(w.study.Contribution.Reliability) }

// knownReliability tells whether the multilevel model has told how reliable the
// indicators are.
func (w *writer) knownReliability() bool {
	return w.byMultilevel("reliability_by_size", result.All, "", "").State() != disclose.Absent
}

// byMultilevel is what the multilevel model tells of all units together.
func (w *writer) byMultilevel(quantity, scheme, year, level string) disclose.Number {
	name := w.study.Contribution.Multilevel
	m, _ := w.study.Models.Get(name)
	return w.get(result.Key{Quantity: quantity, Model: name, Sample: m.Sample, Scheme: scheme, Year: year, Level: level})
}

// unitLabel is the name of a unit that stands under its scheme.
func (w *writer) unitLabel(u assessed) string {
	place := strings.TrimPrefix(u.name, u.scheme+"-")
	if name := w.numbers.Place(place); name != "" {
		return place + " " + name
	}
	return place
}

// allHidden tells whether there are units and none of them may be shown, so that a
// figure would be empty.
func allHidden(units []assessed) bool {
	return len(units) > 0 && !slices.ContainsFunc(units, assessed.shown)
}

// someHidden says how many units are not shown, if any.
func (w *writer) someHidden(units []assessed, key string) string {
	hidden := 0
	for _, u := range units {
		if !u.shown() {
			hidden++
		}
	}
	if hidden == 0 {
		return ""
	}
	return w.say(key, "n", w.locale.Count(float64(hidden)))
}
