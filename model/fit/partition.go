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
// method, symmetric for log σ and for the logit of the share, so that none leaves
// its range. Near zero these scales run off to minus infinity: a variance whose
// standard error is as large as itself has an interval symmetric for σ², and one
// for the share itself, both from zero. They are NaN for a variance of zero,
// whose estimate lies at its bound. false is returned for other families, without random terms, and with random slopes, whose
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
		share := make([]float64, len(d))
		for j := range d {
			share[j] = d[j]/all - part/(all*all)
		}
		out = append(out, Component{Group: group, SD: m.sdOf(part, d, cov), Share: m.shareOf(part, all, d, share, cov)})
	}
	return out, true
}

// sdOf is the root of a variance with gradient d by the variances.
func (m *Model) sdOf(variance float64, d, cov []float64) Margin {
	out := unbounded(math.Sqrt(variance))
	if cov == nil || !(variance > 0) {
		return out
	}
	error := infer.DeltaError(d, cov)
	out.StdError = error / (2 * out.Value)
	if half := m.width() * error; error < variance {
		out.Low, out.High = out.Value*math.Exp(-half/(2*variance)), out.Value*math.Exp(half/(2*variance))
	} else {
		out.Low, out.High = math.Sqrt(max(0, variance-half)), math.Sqrt(variance+half)
	}
	return out
}

// shareOf is a variance's share of all, with gradient by the variances.
func (m *Model) shareOf(variance, all float64, d, gradient, cov []float64) Margin {
	out := unbounded(variance / all)
	if cov == nil || !(variance > 0) {
		return out
	}
	out.StdError = infer.DeltaError(gradient, cov)
	p, half := out.Value, m.width()*out.StdError
	if infer.DeltaError(d, cov) < variance {
		odds, spread := p/(1-p), math.Exp(half/(p*(1-p)))
		out.Low, out.High = odds/(odds+spread), odds*spread/(1+odds*spread)
	} else {
		out.Low, out.High = max(0, p-half), min(1, p+half)
	}
	return out
}

func unbounded(value float64) Margin {
	return Margin{Value: value, StdError: math.NaN(), Low: math.NaN(), High: math.NaN()}
}

// width is the normal quantile of the model's intervals.
func (m *Model) width() float64 { return quantile(0.5+m.options.ConfLevel/2, math.Inf(1)) }

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
