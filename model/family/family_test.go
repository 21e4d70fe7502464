package family

import (
	"math"
	"testing"
)

// all are the families with a response that each can have.
var all = []struct {
	family Family
	y      []float64
}{
	{Family{Binomial, Logit}, []float64{0, 1, 0.3}},
	{Family{Binomial, Probit}, []float64{0, 1, 0.3}},
	{Family{Binomial, CLogLog}, []float64{0, 1, 0.3}},
	{Family{Poisson, Log}, []float64{0, 1, 7}},
	{Family{Gaussian, Identity}, []float64{-2, 0, 3}},
	{Family{Gamma, Log}, []float64{0.1, 1, 20}},
}

var tails = []float64{-1e4, -750, -40, 40, 750, 1e4}

func one(v float64) []float64 { return []float64{v} }

// at returns score, information and deviance of one row.
func (f Family) at(eta, y float64) (score, info, deviance float64) {
	s, w := []float64{0}, []float64{0}
	deviance = f.Score(one(eta), one(y), one(1), s, w)
	return s[0], w[0], deviance
}

func near(got, want, tol float64) bool {
	return got == want || math.Abs(got-want) <= tol*max(1, math.Abs(want))
}

func TestScoreIsTheSlopeOfTheLogLikelihood(t *testing.T) {
	for _, c := range all {
		for eta := -5.5; eta <= 5.5; eta += 0.37 {
			for _, y := range c.y {
				const h = 1e-6
				_, _, up := c.family.at(eta+h, y)
				_, _, down := c.family.at(eta-h, y)
				slope := -(up - down) / (4 * h)
				if got, _, _ := c.family.at(eta, y); !near(got, slope, 1e-6*(1+math.Abs(up))) {
					t.Errorf("%v %v: score at η=%.2f, y=%g is %.9g, by differences %.9g", c.family.Dist, c.family.Link, eta, y, got, slope)
				}
			}
		}
	}
}

func TestObservedInformationIsTheSlopeOfTheScore(t *testing.T) {
	for _, c := range all {
		for eta := -14.0; eta <= 3.2; eta += 0.37 {
			for _, y := range c.y {
				const h = 1e-5
				up, _, _ := c.family.at(eta+h, y)
				down, _, _ := c.family.at(eta-h, y)
				s, w := []float64{0}, []float64{0}
				c.family.Newton(one(eta), one(y), one(1), s, w)
				if want := -(up - down) / (2 * h); !near(w[0], want, 1e-7) {
					t.Errorf("%v %v: observed information at η=%.2f, y=%g is %.9g, by differences %.9g", c.family.Dist, c.family.Link, eta, y, w[0], want)
				}
			}
		}
	}
}

func TestInformationIsTheVarianceOfTheScore(t *testing.T) {
	for _, c := range all {
		f := c.family
		for eta := -4.0; eta <= 3; eta += 0.31 {
			mu, comp, deriv, v := []float64{0}, []float64{0}, []float64{0}, []float64{0}
			f.Mean(one(eta), mu, comp, deriv)
			f.Variance(mu, comp, v)
			y := c.y[1]
			score, info, _ := f.at(eta, y)
			if want := deriv[0] * deriv[0] / v[0]; !near(info, want, 1e-12) {
				t.Errorf("%v %v: information at %.2f is %.17g, μ'²/V is %.17g", f.Dist, f.Link, eta, info, want)
			}
			if want := (y - mu[0]) * deriv[0] / v[0]; !near(score, want, 1e-12) {
				t.Errorf("%v %v: score at %.2f is %.17g, (y−μ)μ'/V is %.17g", f.Dist, f.Link, eta, score, want)
			}
		}
	}
}

func TestDevianceIsNotNegativeAndZeroAtTheResponse(t *testing.T) {
	for _, c := range all {
		for _, y := range c.y {
			for eta := -6.0; eta <= 6; eta += 0.5 {
				if _, _, d := c.family.at(eta, y); d < -1e-15 {
					t.Errorf("%v %v: deviance at %g of %g is %g", c.family.Dist, c.family.Link, eta, y, d)
				}
			}
			if y == 0 || y == 1 && c.family.Dist == Binomial {
				continue
			}
			eta := []float64{0}
			c.family.Eta(one(y), one(1-y), eta)
			if s, _, d := c.family.at(eta[0], y); math.Abs(d) > 1e-14 || math.Abs(s) > 1e-13 {
				t.Errorf("%v %v: at μ = y = %g deviance %g and score %g", c.family.Dist, c.family.Link, y, d, s)
			}
		}
	}
}

