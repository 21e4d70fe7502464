package fit

import (
	"math"

	"bidrag/model/family"
	"bidrag/model/infer"
)

// A Component is what one grouping adds to how the response varies, on the
// scale of the linear predictor.
type Component struct {
	Group string // "" for all groupings together
	SD    Margin // √σ²; of all groupings √Σσ²
	Share Margin // of all that the fixed part leaves: the intraclass correlation
}

// Partition splits what a model with random intercepts leaves unexplained by
// its fixed part over its levels, every grouping in the order of the formula and
// last all of them together:
//
//	share of g = σ²_g / (Σσ² + σ²_d),   σ²_d = π²/3, 1 or π²/6 by the link
//
// The rest, 1 less the last share, is the variation within groups. Intervals are
// from the joint covariance of the variances (glmm.Estimate.Joint) by the delta
// method, symmetric for log σ and for the logit of the share, so that none leaves its range; they
// are NaN for a variance of zero, whose estimate lies at its bound. false is
// returned for other families, without random terms, and with random slopes, whose
// variation is not the same for every row.
//
// Source: Goldstein, Browne and Rasbash (2002), Understanding Statistics 1,
// 223–231, for the partition; Nakagawa, Johnson and Schielzeth (2017), J. R. Soc.
// Interface 14, 20170213, for the intraclass correlation.
func (m *Model) Partition() ([]Component, bool) {
	if m.mixed == nil || m.Family.Dist != family.Binomial {
		return nil, false
	}
	var variance []float64
	for k, t := range m.mixed.Terms {
		if r := m.Result.Random[k]; len(r.Terms) != 1 || r.Terms[0] != "(Intercept)" {
			return nil, false
		}
		variance = append(variance, t.Cov[0])
	}
	residual := latentVariance(m.Family.Link)
	cov := m.varianceCov(len(variance))
	total := 0.0
	for _, v := range variance {
		total += v
	}
	var out []Component
	for k := range len(variance) + 1 {
		// Part is the variance in question, d its derivatives by the variances.
		part, d, group := total, make([]float64, len(variance)), ""
		for j := range d {
			d[j] = 1
		}
		if k < len(variance) {
			part, group = variance[k], m.Result.Random[k].Group
			clear(d)
			d[k] = 1
		}
		all := total + residual
		sd, share := make([]float64, len(d)), make([]float64, len(d))
		for j := range d {
			sd[j] = d[j] / (2 * math.Sqrt(part))
			share[j] = d[j]/all - part/(all*all)
		}
		out = append(out, Component{
			Group: group,
			SD:    m.bounded(math.Sqrt(part), sd, cov, math.Log, math.Exp, func(x float64) float64 { return 1 / x }),
			Share: m.bounded(part/all, share, cov, func(p float64) float64 { return math.Log(p / (1 - p)) },
				func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, func(p float64) float64 { return 1 / (p * (1 - p)) }),
		})
	}
	return out, true
}

// bounded is a positive number with the standard error of its gradient, and an
// interval that is symmetric after a transformation with the given derivative.
func (m *Model) bounded(value float64, gradient, cov []float64, to, back, slope func(float64) float64) Margin {
	out := Margin{Value: value, StdError: math.NaN(), Low: math.NaN(), High: math.NaN()}
	if cov == nil || !(value > 0) {
		return out
	}
	out.StdError = infer.DeltaError(gradient, cov)
	half := quantile(0.5+m.options.ConfLevel/2, math.Inf(1)) * out.StdError * slope(value)
	out.Low, out.High = back(to(value)-half), back(to(value)+half)
	return out
}

// varianceCov is the covariance of the variances of n random intercepts, nil
// when it is not known.
func (m *Model) varianceCov(n int) []float64 {
	joint := m.mixed.Joint()
	if joint == nil {
		return nil
	}
	p := len(m.Beta)
	size := p + n
	out := make([]float64, n*n)
	for a := range n {
		for b := range n {
			out[a*n+b] = joint[(p+a)*size+p+b]
		}
	}
	return out
}
