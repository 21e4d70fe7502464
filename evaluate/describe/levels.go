package describe

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"bidrag/data/frame"
	"bidrag/study"
)

// A Level is one of the few values that a described variable is shown with.
type Level struct {
	Key   string // in ids
	Label study.Text
}

// Levels are the levels of a described variable in order: those of the
// codebook, or the groups that a number is cut into.
func Levels(s *study.Study, g study.Grouping) []Level {
	v, _ := s.Codebook.Variables.Get(g.Variable)
	switch {
	case g.Quantiles > 0:
		return quantileLevels(g.Quantiles)
	case len(g.Breaks) > 0:
		return breakLevels(g.Breaks, v.Type == study.Integer, v.Unit)
	}
	var levels []Level
	for _, l := range v.Levels {
		levels = append(levels, Level{l.Key, l.Value})
	}
	if len(levels) == 0 && v.Type == study.Binary {
		for _, key := range []string{"0", "1"} {
			levels = append(levels, Level{key, study.Text{NB: map[string]string{"0": "Nei", "1": "Ja"}[key], EN: map[string]string{"0": "No", "1": "Yes"}[key]}})
		}
	}
	return levels
}

// quantileLevels are named 1 to k, from the lowest values to the highest.
func quantileLevels(k int) []Level {
	name := study.Text{NB: "del", EN: "part"}
	switch k {
	case 4:
		name = study.Text{NB: "kvartil", EN: "quartile"}
	case 5:
		name = study.Text{NB: "kvintil", EN: "quintile"}
	case 10:
		name = study.Text{NB: "desil", EN: "decile"}
	}
	levels := make([]Level, k)
	for i := range levels {
		nb, en := fmt.Sprintf("%d. %s", i+1, name.NB), fmt.Sprintf("%s %s", ordinal(i+1), name.EN)
		switch i {
		case 0:
			nb, en = nb+" (lavest)", en+" (lowest)"
		case k - 1:
			nb, en = nb+" (høyest)", en+" (highest)"
		}
		levels[i] = Level{fmt.Sprintf("q%d", i+1), study.Text{NB: nb, EN: en}}
	}
	return levels
}

func ordinal(n int) string {
	suffix := "th"
	if n < 11 || n > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// breakLevels are the groups between breaks. Whole numbers are shown with the
// last number of the group (20–29), other numbers with the next break.
func breakLevels(breaks []float64, whole bool, unit study.Text) []Level {
	text := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	withUnit := func(nb, en string) study.Text {
		if !unit.IsZero() {
			nb, en = nb+" "+unit.NB, en+" "+unit.EN
		}
		return study.Text{NB: nb, EN: en}
	}
	first, last := text(breaks[0]), text(breaks[len(breaks)-1])
	levels := []Level{{"under_" + first, withUnit("Under "+first, "Under "+first)}}
	for i := 1; i < len(breaks); i++ {
		low, high := breaks[i-1], breaks[i]
		label := text(low) + "–" + text(high)
		switch {
		case whole && high-low == 1:
			label = text(low)
		case whole:
			label = text(low) + "–" + text(high-1)
		}
		levels = append(levels, Level{text(low) + "_" + text(high), withUnit(label, label)})
	}
	return append(levels, Level{"from_" + last, study.Text{
		NB: withUnit(last, last).NB + " eller mer", EN: withUnit(last, last).EN + " or more"}})
}

// GroupingOf is how a variable is made into few levels: as it is described, else
// by the levels of the codebook, and in quartiles a number that has none.
func GroupingOf(s *study.Study, variable string) study.Grouping {
	for _, g := range s.Describe.Variables {
		if g.Variable == variable {
			return g
		}
	}
	g := study.Grouping{Variable: variable}
	if v, _ := s.Codebook.Variables.Get(variable); len(v.Levels) == 0 && v.Type != study.Binary {
		g.Quantiles = 4
	} else {
		g.Round = v.Type == study.Ordinal
	}
	return g
}

// Assign gives each of the rows the index of its level, −1 when the value is
// missing or has no level.
func Assign(s *study.Study, data *frame.Frame, g study.Grouping, rows []int) []int {
	column, ok := data.Column(g.Variable)
	out := make([]int, len(rows))
	if !ok {
		for k := range out {
			out[k] = -1
		}
		return out
	}
	switch {
	case g.Quantiles > 0:
		return quantileGroups(column, rows, g.Quantiles)
	case len(g.Breaks) > 0:
		for k, i := range rows {
			out[k] = -1
			if !column.Missing(i) {
				out[k], _ = slices.BinarySearchFunc(g.Breaks, column.Number[i], func(b, x float64) int {
					if b <= x {
						return -1
					}
					return 1
				})
			}
		}
		return out
	}
	levels := Levels(s, g)
	index := make(map[string]int, len(levels))
	for l, level := range levels {
		index[level.Key] = l
	}
	of := map[float64]int{} // level by value, or by code: there are few
	for k, i := range rows {
		out[k] = -1
		if column.Missing(i) {
			continue
		}
		x := valueOf(column, i)
		l, seen := of[x]
		if !seen {
			l = -1
			if found, ok := index[levelKey(column, i, g.Round)]; ok {
				l = found
			}
			of[x] = l
		}
		out[k] = l
	}
	return out
}

// valueOf is a row's number, or its code.
func valueOf(c *frame.Column, i int) float64 {
	if c.Kind == frame.Factor {
		return float64(c.Code[i])
	}
	return c.Number[i]
}

// levelKey is the codebook's name of a row's value.
func levelKey(c *frame.Column, i int, round bool) string {
	if c.Kind == frame.Factor {
		return c.Levels[c.Code[i]]
	}
	x := c.Number[i]
	if round {
		x = math.Floor(x + 0.5)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// quantileGroups cuts the rows into k groups of nearly equal size by the
// values' mid-ranks: persons with one value are always in one group, whatever
// the order of the rows. A group may be empty when many share a value.
func quantileGroups(c *frame.Column, rows []int, k int) []int {
	var order []int // positions in rows, sorted by value
	for p, i := range rows {
		if !c.Missing(i) {
			order = append(order, p)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := c.Number[rows[a]], c.Number[rows[b]]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	out := make([]int, len(rows))
	for p := range out {
		out[p] = -1
	}
	n := float64(len(order))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && c.Number[rows[order[to]]] == c.Number[rows[order[from]]] {
			to++
		}
		middle := (float64(from) + float64(to)) / 2 // of ranks from+½ … to−½
		group := min(int(middle/n*float64(k)), k-1)
		for _, p := range order[from:to] {
			out[p] = group
		}
		from = to
	}
	return out
}
