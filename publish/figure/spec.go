package figure

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"bidrag/publish/disclose"
)

// texts are the spec of a figure without its plot, as js/src/draw.js reads it.
type texts struct {
	ID       string `json:"id"`
	Form     string `json:"form"` // page, wide or narrow
	Lang     string `json:"lang"`
	Title    string `json:"title"`
	Subtitle string `json:"subtitle"`
	Note     string `json:"note"`
	Alt      string `json:"alt"`
}

type specSeries struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Style string `json:"style"`
}

type specCategory struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

type specMark struct {
	Category string `json:"category"`
	Series   string `json:"series"`
	Number   number `json:"number"`
}

type specLine struct {
	Label  string `json:"label"`
	Number number `json:"number"`
}

// A number is a disclose.Number as the drawing reads it: its state, and its
// values only when it is shown.
type number struct {
	State string    `json:"state"` // shown, suppressed or absent
	Value jsonFloat `json:"v"`
	Low   jsonFloat `json:"lo"`
	High  jsonFloat `json:"hi"`
	N     int       `json:"n,omitempty"`
}

func numberOf(n disclose.Number) number {
	nan := jsonFloat(math.NaN())
	switch {
	case n.State() == disclose.Suppressed:
		return number{State: "suppressed", Value: nan, Low: nan, High: nan}
	case n.State() != disclose.Shown || math.IsNaN(n.Value()):
		return number{State: "absent", Value: nan, Low: nan, High: nan}
	}
	low, high := n.Interval()
	return number{State: "shown", Value: jsonFloat(n.Value()), Low: jsonFloat(low), High: jsonFloat(high), N: n.N()}
}

// A jsonFloat is written as null when it is NaN. JSON has no infinity: the
// largest finite number stands for it, and is drawn as running off the axis and
// written as ∞.
type jsonFloat float64

func (f jsonFloat) MarshalJSON() ([]byte, error) {
	x := float64(f)
	if math.IsNaN(x) {
		return []byte("null"), nil
	}
	x = max(-math.MaxFloat64, min(x, math.MaxFloat64))
	return strconv.AppendFloat(nil, x, 'g', -1, 64), nil
}

func (s Style) name() string {
	switch s {
	case Focus:
		return "focus"
	case Reference:
		return "reference"
	}
	return "neutral"
}

func (f Format) name() string {
	names := [...]string{Percent: "percent", Points: "points", Ratio: "ratio", Count: "count", Decimal: "decimal"}
	if f < 0 || int(f) >= len(names) {
		return "decimal"
	}
	return names[f]
}

// grid is what Dots, Bars and Lines have in common.
type grid struct {
	Kind       string         `json:"kind"`
	Series     []specSeries   `json:"series"`
	Categories []specCategory `json:"categories"`
	Marks      []specMark     `json:"marks"`
	Format     string         `json:"format"`
	Axis       string         `json:"axis"`
	Zero       bool           `json:"zero"`
	Reference  *specLine      `json:"reference,omitempty"`
}

func newGrid(kind string, series []Series, categories []Category, marks []Mark, format Format, axis string) (grid, error) {
	g := grid{Kind: kind, Categories: []specCategory{}, Marks: []specMark{}, Format: format.name(), Axis: axis}
	var err error
	if g.Series, err = seriesOf(series); err != nil {
		return g, err
	}
	known := keys(series)
	rows := map[string]bool{}
	for _, c := range categories {
		if rows[c.Key] {
			return g, fmt.Errorf("two categories have the key %q", c.Key)
		}
		rows[c.Key] = true
		g.Categories = append(g.Categories, specCategory(c))
	}
	seen := map[[2]string]bool{}
	for _, m := range marks {
		place := [2]string{m.Category, m.Series}
		switch {
		case !rows[m.Category]:
			return g, fmt.Errorf("a mark is of category %q, which the plot does not have", m.Category)
		case !known[m.Series]:
			return g, fmt.Errorf("a mark is of series %q, which the plot does not have", m.Series)
		case seen[place]:
			return g, fmt.Errorf("two marks are of category %q and series %q", m.Category, m.Series)
		}
		seen[place] = true
		g.Marks = append(g.Marks, specMark{m.Category, m.Series, numberOf(m.Number)})
	}
	return g, nil
}

