package figure

import (
	"fmt"

	"bidrag/publish/disclose"
)

// A CaterpillarPoint is one unit, such as a project, in a Caterpillar. It is
// drawn when its number is shown.
type CaterpillarPoint struct {
	Series string          // key
	Label  string          // for the tooltip; may be empty
	Faint  bool            // too few persons to rely on: drawn pale
	Number disclose.Number // with its interval
}

// Classes are the names of what an interval may say of a unit.
type Classes struct{ Above, As, Below string }

// Caterpillar shows the estimates of many units with their intervals, from the
// lowest to the highest, in one panel for every series: triangles that point up
// are those whose interval is above zero, down below zero, dots the others. The
// places carry no names. A number that is not shown takes no place.
type Caterpillar struct {
	Series  []Series
	Points  []CaterpillarPoint
	Classes Classes
	Faint   string // what pale marks are, for the legend; stands there when one is drawn
	Format  Format
	Axis    string // what the value axis measures
	Order   string // what stands under the places, such as «from the lowest to the highest»
}

type specCaterpillarPoint struct {
	Series string `json:"series"`
	Label  string `json:"label"`
	Faint  bool   `json:"faint,omitempty"`
	Number number `json:"number"`
}

func (c Caterpillar) spec() (any, error) {
	series, err := seriesOf(c.Series)
	if err != nil {
		return nil, err
	}
	known := keys(c.Series)
	points := []specCaterpillarPoint{}
	for _, p := range c.Points {
		if !known[p.Series] {
			return nil, fmt.Errorf("a point is of series %q, which the plot does not have", p.Series)
		}
		if n := numberOf(p.Number); n.State == "shown" {
			points = append(points, specCaterpillarPoint{p.Series, p.Label, p.Faint, n})
		}
	}
	return struct {
		Kind    string                 `json:"kind"`
		Series  []specSeries           `json:"series"`
		Points  []specCaterpillarPoint `json:"points"`
		Classes [3]string              `json:"classes"`
		Faint   string                 `json:"faint"`
		Format  string                 `json:"format"`
		Axis    string                 `json:"axis"`
		Order   string                 `json:"order"`
	}{"caterpillar", series, points, [3]string{c.Classes.Above, c.Classes.As, c.Classes.Below}, c.Faint, c.Format.name(), c.Axis, c.Order}, nil
}
