package figure

import (
	"slices"
	"testing"

	"bidrag/publish/disclose"
)

// TestFunnelSuppressed: a point of which either number is not shown leaves no trace:
// not on the axes, not in the key, not in the order of drawing. Nor has the plot
// limits by a spread that is not shown.
func TestFunnelSuppressed(t *testing.T) {
	r := renderer(t)
	f := sampleFunnel("nb")
	shown := f.Plot.(Funnel)
	shown.Points = slices.DeleteFunc(slices.Clone(shown.Points), func(p FunnelPoint) bool { return p.Faint })
	f.Plot = shown
	without, err := r.SVG(f)
	if err != nil {
		t.Fatal(err)
	}
	far := estimate(90, nan, nan, 50)
	for _, p := range []FunnelPoint{
		{"intro", "Hemmelig", true, hidden(5000), far},
		{"intro", "Hemmelig", true, far, hidden(5000)},
		{"intro", "Hemmelig", true, far, disclose.Number{}},
		{"intro", "Hemmelig", true, estimate(-1, nan, nan, 50), far},
		{"intro", "Hemmelig", true, estimate(0, nan, nan, 50), far},
	} {
		with := shown
		with.Points = slices.Insert(slices.Clone(shown.Points), 7, p)
		f.Plot = with
		svg, err := r.SVG(f)
		if err != nil {
			t.Fatal(err)
		}
		if svg != without {
			t.Error("a point that is not shown changes the figure")
		}
	}
	var drawn [2]string
	for i, tau2 := range []disclose.Number{hidden(0.01), hidden(4)} {
		with := shown
		with.Tau2 = tau2
		f.Plot = with
		if drawn[i], err = r.SVG(f); err != nil {
			t.Fatal(err)
		}
	}
	if drawn[0] != drawn[1] || drawn[0] == without {
		t.Error("limits are drawn by a spread that is not shown")
	}
}

// TestCaterpillarSuppressed: a number that is not shown takes no place among the
// others, nor does it open a panel.
func TestCaterpillarSuppressed(t *testing.T) {
	r := renderer(t)
	f := sampleCaterpillar("en")
	shown := f.Plot.(Caterpillar)
	shown.Series = append(slices.Clone(shown.Series), Series{"other", "Other", Neutral})
	shown.Points = slices.DeleteFunc(slices.Clone(shown.Points), func(p CaterpillarPoint) bool { return p.Faint })
	f.Plot = shown
	without, err := r.SVG(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []CaterpillarPoint{
		{"intro", "Hemmelig", true, hidden(-40)},
		{"jobbsjansen", "Hemmelig", false, hidden(0.01)},
		{"other", "Hemmelig", false, hidden(0.01)},
		{"other", "Hemmelig", false, disclose.Number{}},
	} {
		with := shown
		with.Points = slices.Insert(slices.Clone(shown.Points), 3, p)
		f.Plot = with
		svg, err := r.SVG(f)
		if err != nil {
			t.Fatal(err)
		}
		if svg != without {
			t.Error("a number that is not shown changes the figure")
		}
	}
}
