package contribution

import (
	"cmp"
	"math"
	"slices"

	"bidrag/model/fit"
	"bidrag/model/univariate"
)

// A Unit is a project, a municipality, or one of them in a year, with what a
// multilevel model says of its participants.
type Unit struct {
	Project
	Year              string // "" for all years together
	Persons, Attained int
	Mean              fit.UnitMean
	Own, Typical      []float64 // draws of the means, see [fit.UnitDraws]
}

// A Shrunken is what a multilevel model says a unit contributes. With p̂ᵢ the
// probability of participant i that the goal is attained given the random effects
// of the unit, and pᵢ that with all random effects at 0,
//
//	predicted     P = Σp̂ᵢ/n
//	expected      E = Σpᵢ/n
//	contribution  P − E      ratio  P/E
//
// It is drawn towards 0 as far as the unit has few participants. The intervals
// hold 95 % of the draws of coefficients, variances and random effects: what is
// meant is the true contribution to these participants.
//
// Source: Normand, Glickman and Gatsonis (1997), JASA 92, 803–814; the ratio is
// that of the hospital measures of the Centers for Medicare and Medicaid Services:
// Ash, Fienberg, Louis, Normand, Stukel and Utts (2012), Statistical Issues in
// Assessing Hospital Performance.
type Shrunken struct {
	Predicted, PredictedLow, PredictedHigh          float64
	Expected                                        float64
	Contribution, ContributionLow, ContributionHigh float64
	Ratio, RatioLow, RatioHigh                      float64

	Class     int     // 1 above, −1 below what is expected: the interval leaves zero out; else 0
	WrongSide float64 // the probability that the contribution is not on the side it seems to be
	Q         float64 // false-discovery rate among this unit and all that are at least as sure, see [falseDiscovery]

	RankLow, RankHigh int // among the units of the scheme, in 95 % of the draws; 1 is the largest contribution

	RawReliability float64 // of actual − expected, see [RawReliability]
	Reliability    float64 // of the shrunken contribution: 1 − Var(effect | data)/Var(effect), at the estimates
}

// Shrink computes the contributions of units. The false-discovery rate is among
// all of them, the ranks are within their schemes.
func Shrink(units []Unit) []Shrunken {
	out := make([]Shrunken, len(units))
	contributions := make([][]float64, len(units)) // draws
	for j, u := range units {
		difference, ratio := make([]float64, len(u.Own)), make([]float64, len(u.Own))
		positive := 0
		for k, own := range u.Own {
			difference[k], ratio[k] = own-u.Typical[k], own/u.Typical[k]
			if difference[k] > 0 {
				positive++
			}
		}
		contributions[j] = difference
		s := Shrunken{
			Predicted: u.Mean.Own, Expected: u.Mean.Typical, Contribution: u.Mean.Own - u.Mean.Typical, Ratio: u.Mean.Own / u.Mean.Typical,
			RawReliability: RawReliability(u.Mean.Prior, u.Mean.Information), Reliability: 1 - u.Mean.Posterior/u.Mean.Prior,
		}
		s.PredictedLow, s.PredictedHigh = middle(u.Own)
		s.ContributionLow, s.ContributionHigh = middle(difference)
		s.RatioLow, s.RatioHigh = middle(ratio)
		switch {
		case s.ContributionLow > 0:
			s.Class = 1
		case s.ContributionHigh < 0:
			s.Class = -1
		}
		share := float64(positive) / float64(len(difference))
		s.WrongSide = min(share, 1-share)
		out[j] = s
	}
	falseDiscovery(out)
	for _, scheme := range schemesOf(units) {
		var of []int
		for j, u := range units {
			if u.Scheme == scheme {
				of = append(of, j)
			}
		}
		rank(out, of, contributions)
	}
	return out
}

// middle is the interval of some draws.
func middle(draws []float64) (low, high float64) {
	sorted := slices.Sorted(slices.Values(draws))
	return univariate.Quantile(sorted, (1-level)/2), univariate.Quantile(sorted, (1+level)/2)
}

// falseDiscovery fills Q. Where all units that are at least as sure to be on the
// side they seem to be are called above or below, it is the share of them that are
// expected to be on the other side: the mean of their probabilities.
//
// Source: Newton, Noueiry, Sarkar and Ahlquist (2004), Biostatistics 5, 155–176;
// Müller, Parmigiani, Robert and Rousseau (2004), JASA 99, 990–1001.
func falseDiscovery(of []Shrunken) {
	order := make([]int, len(of))
	for j := range order {
		order[j] = j
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(of[a].WrongSide, of[b].WrongSide) })
	sum := 0.0
	for from := 0; from < len(order); {
		to := from
		for ; to < len(order) && of[order[to]].WrongSide == of[order[from]].WrongSide; to++ {
			sum += of[order[to]].WrongSide
		}
		for _, j := range order[from:to] {
			of[j].Q = sum / float64(to)
		}
		from = to
	}
}

// rank fills the intervals of the ranks of some units: in each draw every one has
// a rank among them.
//
// Source: Goldstein and Spiegelhalter (1996), J. R. Stat. Soc. A 159, 385–443.
func rank(shrunken []Shrunken, of []int, contributions [][]float64) {
	draws := len(contributions[of[0]])
	ranks := make([][]int, len(of)) // by place in of
	order := make([]int, len(of))
	for at := range of {
		order[at], ranks[at] = at, make([]int, draws)
	}
	for k := range draws {
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(contributions[of[b]][k], contributions[of[a]][k]), cmp.Compare(a, b))
		})
		for rank, at := range order {
			ranks[at][k] = rank + 1
		}
	}
	low := int(math.Floor((1 - level) / 2 * float64(draws)))
	for at, j := range of {
		slices.Sort(ranks[at])
		shrunken[j].RankLow, shrunken[j].RankHigh = ranks[at][low], ranks[at][draws-1-low]
	}
}