func seriesOf(series []Series) ([]specSeries, error) {
	out := []specSeries{}
	seen := map[string]bool{}
	for _, s := range series {
		if seen[s.Key] {
			return nil, fmt.Errorf("two series have the key %q", s.Key)
		}
		seen[s.Key] = true
		out = append(out, specSeries{s.Key, s.Label, s.Style.name()})
	}
	return out, nil
}

func keys(series []Series) map[string]bool {
	out := map[string]bool{}
	for _, s := range series {
		out[s.Key] = true
	}
	return out
}

func (d Dots) spec() (any, error) {
	g, err := newGrid("dots", d.Series, d.Categories, d.Marks, d.Format, d.Axis)
	g.Zero = d.Zero
	if d.Reference != nil {
		g.Reference = &specLine{d.Reference.Label, numberOf(d.Reference.Number)}
	}
	return g, err
}

func (b Bars) spec() (any, error) {
	return newGrid("bars", b.Series, b.Categories, b.Marks, b.Format, b.Axis)
}

func (l Lines) spec() (any, error) {
	g, err := newGrid("lines", l.Series, l.Categories, l.Marks, l.Format, l.Axis)
	g.Zero = l.Zero
	return g, err
}

type specRow struct {
	Label  string `json:"label"`
	Group  string `json:"group"`
	Number number `json:"number"`
}

func (f Forest) spec() (any, error) {
	rows := make([]specRow, len(f.Rows))
	for i, r := range f.Rows {
		rows[i] = specRow{r.Label, r.Group, numberOf(r.Number)}
	}
	return struct {
		Kind   string    `json:"kind"`
		Rows   []specRow `json:"rows"`
		Format string    `json:"format"`
		Axis   string    `json:"axis"`
		Log    bool      `json:"log"`
	}{"forest", rows, f.Format.name(), f.Axis, f.Log}, nil
}

type specPoint struct {
	Series string `json:"series"`
	Label  string `json:"label"`
	Named  bool   `json:"named,omitempty"`
	Faint  bool   `json:"faint,omitempty"`
	X      number `json:"x"`
	Y      number `json:"y"`
	Size   number `json:"n"`
}

func (q Quadrant) spec() (any, error) {
	series, err := seriesOf(q.Series)
	if err != nil {
		return nil, err
	}
	known := keys(q.Series)
	points := []specPoint{}
	for _, p := range q.Points {
		if !known[p.Series] {
			return nil, fmt.Errorf("a point is of series %q, which the plot does not have", p.Series)
		}
		// What is not drawn leaves no trace, not even its label.
		if x, y := numberOf(p.X), numberOf(p.Y); x.State == "shown" && y.State == "shown" {
			points = append(points, specPoint{p.Series, p.Label, p.Named, p.Faint, x, y, numberOf(p.Size)})
		}
	}
	return struct {
		Kind      string       `json:"kind"`
		Series    []specSeries `json:"series"`
		Points    []specPoint  `json:"points"`
		Mean      number       `json:"mean"`
		MeanLabel string       `json:"meanLabel"`
		Faint     string       `json:"faint"`
		FormatX   string       `json:"formatX"`
		FormatY   string       `json:"formatY"`
		AxisX     string       `json:"axisX"`
		AxisY     string       `json:"axisY"`
		Corners   [4]string    `json:"corners"`
	}{"quadrant", series, points, numberOf(q.Mean.Number), q.Mean.Label, q.Faint, q.FormatX.name(), q.FormatY.name(), q.AxisX, q.AxisY, q.Corners}, nil
}

type specScatterPoint struct {
	Series string `json:"series"`
	Label  string `json:"label"`
	X      number `json:"x"`
	Y      number `json:"y"`
}

