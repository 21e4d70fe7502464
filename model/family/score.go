package family

import (
	"math"

	"bidrag/model/kernel"
)

// Rows are the observations that the log-likelihood of a family is about. All
// slices have one element a row; they are read and kept, never changed.
type Rows struct {
	Y      []float64 // binomial: share of successes; else the response
	Weight []float64 // what each row's log-likelihood is multiplied with; nil is 1
	Trials []float64 // binomial: number of trials; nil is 1
}

// Scale fills a with weight times trials: what one row counts.
func (r Rows) Scale(a []float64) {
	for i := range a {
		a[i] = 1
	}
	copy(a, r.Weight)
	for i, m := range r.Trials {
		a[i] *= m
	}
}

// Score fills, for linear predictors η and rows y that count a each, the score
// and the expected information of every row,
//
//	score = a (y − μ) μ' / V(μ),   info = a μ'² / V(μ)
//
// without their factor 1/dispersion, and returns the deviance of the rows.
// score and info may both be nil. In the tails the ratios are computed as
// such: they are finite where μ, V and μ' underflow. A deviance is +Inf where
// a response is impossible to working precision.
func (f Family) Score(eta, y, a, score, info []float64) (deviance float64) {
	if score == nil {
		return f.deviance(eta, y, a)
	}
	return f.derivatives(eta, y, a, score, info, false)
}

// Newton is [Family.Score] with the observed information, minus the second
// derivative of the log-likelihood by η. It is the expected one for canonical
// links, and never negative for any link that there is.
func (f Family) Newton(eta, y, a, score, info []float64) (deviance float64) {
	return f.derivatives(eta, y, a, score, info, true)
}

func (f Family) derivatives(eta, y, a, score, info []float64, observed bool) (deviance float64) {
	switch f.Link {
	case Logit:
		return logitScore(eta, y, a, score, info)
	case Probit:
		return probitScore(eta, y, a, score, info, observed)
	case CLogLog:
		return cloglogScore(eta, y, a, score, info, observed)
	case Identity:
		for i, e := range eta {
			score[i], info[i] = a[i]*(y[i]-e), a[i]
		}
	case Log:
		if f.Dist == Gamma {
			gammaScore(eta, y, a, score, info, observed)
		} else {
			poissonScore(eta, y, a, score, info)
		}
	}
	return f.deviance(eta, y, a)
}

func (f Family) deviance(eta, y, a []float64) float64 {
	sum := 0.0
	switch {
	case f.Link == Logit:
		for i, e := range eta {
			sum += a[i] * binomialDeviance(y[i], -softplus(-e), -softplus(e))
		}
	case f.Link == Probit:
		for i, e := range eta {
			sum += a[i] * binomialDeviance(y[i], logNormal(e), logNormal(-e))
		}
	case f.Link == CLogLog:
		for i, e := range eta {
			lm, lc := cloglogLogs(e)
			sum += a[i] * binomialDeviance(y[i], lm, lc)
		}
	case f.Dist == Poisson:
		for i, e := range eta {
			sum += a[i] * poissonDeviance(y[i], e)
		}
	case f.Dist == Gamma:
		for i, e := range eta {
			r := math.Log(y[i]) - e
			sum += a[i] * 2 * (math.Expm1(r) - r)
		}
	default:
		for i, e := range eta {
			d := y[i] - e
			sum += a[i] * d * d
		}
	}
	return sum
}

// softplus is log(1+eˣ).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// logitScore: the score is a(y−μ), the information aμ(1−μ).
func logitScore(eta, y, a, score, info []float64) (deviance float64) {
	if wholly(y) {
		return 2 * kernel.Logistic(eta, y, a, score, info)
	}
	for i, e := range eta {
		x := math.Exp(-math.Abs(e))
		large := 1 / (1 + x)
		small := x * large
		t := math.Log1p(x) // −log large
		mu, comp, logMu, logComp := large, small, -t, -e-t
		if e < 0 {
			mu, comp, logMu, logComp = small, large, e-t, -t
		}
		yi, ai := y[i], a[i]
		score[i] = ai * (yi*comp - (1-yi)*mu)
		info[i] = ai * large * small
		deviance += ai * binomialDeviance(yi, logMu, logComp)
	}
	return deviance
}

