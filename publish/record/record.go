// Package record is the form of a number in results.json and results_full.json
// (docs/results.md): what a run writes, and what an audit reads.
package record

import (
	"math"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

// A Value is one number; a field without meaning is left out.
type Value struct {
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
	Groups []Group `json:"groups,omitempty"`

	Amounts []result.Summed `json:"amounts,omitempty"` // sums of amounts of money that can be found by it
	Told    *float64        `json:"told,omitempty"`    // what is told in its place
}

// A Group is persons that a value tells of, and how many they are where the value
// says so.
type Group struct {
	Group result.Group   `json:"group"`
	N     *int           `json:"n,omitempty"`
	Or    []result.Group `json:"or,omitempty"`
}

// Shown is a number that has passed the gate and is shown.
func Shown(n disclose.Number) Value {
	low, high := n.Interval()
	return Value{ID: n.Key().ID(), Value: finite(n.Value()), Low: finite(low), High: finite(high), Unit: n.Unit(), N: n.N(), Step: n.Step(), Rounded: n.Rounded()}
}

// Full is a number before disclosure control.
func Full(f *result.Facts, v result.Value) Value {
	out := Value{ID: v.Key.ID(), Value: finite(v.Value), Low: finite(v.Low), High: finite(v.High), Unit: v.Unit, N: v.N, Step: v.Step, Amounts: f.Amounts(v), Told: v.Told}
	if v.Part >= 0 {
		out.Part = &v.Part
	}
	for _, c := range f.Counts(v) {
		g := Group{Group: c.Group, Or: c.Or}
		if c.N >= 0 {
			g.N = &c.N
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

// Telling is what the value tells, for an attack.
func (v Value) Telling() disclose.Telling {
	t := disclose.Telling{ID: v.ID, N: v.N, Part: v.part(), Amounts: v.Amounts}
	for _, g := range v.Groups {
		c := result.Counted{Group: g.Group, N: -1, Or: g.Or}
		if g.N != nil {
			c.N = *g.N
		}
		t.Groups = append(t.Groups, c)
	}
	return t
}

// Result is the value as the run had it, without its key.
func (v Value) Result() result.Value {
	out := result.Value{Unit: v.Unit, N: v.N, Part: v.part(), Value: math.NaN()}
	if v.Value != nil {
		out.Value = *v.Value
	}
	return out
}

func (v Value) part() int {
	if v.Part == nil {
		return -1
	}
	return *v.Part
}

// finite returns the number unless it is none that JSON can hold.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