type specBandPoint struct {
	X number `json:"x"`
	Y number `json:"y"`
}

type specPanel struct {
	Title  string             `json:"title"`
	Axis   string             `json:"axis"`
	Points []specScatterPoint `json:"points"`
	Band   []specBandPoint    `json:"band"`
}

func (l Straight) name() string {
	switch l {
	case Identity:
		return "identity"
	case ZeroLine:
		return "zero"
	}
	return "none"
}

func (s Scatter) spec() (any, error) {
	series, err := seriesOf(s.Series)
	if err != nil {
		return nil, err
	}
	known := keys(s.Series)
	panels := make([]specPanel, len(s.Panels))
	for i, p := range s.Panels {
		panel := specPanel{p.Title, p.Axis, []specScatterPoint{}, []specBandPoint{}}
		for _, d := range p.Points {
			if !known[d.Series] {
				return nil, fmt.Errorf("a point is of series %q, which the plot does not have", d.Series)
			}
			// What is not drawn leaves no trace, not even its label.
			if x, y := numberOf(d.X), numberOf(d.Y); x.State == "shown" && y.State == "shown" {
				panel.Points = append(panel.Points, specScatterPoint{d.Series, d.Label, x, y})
			}
		}
		for _, d := range p.Band {
			if x, y := numberOf(d.X), numberOf(d.Y); x.State == "shown" && y.State == "shown" {
				panel.Band = append(panel.Band, specBandPoint{x, y})
			}
		}
		panels[i] = panel
	}
	return struct {
		Kind    string       `json:"kind"`
		Series  []specSeries `json:"series"`
		Panels  []specPanel  `json:"panels"`
		Line    string       `json:"line"`
		FormatX string       `json:"formatX"`
		Format  string       `json:"format"`
		AxisY   string       `json:"axisY"`
	}{"scatter", series, panels, s.Line.name(), s.FormatX.name(), s.FormatY.name(), s.AxisY}, nil
}

type specBin struct {
	Series string  `json:"series"`
	X0     float64 `json:"x0"`
	X1     float64 `json:"x1"`
	Number number  `json:"number"`
}

func (s Steps) spec() (any, error) {
	series, err := seriesOf(s.Series)
	if err != nil {
		return nil, err
	}
	known := keys(s.Series)
	bins := []specBin{}
	for _, b := range s.Bins {
		if !known[b.Series] {
			return nil, fmt.Errorf("a bin is of series %q, which the plot does not have", b.Series)
		}
		if !(b.X0 < b.X1) || math.IsInf(b.X0, 0) || math.IsInf(b.X1, 0) {
			return nil, fmt.Errorf("a bin goes from %v to %v: a bin needs two finite ends, the lower first", b.X0, b.X1)
		}
		bins = append(bins, specBin{b.Series, b.X0, b.X1, numberOf(b.Number)})
	}
	return struct {
		Kind   string       `json:"kind"`
		Series []specSeries `json:"series"`
		Bins   []specBin    `json:"bins"`
		Format string       `json:"format"`
		Axis   string       `json:"axis"`
	}{"steps", series, bins, s.Format.name(), s.Axis}, nil
}

// marshal writes the spec of a figure in one of its forms: its texts and its plot.
func (f Figure) marshal(form string) (head, plot string, err error) {
	if f.Plot == nil {
		return "", "", fmt.Errorf("it has no plot")
	}
	spec, err := f.Plot.spec()
	if err != nil {
		return "", "", err
	}
	plotJSON, err := json.Marshal(spec)
	if err != nil {
		return "", "", err
	}
	headJSON, err := json.Marshal(texts{safeID(f.ID), form, f.Lang, f.Title, f.Subtitle, f.Note, f.Alt})
	return string(headJSON), string(plotJSON), err
}

// safeID keeps what may stand in an XML id.
func safeID(id string) string {
	out := []byte(id)
	for i, c := range out {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			out[i] = '-'
		}
	}
	return string(out)
}