// wholly tells whether all shares, from 0 to 1, are one or the other; the
// log-likelihood itself is the deviance then. There is no branch to predict.
func wholly(y []float64) bool {
	between := 0.0
	for _, v := range y {
		between += v * (1 - v)
	}
	return between == 0
}

// binomialDeviance is −2 times the log-likelihood of a share y, less its
// largest value.
func binomialDeviance(y, logMu, logComp float64) float64 {
	switch y {
	case 0:
		return -2 * logComp
	case 1:
		return -2 * logMu
	}
	return 2 * (y*(math.Log(y)-logMu) + (1-y)*(math.Log1p(-y)-logComp))
}

// probitScore: with the hazard h(x) = φ(x)/Φ(−x) the score is
// a(y h(−η) − (1−y) h(η)), the information a h(η) h(−η), and the observed one
// a(y h(−η)(h(−η)+η) + (1−y) h(η)(h(η)−η)).
func probitScore(eta, y, a, score, info []float64, observed bool) (deviance float64) {
	for i, e := range eta {
		up, down := hazard(-e), hazard(e)
		score[i] = a[i] * (y[i]*up - (1-y[i])*down)
		if observed {
			info[i] = a[i] * (y[i]*up*max(up+e, 0) + (1-y[i])*down*max(down-e, 0))
		} else {
			info[i] = a[i] * up * down
		}
		deviance += a[i] * binomialDeviance(y[i], logNormal(e), logNormal(-e))
	}
	return deviance
}

// cloglogScore: with t = eᵑ the score of a success is t/(eᵗ−1), of a failure
// −t, and the information t²/(eᵗ−1). The observed information of a success is
// t/(eᵗ−1) (t/(1−e⁻ᵗ) − 1), of a failure t.
func cloglogScore(eta, y, a, score, info []float64, observed bool) (deviance float64) {
	for i, e := range eta {
		t := math.Exp(e)
		up, curve := cloglogSuccess(t)
		s, w := y[i]*up, 0.0
		if y[i] < 1 {
			s -= (1 - y[i]) * t
		}
		switch {
		case observed && y[i] < 1:
			w = y[i]*curve + (1-y[i])*t
		case observed:
			w = curve
		case up > 0:
			w = t * up
		}
		lm, lc := cloglogLogs(e)
		score[i], info[i] = a[i]*s, a[i]*w
		deviance += a[i] * binomialDeviance(y[i], lm, lc)
	}
	return deviance
}

// cloglogSuccess returns the score of a success and its observed information.
func cloglogSuccess(t float64) (up, curve float64) {
	switch {
	case t > 700:
		return 0, 0
	case t < 1e-5: // t/(eᵗ−1) = 1 − t/2 + …, t/(1−e⁻ᵗ) − 1 = t/2 + …
		return 1 - t/2, t / 2
	}
	up = t / math.Expm1(t)
	return up, up * (-t/math.Expm1(-t) - 1)
}

// cloglogLogs returns log μ and log(1−μ) of the complementary log-log link.
func cloglogLogs(eta float64) (logMu, logComp float64) {
	t := math.Exp(eta)
	switch {
	case eta < -30: // log(1−e⁻ᵗ) = log t − t/2 + …
		return eta - t/2, -t
	case t > 1:
		return math.Log1p(-math.Exp(-t)), -t
	}
	return math.Log(-math.Expm1(-t)), -t
}

func poissonScore(eta, y, a, score, info []float64) {
	kernel.Exp(info, eta)
	for i, mu := range info {
		score[i], info[i] = a[i]*(y[i]-mu), a[i]*mu
	}
}

// poissonDeviance is 2(y log(y/μ) − (y−μ)) with μ = eᵑ.
func poissonDeviance(y, eta float64) float64 {
	if y == 0 {
		return 2 * math.Exp(eta)
	}
	r := eta - math.Log(y) // log(μ/y)
	return 2 * y * (math.Expm1(r) - r)
}

// gammaScore: the score is a(y/μ − 1), the expected information a, the
// observed one a y/μ.
func gammaScore(eta, y, a, score, info []float64, observed bool) {
	for i, e := range eta {
		info[i] = -e
	}
	kernel.Exp(info, info)
	for i, inverse := range info {
		r := y[i] * inverse
		score[i], info[i] = a[i]*(r-1), a[i]
		if observed {
			info[i] = a[i] * r
		}
	}
}
