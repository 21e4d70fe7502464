package output

import (
	"encoding/json"
	"os"

	"bidrag/evaluate/result"
	"bidrag/model/fit"
	"bidrag/publish/disclose"
	"bidrag/publish/record"
)

// results is the form of results.json and results_full.json (docs/results.md).
type results struct {
	Models map[string]*fit.Result `json:"models"`
	Values []record.Value         `json:"values"`
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

// clearedResults are the numbers that may be published. A suppressed number
// is left out, its id too.
func clearedResults(c *disclose.Cleared) results {
	out := results{Models: c.Models(), Values: []record.Value{}, Gaps: gapsOf(c.Gaps())}
	for _, n := range c.Numbers() {
		if n.State() != disclose.Shown {
			continue
		}
		out.Values = append(out.Values, record.Shown(n))
	}
	return out
}

// fullResults are all numbers, before disclosure control.
func fullResults(s *result.Set) results {
	out := results{Models: s.Models, Values: []record.Value{}, Gaps: gapsOf(s.Gaps), Cases: s.Cases, Facts: &s.Facts}
	for _, v := range s.Values {
		out.Values = append(out.Values, record.Full(&s.Facts, v))
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
