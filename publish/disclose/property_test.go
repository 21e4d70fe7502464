package disclose

import (
	"testing"

	"pgregory.net/rapid"
)

// Nobody who sees all that is shown finds a small count of it by subtraction, even if
// he is alone in another hidden count of the same table.
func TestNothingFollowsFromWhatIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPopulation(t, rapid.IntRange(2, 4).Draw(t, "variables"), 3, 60)
		p.tell(t, "gross", "complete")
		cleared := Clear(p.set, DefaultRules)
		known := &span{}
		for _, cells := range p.known(cleared) {
			known.add(cells)
		}
		secrets := p.secrets()
		for _, s := range secrets {
			if known.holds(s.cells) {
				t.Fatalf("%d %s follow%s", s.n, s.name, p.describe(cleared))
			}
		}
		for _, alone := range secrets {
			if alone.n != 1 {
				continue
			}
			told := known.clone()
			told.add(alone.cells)
			for _, s := range secrets {
				if s.table == alone.table && p.size(less(s.cells, alone.cells)) == s.n && told.holds(s.cells) {
					t.Fatalf("one who knows of %s finds %d %s%s", alone.name, s.n, s.name, p.describe(cleared))
				}
			}
		}
	})
}
