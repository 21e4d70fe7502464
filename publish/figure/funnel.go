package figure

import (
	"fmt"

	"bidrag/model/univariate"
	"bidrag/publish/disclose"
)

// A FunnelPoint is one unit, such as a project, in a Funnel. It is drawn when X
// and Y are shown and X is above zero.
type FunnelPoint struct {
	Series string          // key
	Label  string          // for the tooltip; may be empty
	Faint  bool            // too few persons to rely on: drawn small and pale
	X      disclose.Number // its precision, as a number of persons
	Y      disclose.Number // what is judged; its interval is not drawn
}

// A FunnelLimit says how the limits of a Funnel that hold a share of units that
// differ by chance alone are named in the legend; "" leaves them out.
type FunnelLimit struct {
	Chance string // limits ± z·√(SD²/x)
	Spread string // limits ± z·√(SD²/x + Tau2), for units that differ as much as these do
}

// Funnel shows what is judged (Y) of every unit against its precision (X, on a
// log axis), with limits around the dashed line of zero that narrow as x grows:
//
//	chance alone      ± z·√(SD²/x)
//	with what units differ beyond chance  ± z·√(SD²/x + Tau2)
//
// z is 1.960 for 95 % and 3.090 for 99.8 %. Limits of 95 % are dashed, of 99.8 %
// dotted; those with Tau2 are darker and wider. There are none of chance without
// SD, and none of the other kind without both.
//
// Source: Spiegelhalter (2005), Funnel plots for comparing institutional performance.
type Funnel struct {
	Series       []Series
	Points       []FunnelPoint
	SD           disclose.Number // of one person's outcome, a share
	Tau2         disclose.Number // variance between units beyond chance, share squared
	Limit95      FunnelLimit
	Limit998     FunnelLimit
	Faint        string // what pale marks are, for the legend; stands there when one is drawn
	Format       Format // of Y
	AxisX, AxisY string
}

type specFunnelPoint struct {
	Series string `json:"series"`
	Label  string `json:"label"`
	Faint  bool   `json:"faint,omitempty"`
	X      number `json:"x"`
	Y      number `json:"y"`
}

type specLimit struct {
	Label  string  `json:"label"`
	Z      float64 `json:"z"`
	Spread bool    `json:"spread"`
}

func (f Funnel) spec() (any, error) {
	series, err := seriesOf(f.Series)
	if err != nil {
		return nil, err
	}
	known := keys(f.Series)
	points := []specFunnelPoint{}
	for _, p := range f.Points {
		if !known[p.Series] {
			return nil, fmt.Errorf("a point is of series %q, which the plot does not have", p.Series)
		}
		// What is not drawn leaves no trace, not even its label.
		if x, y := numberOf(p.X), numberOf(p.Y); x.State == "shown" && y.State == "shown" && x.Value > 0 {
			points = append(points, specFunnelPoint{p.Series, p.Label, p.Faint, x, y})
		}
	}
	return struct {
		Kind   string            `json:"kind"`
		Series []specSeries      `json:"series"`
		Points []specFunnelPoint `json:"points"`
		SD     number            `json:"sd"`
		Tau2   number            `json:"tau2"`
		Limits []specLimit       `json:"limits"`
		Faint  string            `json:"faint"`
		Format string            `json:"format"`
		AxisX  string            `json:"axisX"`
		AxisY  string            `json:"axisY"`
	}{"funnel", series, points, numberOf(f.SD), numberOf(f.Tau2), f.limits(), f.Faint, f.Format.name(), f.AxisX, f.AxisY}, nil
}

func (f Funnel) limits() []specLimit {
	z95, z998 := univariate.NormalQuantile(0.975), univariate.NormalQuantile(0.999)
	out := []specLimit{}
	for _, l := range []specLimit{{f.Limit95.Chance, z95, false}, {f.Limit998.Chance, z998, false}, {f.Limit95.Spread, z95, true}, {f.Limit998.Spread, z998, true}} {
		if l.Label != "" {
			out = append(out, l)
		}
	}
	return out
}
