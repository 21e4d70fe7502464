package output

import (
	"encoding/json"
	"math"
	"os"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/publish/disclose"
)

// results is the form of results.json and results_full.json (docs/results.md).
type results struct {
	Models map[string]*fit.Result `json:"models"`
	Values []value                `json:"values"`
	Gaps   []gap                  `json:"gaps"`
	Cases  []string               `json:"cases,omitempty"` // never of what may be published
	Facts  *result.Facts          `json:"facts,omitempty"` // the same
}

// gap is something that the study asks for and the data could not answer.
type gap struct {
	Step    string `json:"step"`
	Model   string `json:"model,omitempty"`
	Subject string `json:"subject,omitempty"`
	Place   string `json:"place"`
	Reason  string `json:"reason,omitempty"`
	About   string `json:"about,omitempty"`
	Message string `json:"message,omitempty"`
}

func gapsOf(gaps []result.Gap) []gap {
	out := []gap{}
	for _, g := range gaps {
		out = append(out, gap{g.Step, g.Model, g.Subject, g.Place, g.Reason.Code, g.Reason.About, g.Message})
	}
	return out
}

// value is one number; a field without meaning is left out.
type value struct {
	ID    string   `json:"id"`
	Value *float64 `json:"value,omitempty"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	Unit  string   `json:"unit"`
	N     int      `json:"n"`
	Step  string   `json:"step"`

	Rounded bool `json:"rounded,omitempty"` // it is made of rounded counts

	// In results_full.json only: what an audit must know.
	Part   *int    `json:"part,omitempty"`
	Groups []group `json:"groups,omitempty"`

	Amounts []result.Summed `json:"amounts,omitempty"` // sums of amounts of money that can be found by it
	Told    *float64        `json:"told,omitempty"`    // what is told in its place
}

// group is a group of persons that a value tells of, and how many they are where
// the value says so.
type group struct {
	Group result.Group   `json:"group"`
	N     *int           `json:"n,omitempty"`
	Or    []result.Group `json:"or,omitempty"`
}

// groupsOf lists whom a value tells of.
func groupsOf(f *result.Facts, v result.Value) []group {
	var out []group
	for _, c := range f.Counts(v) {
		g := group{Group: c.Group, Or: c.Or}
		if c.N >= 0 {
			g.N = &c.N
		}
		out = append(out, g)
	}
	return out
}

// finite returns the number unless it is none that JSON can hold.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// clearedResults are the numbers that may be published. A suppressed number
// is left out, its id too.
func clearedResults(c *disclose.Cleared) results {
	out := results{Models: c.Models(), Values: []value{}, Gaps: gapsOf(c.Gaps())}
	for _, n := range c.Numbers() {
		if n.State() != disclose.Shown {
			continue
		}
		low, high := n.Interval()
		out.Values = append(out.Values, value{ID: n.Key().ID(), Value: finite(n.Value()), Low: finite(low), High: finite(high), Unit: n.Unit(), N: n.N(), Step: n.Step(), Rounded: n.Rounded()})
	}
	return out
}

// fullResults are all numbers, before disclosure control.
func fullResults(s *result.Set) results {
	out := results{Models: s.Models, Values: []value{}, Gaps: gapsOf(s.Gaps), Cases: s.Cases, Facts: &s.Facts}
	for _, v := range s.Values {
		full := value{ID: v.Key.ID(), Value: finite(v.Value), Low: finite(v.Low), High: finite(v.High), Unit: v.Unit, N: v.N, Step: v.Step, Groups: groupsOf(&s.Facts, v), Amounts: s.Facts.Amounts(v), Told: v.Told}
		if v.Part >= 0 {
			full.Part = &v.Part
		}
		out.Values = append(out.Values, full)
	}
	return out
}

// writeJSON writes a value as indented JSON.
func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
