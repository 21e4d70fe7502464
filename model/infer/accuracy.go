package infer

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"

	"bidrag/model/family"
	"bidrag/model/glm"
)

// Brier is the mean squared distance of predicted probabilities from outcomes
// y, 1 for success and 0 for failure:
//
//	Σ (y_i − p_i)² / n
//
// Source: Brier (1950), Monthly Weather Review 78, 1–3.
func Brier(y, p []float64) float64 {
	if len(y) != len(p) {
		panic(fmt.Sprintf("infer: shapes differ: %d outcomes, %d probabilities", len(y), len(p)))
	}
	sum := 0.0
	for i, v := range y {
		sum += (v - p[i]) * (v - p[i])
	}
	return sum / float64(len(y))
}

// An Area is the area under the receiver operating characteristic: the
// probability that a success has a higher score than a failure, ties half.
type Area struct {
	AUC                 float64
	Error               float64 // DeLong's standard error; NaN with fewer than two successes or failures
	Successes, Failures int
}

// AreaUnderCurve returns the area of scores for outcomes y, 1 for success and
// 0 for failure. With the placements, the share of failures below a success i
// and of successes above a failure j (ties half)
//
//	v_i = (#{failures < s_i} + ½#{=})/n₀,   w_j = (#{successes > s_j} + ½#{=})/n₁
//	AUC = mean v,   error² = var(v)/n₁ + var(w)/n₀
//
// The time is that of sorting. It is an error when there are no successes, no
// failures, other outcomes, or scores that are not numbers.
//
// Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, 837–845;
// by one sorting as in Sun and Xu (2014), IEEE Signal Process. Lett. 21,
// 1389–1393; R's pROC.
func AreaUnderCurve(y, score []float64) (Area, error) {
	if len(y) != len(score) {
		panic(fmt.Sprintf("infer: shapes differ: %d outcomes, %d scores", len(y), len(score)))
	}
	var a Area
	for i, v := range y {
		switch {
		case math.IsNaN(score[i]):
			return Area{}, fmt.Errorf("row %d has no score", i+1)
		case v == 1:
			a.Successes++
		case v == 0:
			a.Failures++
		default:
			return Area{}, fmt.Errorf("the outcome must be 0 or 1; row %d has %g", i+1, v)
		}
	}
	if a.Successes == 0 || a.Failures == 0 {
		return Area{}, fmt.Errorf("there are %d successes and %d failures; an area compares the two", a.Successes, a.Failures)
	}
	var of [2]spreadSum // of failures, of successes
	below := [2]int{}
	total := [2]float64{float64(a.Failures), float64(a.Successes)}
	tied(score, func(run []int) {
		var here [2]int
		for _, i := range run {
			here[int(y[i])]++
		}
		of[1].add((float64(below[0])+float64(here[0])/2)/total[0], here[1])
		of[0].add((total[1]-float64(below[1])-float64(here[1])/2)/total[1], here[0])
		below[0] += here[0]
		below[1] += here[1]
	})
	a.AUC = of[1].mean
	a.Error = math.Sqrt(of[1].variance()/total[1] + of[0].variance()/total[0])
	return a, nil
}

// A spreadSum is a running mean and sum of squared deviations (Welford 1962).
type spreadSum struct {
	count, mean, squares float64
}

func (s *spreadSum) add(v float64, times int) {
	if times == 0 {
		return
	}
	k := float64(times)
	s.count += k
	d := v - s.mean
	s.mean += d * k / s.count
	s.squares += k * d * (v - s.mean)
}

// variance has the divisor n − 1.
func (s *spreadSum) variance() float64 {
	if s.count < 2 {
		return math.NaN()
	}
	return s.squares / (s.count - 1)
}

// tied calls do with the indices of every run of equal values, upwards; within
// a run they are in order.
func tied(values []float64, do func(run []int)) {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return values[order[a]] < values[order[b]] })
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && values[order[end]] == values[order[start]] {
			end++
		}
		do(order[start:end])
		start = end
	}
}

// A Bin is the rows with about the same value of x.
type Bin struct {
	Rows      int
	Low, High float64 // smallest and largest x
	X         float64 // mean x
	Mean      float64 // mean of what is binned
	Error     float64 // its standard error, sd/√rows; NaN for one row
}

