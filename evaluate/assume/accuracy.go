package assume

import (
	"math"
	"strconv"

	"bidrag/evaluate/amount"
	"bidrag/evaluate/result"
	"bidrag/model/family"
	"bidrag/model/infer"
	"bidrag/model/univariate"
)

// How many bins there are at most: of residuals along a covariate, and of the
// calibration curve.
const (
	covariateBins   = 40
	calibrationBins = 20
)

// A Covariate is a number of the model in its own unit.
type Covariate struct {
	Name string
	X    []float64 // by row of the fit

	Money *amount.Variable // nil when it is no amount of money
}

// Linearity averages the residuals y − μ in bins of each number, of about as
// many persons each ([infer.Bins]): where the association is as straight as
// the model has it, 95 percent of the means lie within two of their standard
// errors of zero. Values, with bins numbered from 1:
//
//	binned_residual   {Model, Variable, Level}  mean, with ± 2 standard errors
//	binned_x          {Model, Variable, Level}  mean of the number
//	binned_within     {Model, Variable}         share of the bins that hold zero
//	binned_bins       {Model, Variable}         number of bins
//
// Source: Gelman and Hill (2007), 5.6.
func (t *Test) Linearity(covariates []Covariate) []result.Value {
	var out []result.Value
	residuals := t.residuals()
	unit := result.Number
	if t.Model.Family.Dist == family.Binomial {
		unit = result.Points
	}
	for _, c := range covariates {
		bins := infer.Bins(c.X, residuals, min(covariateBins, infer.BinCount(t.n)))
		members := membersOf(bins, c.X)
		within := 0
		for k, b := range bins {
			key := func(quantity string) result.Key {
				return result.Key{Quantity: quantity, Variable: c.Name, Level: strconv.Itoa(k + 1)}
			}
			v := t.valueOf(key("binned_residual"), unit, b.Mean, b.Rows).WithInterval(b.Mean-2*b.Error, b.Mean+2*b.Error)
			x := t.valueOf(key("binned_x"), result.Number, b.X, b.Rows)
			v.Part = t.attained(members[k])
			x.Part, x.Amounts = v.Part, c.amounts(members[k])
			out = append(out, v, x)
			if math.Abs(b.Mean) <= 2*b.Error {
				within++
			}
		}
		whole := func(quantity, unit string, x float64) result.Value {
			return t.value(result.Key{Quantity: quantity, Variable: c.Name}, unit, x)
		}
		out = append(out, whole("binned_within", result.Share, float64(within)/float64(len(bins))), whole("binned_bins", result.Count, float64(len(bins))))
	}
	return out
}

// amounts is what the mean of the number over rows tells, when it is an amount of money.
func (c Covariate) amounts(rows []int) []result.Amount {
	x := make([]float64, len(rows))
	for k, i := range rows {
		x[k] = c.X[i]
	}
	return c.Money.SumOf(x, rows, nil)
}

// membersOf lists the rows of every bin of x.
func membersOf(bins []infer.Bin, x []float64) [][]int {
	members := make([][]int, len(bins))
	for i, v := range x {
		for k, b := range bins {
			if v <= b.High {
				members[k] = append(members[k], i)
				break
			}
		}
	}
	return members
}

// Accuracy tells how well outcomes of 0 and 1 are predicted for the persons the
// model was fitted to, which flatters it. A multilevel model has two
// predictions: each person in the own group, and in a typical one (kind
// "typical": random effects 0). Values {Model, Kind}:
//
//	brier, brier_scaled                       mean (y − p)², and 1 less it over that of the rate alone
//	brier_null                                the rate alone: ȳ (1 − ȳ)
//	auc                                       area under the ROC curve, with DeLong's interval
//	calibration_intercept, calibration_slope  logit P(y = 1) = a + η, and a + b η; 0 and 1 when right
//	calibration, calibration_predicted        {…, Level}: observed rate with Wilson's interval, and mean prediction, of bins
//	calibration_within, calibration_bins      share of the bins whose interval holds the prediction, and their number
//
// In a logit model without random effects intercept and slope are 0 and 1 of
// necessity.
//
// Source: Brier (1950); DeLong et al. (1988); Cox (1958); see package infer.
func (t *Test) Accuracy() ([]result.Value, error) {
	if !t.binary {
		return nil, nil
	}
	out, err := t.accuracyOf("", t.mu, t.eta)
	if err != nil || !t.mixed {
		return out, err
	}
	typical, err := t.accuracyOf("typical", t.typicalMu, t.typical)
	return append(out, typical...), err
}

func (t *Test) accuracyOf(kind string, p, eta []float64) ([]result.Value, error) {
	add := func(quantity, unit string, x float64) result.Value {
		return t.value(result.Key{Quantity: quantity, Kind: kind}, unit, x)
	}
	rate, _ := univariate.MeanSD(t.y)
	brier, null := infer.Brier(t.y, p), rate*(1-rate)
	out := []result.Value{add("brier", result.Number, brier), add("brier_null", result.Number, null), add("brier_scaled", result.Share, 1-brier/null)}
	area, err := infer.AreaUnderCurve(t.y, p)
	if err != nil {
		return nil, err
	}
	z := univariate.NormalQuantile(0.975)
	out = append(out, add("auc", result.Share, area.AUC).WithInterval(max(0, area.AUC-z*area.Error), min(1, area.AUC+z*area.Error)))
	if t.Model.Family.Link == family.Logit {
		c, err := infer.Calibrate(t.y, eta)
		if err != nil {
			return nil, err
		}
		out = append(out,
			add("calibration_intercept", result.LogOdds, c.Intercept).WithInterval(c.Intercept-z*c.InterceptError, c.Intercept+z*c.InterceptError),
			add("calibration_slope", result.Number, c.Slope).WithInterval(c.Slope-z*c.SlopeError, c.Slope+z*c.SlopeError))
	}
	bins, within := infer.Bins(p, t.y, min(calibrationBins, infer.BinCount(t.n))), 0
	for k, b := range bins {
		key := func(quantity string) result.Key {
			return result.Key{Quantity: quantity, Kind: kind, Model: t.Name, Level: strconv.Itoa(k + 1)}
		}
		part := int(math.Round(b.Mean * float64(b.Rows)))
		low, high := univariate.Wilson(part, b.Rows, 0.95)
		predicted := result.Estimate(key("calibration_predicted"), result.Share, b.X, b.Rows)
		predicted.Part = part
		if low <= b.X && b.X <= high {
			within++
		}
		out = append(out, result.Proportion(key("calibration"), part, b.Rows).WithInterval(low, high), predicted)
	}
	return append(out, add("calibration_within", result.Share, float64(within)/float64(len(bins))), add("calibration_bins", result.Count, float64(len(bins)))), nil
}
