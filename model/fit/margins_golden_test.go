package fit_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"bidrag/data/frame"
	"bidrag/model/fit"
)

// marginsFile holds what R makes of effects; see testdata/margins.R.
type marginsFile struct {
	Cases []marginsCase
}

type marginsCase struct {
	Name, Kind, File, Formula, Family, Link, Over, Source string
	Need                                                  []string // variables that must be known
	Ask                                                   struct {
		Variable, By string
		Step         float64
		Rows         []int              // from 1
		Put          map[string]float64 // numbers that are the same in all rows
	}
	Estimate, SE, Low, High []float64
}

// frame is the rows that the script has.
func (c marginsCase) frame(t *testing.T) *frame.Frame {
	data := readFrame(t, c.File)
	region, people := data.Column("region")
	return data.Rows(data.Where(func(row int) bool {
		if people && region.Levels[region.Code[row]] == "abroad" {
			return false
		}
		return !slices.ContainsFunc(c.Need, func(name string) bool {
			column, _ := data.Column(name)
			return column.Missing(row)
		})
	}))
}

// asked is the frame that effects are asked of.
func (c marginsCase) asked(t *testing.T, data *frame.Frame) *frame.Frame {
	for name, v := range c.Ask.Put {
		var err error
		if data, err = data.With(frame.NewNumeric(name, slices.Repeat([]float64{v}, data.NumRows()))); err != nil {
			t.Fatal(err)
		}
	}
	if c.Ask.Rows != nil {
		rows := make([]int, len(c.Ask.Rows))
		for i, r := range c.Ask.Rows {
			rows[i] = r - 1
		}
		data = data.Rows(rows)
	}
	return data
}

// margins asks what the case asks.
func (c marginsCase) margins(e *fit.Effects, data *frame.Frame) ([]fit.Margin, error) {
	var out []fit.Margin
	effects := func(all []fit.Effect, err error) ([]fit.Margin, error) {
		for _, a := range all {
			out = append(out, a.Margin)
		}
		return out, err
	}
	levels := func(all []fit.Level, err error) ([]fit.Margin, error) {
		for _, l := range all {
			out = append(out, l.Margin)
		}
		return out, err
	}
	switch c.Kind {
	case "average":
		m, err := e.Average(data)
		return []fit.Margin{m}, err
	case "rows":
		return e.Rows(data)
	case "levels":
		return levels(e.Levels(data, c.Ask.Variable))
	case "by":
		return levels(e.By(data, c.Ask.Variable))
	case "all":
		return effects(e.All(data))
	case "effect":
		return effects(e.Effect(data, c.Ask.Variable))
	case "change":
		m, err := e.Change(data, c.Ask.Variable, c.Ask.Step)
		return []fit.Margin{m.Margin}, err
	}
	groups, err := e.Within(data, c.Ask.Variable, c.Ask.By)
	for _, g := range groups {
		effects(g.Effects, nil)
	}
	for _, g := range groups {
		effects(g.Less, nil)
	}
	return out, err
}

func readMargins(t *testing.T) marginsFile {
	t.Helper()
	text, err := os.ReadFile("testdata/margins.json")
	if err != nil {
		t.Fatal(err)
	}
	var g marginsFile
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestEffectsAgreeWithR: emmeans, ggeffects, and the delta method by numeric
// differentiation, with R's own integration over random effects.
func TestEffectsAgreeWithR(t *testing.T) {
	models := map[string]*fit.Model{}
	for _, c := range readMargins(t).Cases {
		t.Run(c.Name, func(t *testing.T) {
			data := c.frame(t)
			key := c.File + c.Formula + c.Family + c.Link
			for _, n := range c.Need {
				key += " " + n
			}
			if models[key] == nil {
				m, err := fit.Fit(c.Formula, data, fit.Options{Family: c.Family, Link: c.Link})
				if err != nil {
					t.Fatal(err)
				}
				models[key] = m
			}
			over := fit.TypicalGroup
			if c.Over == "population" {
				over = fit.AllGroups
			}
			e, err := models[key].Effects(over)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.margins(e, c.asked(t, data))
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(c.Estimate) {
				t.Fatalf("%d answers, R has %d", len(got), len(c.Estimate))
			}
			tolerance := 1e-5 // of a standard error
			if c.Source != "numDeriv" && models[key].Result.Random != nil {
				tolerance = 1e-4 // glmmTMB stops early
			}
			worst := 0.0
			near := func(got, want, unit float64) {
				if d := math.Abs(got-want) / unit; !(d <= worst) {
					worst = d
				}
			}
			for i, m := range got {
				se := c.SE[i]
				near(m.Value, c.Estimate[i], se)
				near(m.StdError, se, se)
				if c.Low != nil {
					near(m.Low, c.Low[i], se)
					near(m.High, c.High[i], se)
				}
			}
			check(t, c.Kind, worst, tolerance)
		})
	}
}