// Bins averages v in at most so many bins of x, each of about as many rows.
// Equal values of x stay together: with r the average rank of x_i,
//
//	bin_i = ⌊bins (r_i − ½)/n⌋
//
// so that no row's bin depends on the order of rows; bins without rows are
// missing. With probabilities for x and outcomes for v it is the calibration
// curve; with a covariate or fitted values for x and y − μ for v it is binned
// residuals, of which 95 percent should lie within ±2 errors of 0.
//
// Source: Gelman and Hill (2007), Data Analysis Using Regression and
// Multilevel/Hierarchical Models, 5.6; [BinCount] for how many.
func Bins(x, v []float64, bins int) []Bin {
	if len(x) != len(v) || bins < 1 {
		panic(fmt.Sprintf("infer: shapes differ: %d values of x, %d of v, %d bins", len(x), len(v), bins))
	}
	var out []Bin
	var xs, vs spreadSum
	last, before := -1, 0
	tied(x, func(run []int) {
		at := bins * (2*before + len(run)) / (2 * len(x))
		before += len(run)
		value := x[run[0]]
		if at != last {
			out = append(out, Bin{Low: value})
			xs, vs, last = spreadSum{}, spreadSum{}, at
		}
		for _, i := range run {
			vs.add(v[i], 1)
		}
		xs.add(value, len(run))
		b := &out[len(out)-1]
		b.Rows += len(run)
		b.High, b.X, b.Mean = value, xs.mean, vs.mean
		b.Error = math.Sqrt(vs.variance() / vs.count)
	})
	return out
}

// BinCount is the number of bins for binned residuals of n rows: √n from 100
// rows, 10 from 11, else half of the rows, as binnedplot of R's arm has it.
func BinCount(n int) int {
	switch {
	case n >= 100:
		return int(math.Sqrt(float64(n)))
	case n > 10:
		return 10
	}
	return max(n/2, 1)
}

// A Calibration is how predicted log odds η would have to be changed to fit
// the outcomes: logit P(y = 1) = a + bη.
type Calibration struct {
	Intercept, InterceptError float64 // a with b = 1: 0 when predictions are right on the whole
	Slope, SlopeError         float64 // b with a free: 1 when right, below 1 when predictions are too extreme
}

// Calibrate fits the logistic recalibration of linear predictors eta, on the
// logit scale, to outcomes y from 0 to 1. For the rows the model was fitted to
// by logit they are 0 and 1; it is meant for others, and for predictions at
// the modes of random effects. It is an error when outcomes are separated by
// eta, or eta is constant.
//
// Source: Cox (1958), Biometrika 45, 562–565; Miller, Langefeld, Tierney, Hui
// and McDonald (1993), Medical Decision Making 13, 49–58.
func Calibrate(y, eta []float64) (Calibration, error) {
	if len(y) != len(eta) {
		panic(fmt.Sprintf("infer: shapes differ: %d outcomes, %d predictors", len(y), len(eta)))
	}
	n := len(y)
	x := make([]float64, 2*n)
	for i, v := range eta {
		x[i], x[n+i] = 1, v
	}
	f := family.Family{Dist: family.Binomial, Link: family.Logit}
	whole, err := glm.Fit(glm.Data{N: n, P: 1, X: x[:n], Y: y, Offset: eta, Family: f}, glm.Options{})
	if err != nil {
		return Calibration{}, err
	}
	line, err := glm.Fit(glm.Data{N: n, P: 2, X: x, Y: y, Family: f}, glm.Options{})
	if err != nil {
		return Calibration{}, err
	}
	switch {
	case whole.Status != glm.Converged:
		return Calibration{}, fmt.Errorf("the recalibration has no intercept: %s", whole.Reason)
	case line.Status != glm.Converged:
		return Calibration{}, fmt.Errorf("the recalibration has no slope: %s", line.Reason)
	case line.Aliased[1]:
		return Calibration{}, fmt.Errorf("the recalibration has no slope: all predictions are the same")
	}
	return Calibration{
		Intercept: whole.Beta[0], InterceptError: math.Sqrt(whole.Cov[0]),
		Slope: line.Beta[1], SlopeError: math.Sqrt(line.Cov[3]),
	}, nil
}

// A Dispersion compares the Pearson residuals with what a model without a
// dispersion of its own expects.
type Dispersion struct {
	Statistic float64 // Σ Pearson residual²
	DF        float64 // residual degrees of freedom
	Ratio     float64 // Statistic/DF: about 1, above it when there is over-dispersion
	P         float64 // by χ² with DF, for over-dispersion
}

// Overdispersion is the Pearson test. It has no meaning for outcomes of single
// trials, nor where expected counts are small.
//
// Source: McCullagh and Nelder (1989), Generalized Linear Models, 4.5.
func Overdispersion(pearson []float64, df float64) Dispersion {
	d := Dispersion{Statistic: squared(pearson), DF: df, Ratio: math.NaN(), P: math.NaN()}
	if df > 0 {
		d.Ratio = d.Statistic / df
		d.P = mathext.GammaIncRegComp(df/2, d.Statistic/2)
	}
	return d
}
