package cases

import (
	"math"
	"slices"

	"bidrag/model/univariate"
)

// A space holds the considered places as points: their numbers in standard
// deviations.
type space struct {
	points [][]float64 // by place and number
}

// newSpace standardizes the numbers of the places at. One that is the same in all
// of them tells none apart.
func newSpace(places []Place, at []int, numbers int) space {
	s := space{make([][]float64, len(at))}
	for k := range s.points {
		s.points[k] = make([]float64, numbers)
	}
	x := make([]float64, len(at))
	for m := range numbers {
		for k, i := range at {
			x[k] = places[i].Numbers[m]
		}
		if logs := logarithms(x); logs != nil && math.Abs(skewness(logs)) < math.Abs(skewness(x)) {
			copy(x, logs)
		}
		mean, sd := univariate.MeanSD(x)
		for k := range x {
			if sd > 0 {
				s.points[k][m] = (x[k] - mean) / sd
			}
		}
	}
	return s
}

// logarithms are those of x, nil unless all are positive.
func logarithms(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		if !(v > 0) {
			return nil
		}
		out[i] = math.Log(v)
	}
	return out
}

// skewness is the third standardized moment, 0 when nothing varies.
func skewness(x []float64) float64 {
	mean, sd := univariate.MeanSD(x)
	if !(sd > 0) {
		return 0
	}
	sum := 0.0
	for _, v := range x {
		z := (v - mean) / sd
		sum += z * z * z
	}
	return sum / float64(len(x))
}

// distance is that of two places; 0 without numbers.
func (s space) distance(a, b int) float64 {
	if len(s.points[a]) == 0 {
		return 0
	}
	sum := 0.0
	for m, x := range s.points[a] {
		d := x - s.points[b][m]
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(s.points[a])))
}

// typical is the median distance of two places, NaN of fewer than two.
func (s space) typical() float64 {
	var all []float64
	for a := range s.points {
		for b := range a {
			all = append(all, s.distance(a, b))
		}
	}
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return univariate.Quantile(all, 0.5)
}

// ranges is how far apart the least alike of some places are in each number.
func (s space) ranges(at []int) []float64 {
	out := make([]float64, len(s.points[at[0]]))
	for m := range out {
		low, high := math.Inf(1), math.Inf(-1)
		for _, k := range at {
			low, high = min(low, s.points[k][m]), max(high, s.points[k][m])
		}
		out[m] = high - low
	}
	return out
}
