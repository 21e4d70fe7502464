// Package figure draws what a reader sees: dots, bars, lines, odds ratios,
// the contribution quadrant, points on two axes, funnels, caterpillars and
// distributions, as SVG.
//
// A figure says its finding in the title; the plot is one of a few kinds that
// know how to show the numbers of an evaluation and how to fail: an interval
// without end runs off the axis with an arrow, a suppressed number leaves the
// sign ":" and nothing else, a plot without numbers says so. Numbers come in as
// disclose.Number only, so that what has not passed the gate cannot be drawn;
// no axis and no place depends on a number that is not shown.
//
// The drawing itself is JavaScript (js/src) on Observable Plot: the same spec is
// drawn here by an embedded engine and can be drawn live in a browser.
//
//  1. describe the figure: Figure and one of the kinds of Plot;
//  2. NewRenderer once per goroutine;
//  3. SVG for a file of its own, Inline for a page that writes the caption;
//     DrawAll for many figures at once.
package figure

import "bidrag/publish/disclose"

// A Figure is a plot with the texts around it, in the reader's language.
type Figure struct {
	ID       string // names the figure within its document: letters, digits, - and _ are kept
	Title    string // the finding
	Subtitle string // what is measured, the unit and n
	Note     string // source, losses, what to mind
	Alt      string // the alternative text: what the plot shows, for who cannot see it
	Lang     string // "nb" or "en"
	Plot     Plot
}

// A Plot is one of Dots, Bars, Lines, Forest, Quadrant, Scatter, Funnel,
// Caterpillar and Steps.
type Plot interface{ spec() (any, error) }

// A Style is the look of a series, the same in every figure.
type Style int

const (
	Focus     Style = iota // blue, a filled dot: the scheme the study is about
	Reference              // amber, a ring: the scheme it is compared with
	Neutral                // grey, a filled diamond: others, or all together
)

// A Series is one scheme, or another group that runs through a figure.
type Series struct {
	Key, Label string
	Style      Style
}

// A Category is one row, or one year: a level of a variable.
type Category struct{ Key, Label string }

// A Mark is the number of one series in one category. A number that is not
// shown is not drawn; a suppressed one leaves the sign ":" in its row.
type Mark struct {
	Category, Series string // keys
	Number           disclose.Number
}

// A Format says how numbers are written.
type Format int

const (
	Percent Format = iota // shares as whole percent: 58 %
	Points                // differences of shares as percentage points with sign: +4,2
	Ratio                 // odds ratios with two decimals: 1,58
	Count                 // whole numbers: 1 420
	Decimal               // one decimal: 33,2
)

// A Line is something to compare with, such as the mean of all participants.
type Line struct {
	Label  string
	Number disclose.Number
}

// Dots shows a rate or another estimate by category and series: a mark with
// its interval in a lane of its own, the value beside it.
type Dots struct {
	Series     []Series
	Categories []Category
	Marks      []Mark
	Format     Format
	Axis       string // what the axis measures; may be empty
	Zero       bool   // the axis starts at zero
	Reference  *Line  // may be nil
}

// Bars shows the share of each category within each series, from zero.
type Bars struct {
	Series     []Series
	Categories []Category
	Marks      []Mark
	Format     Format
	Axis       string
}

// Lines shows a rate by year, or another ordered category: points with
// intervals, joined where nothing is missing between them.
type Lines struct {
	Series     []Series
	Categories []Category // in order, usually years
	Marks      []Mark
	Format     Format
	Axis       string
	Zero       bool
}

// A ForestRow is one estimate. Rows of one Group stand together under it.
type ForestRow struct {
	Label, Group string
	Number       disclose.Number
}

// Forest shows estimates with their intervals, one to a row, and writes both at
// the right. With Log the axis is for ratios and the dashed line of no effect
// stands at 1, otherwise at 0. A row whose number is absent says that it was not
// estimated.
type Forest struct {
	Rows   []ForestRow
	Format Format
	Axis   string
	Log    bool
}

// A Point is one project in a Quadrant. It is drawn when X and Y are shown.
type Point struct {
	Series string // key
	Label  string
	Named  bool            // write the label beside the point
	Faint  bool            // too few persons to rely on: drawn pale
	X, Y   disclose.Number // Y with its interval
	Size   disclose.Number // persons; the area of the circle
}

// Quadrant shows attainment (X) and contribution (Y) of every project: the
// vertical line is Mean, the dashed horizontal one no contribution. Intervals
// are drawn while the points are few enough to leave them readable (40); the
// tooltips of Inline tell them always.
type Quadrant struct {
	Series           []Series
	Points           []Point
	Mean             Line
	Faint            string // what pale points are, for the legend; stands there when one is drawn
	FormatX, FormatY Format
	AxisX, AxisY     string
	Corners          [4]string // names of the quadrants: top left, top right, bottom left, bottom right
}

// A Straight is a line that the points of a Scatter are held against.
type Straight int

const (
	NoLine   Straight = iota
	Identity          // where X and Y are equal; drawn through
	ZeroLine          // where Y is zero: no effect; dashed
)

// A ScatterPoint is drawn when X and Y are shown, Y with its interval when it
// has one.
type ScatterPoint struct {
	Series string // key
	Label  string // for the tooltip; may be empty
	X, Y   disclose.Number
}

// A BandPoint is how far a band goes at a place: the interval of Y. It is left
// out where X or Y is not shown.
type BandPoint struct{ X, Y disclose.Number }

// A Panel is one of a Scatter's plots.
type Panel struct {
	Title  string // stands over it; may be empty
	Axis   string // what its x axis measures
	Points []ScatterPoint
	Band   []BandPoint // in any order; empty for none
}

// Scatter shows points on two numeric axes, in one panel or in several that
// share the y axis but not the x axis. With Identity and the same format on both
// axes these are equal. A point that is not shown leaves no trace.
type Scatter struct {
	Series           []Series // a label that is empty stands in no legend
	Panels           []Panel
	Line             Straight
	FormatX, FormatY Format
	AxisY            string
}

// A Bin is the share of a series between two values of a variable.
type Bin struct {
	Series string // key
	X0, X1 float64
	Number disclose.Number
}

// Steps shows the distribution of a numeric variable in each series as a
// stepped outline. Bins should be equally wide. The axis covers shown bins only.
type Steps struct {
	Series []Series
	Bins   []Bin
	Format Format
	Axis   string
}