// TestTails: nothing is NaN however far out; mean and complement add up to 1,
// each accurate by itself; weights do not turn negative.
func TestTails(t *testing.T) {
	for _, c := range all {
		f := c.family
		for _, eta := range tails {
			mu, comp, deriv := []float64{0}, []float64{0}, []float64{0}
			f.Mean(one(eta), mu, comp, deriv)
			response := []float64{0}
			f.Response(one(eta), response)
			if response[0] != mu[0] {
				t.Errorf("%v %v: Response gives %g and Mean %g at %g", f.Dist, f.Link, response[0], mu[0], eta)
			}
			if f.Dist == Binomial && (mu[0]+comp[0] != 1 || deriv[0] < 0 || deriv[0]-deriv[0] != 0) {
				t.Errorf("%v: μ %g, complement %g, derivative %g at %g", f.Link, mu[0], comp[0], deriv[0], eta)
			}
			for _, y := range c.y {
				s, w, d := f.at(eta, y)
				if math.IsNaN(s) || math.IsNaN(w) || math.IsNaN(d) || w < 0 {
					t.Errorf("%v %v: score %g, information %g, deviance %g at η=%g, y=%g", f.Dist, f.Link, s, w, d, eta, y)
				}
				o := []float64{0}
				if f.Newton(one(eta), one(y), one(1), []float64{0}, o); math.IsNaN(o[0]) || o[0] < 0 {
					t.Errorf("%v %v: observed information %g at η=%g, y=%g", f.Dist, f.Link, o[0], eta, y)
				}
				if only := f.Score(one(eta), one(y), one(1), nil, nil); !near(only, d, 1e-13) {
					t.Errorf("%v %v: deviance alone %g, with the score %g at η=%g, y=%g", f.Dist, f.Link, only, d, eta, y)
				}
			}
		}
	}
}

func TestTailsAreAccurate(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"1−μ of the logit at 40", second(logit(40)), math.Exp(-40) / (1 + math.Exp(-40))},
		{"μ of the logit at −40", first(logit(-40)), math.Exp(-40) / (1 + math.Exp(-40))},
		{"μ of the logit at −750", first(logit(-750)), 0},
		// R: pnorm(x, log.p = TRUE) at these points
		{"log Φ(−8)", logNormal(-8), -3.5013437159914552e+01},
		{"log Φ(−29.9)", logNormal(-29.9), -4.5132291245852861e+02},
		{"log Φ(−30.1)", logNormal(-30.1), -4.5732956441638225e+02},
		{"log Φ(−40)", logNormal(-40), -8.0460844201375380e+02},
		{"log Φ(−750)", logNormal(-750), -2.8125753901351750e+05},
		{"log Φ(−1e4)", logNormal(-1e4), -5.0000010129278913e+07},
		{"log Φ(3)", logNormal(3), -1.3508099647481938e-03},
		{"log Φ(9)", logNormal(9), -1.1285884059538408e-19},
		// R: exp(dnorm(x, log = TRUE) - pnorm(x, lower.tail = FALSE, log.p = TRUE))
		{"hazard at 35", hazard(35), 3.5028524970596052e+01},
		{"hazard at 29.9", hazard(29.9), 2.9933370411296476e+01},
		{"hazard at 30.1", hazard(30.1), 3.0133149654578666e+01},
		{"hazard at 2", hazard(2), 2.3732155328228401e+00},
		{"log μ of cloglog at −750", first(cloglogLogs(-750)), -750},
		{"log μ of cloglog at −31", first(cloglogLogs(-31)), -31 - math.Exp(-31)/2},
		{"log μ of cloglog at −29", first(cloglogLogs(-29)), -29 - math.Exp(-29)/2},
		{"log(1−μ) of cloglog at 3", second(cloglogLogs(3)), -math.Exp(3)},
	} {
		if math.Abs(c.got-c.want) > 2e-13*math.Abs(c.want) {
			t.Errorf("%s is %.17g, want %.17g", c.name, c.got, c.want)
		}
	}
}

// logit is the mean of the logit link and its complement.
func logit(eta float64) (mu, comp float64) {
	m, c := []float64{0}, []float64{0}
	Family{Binomial, Logit}.Mean(one(eta), m, c, []float64{0})
	return m[0], c[0]
}

func first(a, _ float64) float64  { return a }
func second(_, b float64) float64 { return b }

func TestLogLikKeepsItsConstants(t *testing.T) {
	// R: dbinom(3, 10, 0.2, log = TRUE), dpois(4, 2.5, log = TRUE)
	binomial := Rows{Y: one(0.3), Trials: one(10)}
	eta := math.Log(0.25)
	f := Family{Binomial, Logit}
	if got := f.LogLik(binomial, f.Score(one(eta), one(0.3), one(10), nil, nil), 1, true); !near(got, -1.6028268537197232, 1e-14) {
		t.Errorf("binomial %.17g", got)
	}
	f = Family{Poisson, Log}
	if got := f.LogLik(Rows{Y: one(4)}, f.Score(one(math.Log(2.5)), one(4), one(1), nil, nil), 1, true); !near(got, -2.0128909028513253, 1e-14) {
		t.Errorf("poisson %.17g", got)
	}
}

func TestNewNamesTheChoices(t *testing.T) {
	for _, c := range []struct{ family, link, want string }{
		{"binomial", "", "binomial logit"}, {"Binomial", "probit", "binomial probit"}, {"gamma", "log", "gamma log"},
		{"weibull", "", `there is no family "weibull"; choose one of binomial, poisson, gaussian, gamma`},
		{"poisson", "logit", `the family poisson has no link "logit"; choose one of log`},
		{"binomial", "log", `the family binomial has no link "log"; choose one of logit, probit, cloglog`},
	} {
		f, err := New(c.family, c.link)
		got := f.Dist.String() + " " + f.Link.String()
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("New(%q, %q): %s; want %s", c.family, c.link, got, c.want)
		}
	}
}
