package effects

import (
	"math"
	"testing"

	"bidrag/model/fit"
)

// With the schemes' difference free in every region the effect on the treated is
// the difference of rates in each region, weighed by where the treated are.
func TestTreatedIsDifferenceWhereTheyAre(t *testing.T) {
	m := fitted(t, "y ~ scheme * region", frameOf(people), fit.Options{})
	got, err := Treated(m, fit.TypicalGroup, "old")
	if err != nil || len(got) != 1 || got[0].Scheme != "new" {
		t.Fatal(got, err)
	}
	var n, attained [2][3]float64
	for _, c := range people {
		n[c.scheme][c.region] += float64(c.n)
		attained[c.scheme][c.region] += float64(c.attained)
	}
	total, want, variance := 0.0, 0.0, 0.0
	var rate, error2 [2]float64 // by scheme, among the treated
	for r := range 3 {
		total += n[1][r]
	}
	for r := range 3 {
		share := n[1][r] / total
		for s, sign := range []float64{-1, 1} {
			p := attained[s][r] / n[s][r]
			want += sign * share * p
			variance += share * share * p * (1 - p) / n[s][r]
			rate[s] += share * p
			error2[s] += share * share * p * (1 - p) / n[s][r]
		}
	}
	if math.Abs(got[0].Value-want) > 1e-9 || math.Abs(got[0].StdError-math.Sqrt(variance)) > 1e-9 || got[0].Persons != int(total) {
		t.Errorf("%+v, want %g with error %g of %g persons", got[0], want, math.Sqrt(variance), total)
	}
	logError := math.Sqrt(error2[0]/(rate[0]*rate[0]) + error2[1]/(rate[1]*rate[1]))
	ratio := got[0].Ratio
	if math.Abs(ratio.Value-rate[1]/rate[0]) > 1e-9 || math.Abs(ratio.StdError-ratio.Value*logError) > 1e-9 ||
		math.Abs(ratio.Low-ratio.Value*math.Exp(-1.959963984540054*logError)) > 1e-9 || math.Abs(ratio.Low*ratio.High-ratio.Value*ratio.Value) > 1e-9 {
		t.Errorf("%+v, want %g with the error %g of its logarithm", ratio, rate[1]/rate[0], logError)
	}
}
