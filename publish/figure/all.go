package figure

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// A Drawing is a figure in both its forms.
type Drawing struct{ SVG, Inline string }

// DrawAll draws the figures of a report, each as SVG and Inline do, with an
// engine per processor. Drawings stand in the order of the figures; the errors
// of all figures are joined, and a figure that failed has an empty drawing.
func DrawAll(figures []Figure) ([]Drawing, error) {
	drawings := make([]Drawing, len(figures))
	failed := make([]error, len(figures)+1) // the last is of an engine that did not start
	var next atomic.Int64
	var wait sync.WaitGroup
	var starting sync.Once
	for range min(runtime.GOMAXPROCS(0), len(figures)) {
		wait.Go(func() {
			r, err := NewRenderer()
			if err != nil {
				starting.Do(func() { failed[len(figures)] = err })
				return
			}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(figures) {
					return
				}
				drawings[i], failed[i] = r.both(figures[i])
			}
		})
	}
	wait.Wait()
	return drawings, errors.Join(failed...)
}

func (r *Renderer) both(f Figure) (Drawing, error) {
	svg, err := r.SVG(f)
	if err != nil {
		return Drawing{}, err
	}
	inline, err := r.Inline(f)
	if err != nil {
		return Drawing{}, err
	}
	return Drawing{svg, inline}, nil
}
