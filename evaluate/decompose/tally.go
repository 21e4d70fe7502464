package decompose

import "math"

// A tally takes the numbers of all methods in the order in which they are made,
// which is the same in every draw of the bootstrap. What they are called is told
// once, of the whole data.
type tally struct {
	naming bool
	values []float64
	parts  []Part
}

// add takes a number.
func (t *tally) add(value float64, p Part) {
	t.values = append(t.values, value)
	if t.naming {
		p.Value, p.Low, p.High = value, math.NaN(), math.NaN()
		t.parts = append(t.parts, p)
	}
}

// split takes the numbers of all blocks, of what belongs to none (nil where there is
// no such), and their sum.
func (t *tally) split(blocks []string, values []float64, constant *float64, of Part) {
	total := 0.0
	for b, v := range values {
		of.Block = blocks[b]
		t.add(v, of)
		total += v
	}
	if constant != nil {
		of.Block = Constant
		t.add(*constant, of)
		total += *constant
	}
	of.Block = ""
	t.add(total, of)
}

// total replaces the last number, the sum of blocks, by the same from elsewhere,
// which is known where the blocks' are not.
func (t *tally) total(value float64) {
	t.values[len(t.values)-1] = value
	if t.naming {
		t.parts[len(t.parts)-1].Value = value
	}
}
