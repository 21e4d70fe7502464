package infer

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Pooled is an estimate of p parameters from m completed data sets, in each of
// which gaps were filled anew: multiple imputation. With Q̂_k the estimate from
// set k and U_k its covariance,
//
//	estimate                     Q̄ = Σ Q̂_k / m
//	within the sets              U = Σ U_k / m
//	between them                 B = Σ (Q̂_k − Q̄)(Q̂_k − Q̄)' / (m − 1)
//	total covariance             T = U + (1 + 1/m) B
//
// and, for each parameter by itself, of what the gaps cost,
//
//	relative increase in variance     r = (1 + 1/m) B/U
//	share of variance due to the gaps λ = (1 + 1/m) B/T
//	degrees of freedom                ν = (1/ν_m + 1/ν_obs)⁻¹
//	    of m sets                     ν_m = (m − 1)/λ²
//	    of the data that were observed  ν_obs = (1 − λ) ν_com (ν_com + 1)/(ν_com + 3)
//	fraction of missing information   γ = (r + 2/(ν + 3))/(r + 1)
//	Monte Carlo error of Q̄            √(B/m)
//
// where ν_com are the degrees of freedom that complete data would have. When
// nothing differs between the sets, λ is 0 and ν_m infinite. (R's mice takes λ
// to be 0.0001 at least in ν, but not in γ's r.)
//
// Source: Rubin (1987), Multiple Imputation for Nonresponse in Surveys, 3.1;
// Barnard and Rubin (1999), Biometrika 86, 948–955, for ν; van Buuren (2018),
// Flexible Imputation of Missing Data, 2.3; White, Royston and Wood (2011),
// Statistics in Medicine 30, 377–399, for the Monte Carlo error.
type Pooled struct {
	Sets int // m

	Estimate []float64 // p: Q̄; NaN for a parameter without an estimate in some set
	Within   []float64 // p×p: U
	Between  []float64 // p×p: B
	Cov      []float64 // p×p: T

	StdError   []float64 // p: √T
	DF         []float64 // p: ν, of t; may be infinite
	Increase   []float64 // p: r
	Lambda     []float64 // p: λ
	FMI        []float64 // p: γ
	MonteCarlo []float64 // p: how far Q̄ would typically lie from that of infinitely many sets

	complete float64 // ν_com
}

// ErrOneSet is the error of pooling fewer than two completed data sets.
var ErrOneSet = errors.New("fewer than two completed data sets have an estimate, so nothing tells what the gaps cost")

// Pool pools the estimates of the same p parameters from m completed data sets,
// each with its p×p covariance row by row, by Rubin's rules. df are the degrees
// of freedom of an estimate from complete data, infinite when intervals are by
// the normal distribution. The error is [ErrOneSet].
func Pool(estimates, covs [][]float64, df float64) (*Pooled, error) {
	m := len(estimates)
	if m < 2 {
		return nil, ErrOneSet
	}
	p := len(estimates[0])
	for k := range estimates {
		if len(covs) != m || len(estimates[k]) != p || len(covs[k]) != p*p {
			panic(fmt.Sprintf("infer: shapes differ: %d estimates, %d covariances; set %d has not %d parameters", m, len(covs), k, p))
		}
	}
	out := &Pooled{Sets: m, Estimate: average(estimates, p), Within: average(covs, p*p), Between: make([]float64, p*p), Cov: make([]float64, p*p), complete: df}
	for _, q := range estimates {
		for a := range p {
			for b := range p {
				out.Between[a*p+b] += (q[a] - out.Estimate[a]) * (q[b] - out.Estimate[b]) / float64(m-1)
			}
		}
	}
	for i, u := range out.Within {
		out.Cov[i] = u + (1+1/float64(m))*out.Between[i]
	}
	out.costs(p)
	return out, nil
}

// average is the mean of vectors of n numbers.
func average(vectors [][]float64, n int) []float64 {
	out := make([]float64, n)
	for _, v := range vectors {
		for i, x := range v {
			out[i] += x
		}
	}
	for i := range out {
		out[i] /= float64(len(vectors))
	}
	return out
}

// costs is what the gaps cost each of the p parameters.
func (q *Pooled) costs(p int) {
	for _, to := range []*[]float64{&q.StdError, &q.DF, &q.Increase, &q.Lambda, &q.FMI, &q.MonteCarlo} {
		*to = make([]float64, p)
	}
	m := float64(q.Sets)
	for j := range p {
		u, b, t := q.Within[j*p+j], q.Between[j*p+j], q.Cov[j*p+j]
		q.StdError[j], q.MonteCarlo[j] = math.Sqrt(t), math.Sqrt(b/m)
		q.Lambda[j], q.Increase[j] = (1+1/m)*b/t, (1+1/m)*b/u
		if b == 0 {
			q.Lambda[j], q.Increase[j] = 0, 0
		}
		q.DF[j] = barnardRubin(q.Lambda[j], m, q.complete)
		q.FMI[j] = (q.Increase[j] + 2/(q.DF[j]+3)) / (q.Increase[j] + 1)
		if math.IsInf(q.Increase[j], 1) {
			q.FMI[j] = 1
		}
	}
}

// barnardRubin are the degrees of freedom of a pooled estimate.
func barnardRubin(lambda, m, complete float64) float64 {
	sets := (m - 1) / (lambda * lambda) // infinite without a difference between the sets
	if math.IsInf(complete, 1) {
		return sets
	}
	observed := (complete + 1) / (complete + 3) * complete * (1 - lambda)
	return 1 / (1/sets + 1/observed)
}

// Interval is the interval of parameter j that holds it with probability level,
// by t with its degrees of freedom; of infinitely many, by the normal distribution.
func (q *Pooled) Interval(j int, level float64) (low, high float64) {
	half := studentQuantile(0.5+level/2, q.DF[j]) * q.StdError[j]
	return q.Estimate[j] - half, q.Estimate[j] + half
}

// PValue tests that parameter j is zero, on both sides.
func (q *Pooled) PValue(j int) float64 {
	t := math.Abs(q.Estimate[j]) / q.StdError[j]
	if math.IsNaN(t) || math.IsNaN(q.DF[j]) {
		return math.NaN()
	}
	return 2 * studentTail(t, q.DF[j])
}

func studentQuantile(p, df float64) float64 {
	switch {
	case math.IsNaN(df) || !(df > 0):
		return math.NaN()
	case df > manyDF:
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}

// manyDF are degrees of freedom with which t is normal to working precision.
const manyDF = 1e10

// studentTail is the probability above t.
func studentTail(t, df float64) float64 {
	if df > manyDF {
		return distuv.UnitNormal.CDF(-t)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-t)
}

// A WaldTest tests several parameters at once.
type WaldTest struct {
	F        float64 // the statistic D₁
	DF       float64 // of the numerator: parameters
	DenDF    float64 // of the denominator; may be infinite
	Increase float64 // average relative increase in variance
	PValue   float64
}

// Wald tests that the given parameters are all zero, k of them, taking the
// relative increase in variance to be the same for all:
//
//	r  = (1 + 1/m) tr(B U⁻¹)/k
//	D₁ = Q̄' U⁻¹ Q̄ / (k (1 + r))                    by F(k, ν)
//	ν  = 4 + (t − 4) (1 + (1 − 2/t)/r)²             t = k(m − 1) > 4
//	   = t (1 + 1/k) (1 + 1/r)² / 2                 else
//
// Where complete data would have a finite number of degrees of freedom and t is
// above 4, ν is Reiter's. The error is that of parameters without estimates, or
// whose covariance is singular.
//
// Source: Li, Raghunathan and Rubin (1991), JASA 86, 1065–1073; Reiter (2007),
// Biometrika 94, 502–508.
func (q *Pooled) Wald(parameters []int) (WaldTest, error) {
	k, p := len(parameters), len(q.Estimate)
	if k == 0 {
		return WaldTest{}, errors.New("no parameter is to be tested")
	}
	within, between, estimate := mat.NewSymDense(k, nil), mat.NewDense(k, k, nil), mat.NewVecDense(k, nil)
	for a, i := range parameters {
		estimate.SetVec(a, q.Estimate[i])
		for b, j := range parameters {
			if v := q.Within[i*p+j] + q.Between[i*p+j]; v-v != 0 {
				return WaldTest{}, errors.New("a parameter has no estimate in some of the completed data sets")
			}
			between.Set(a, b, q.Between[i*p+j])
			within.SetSym(a, b, q.Within[i*p+j])
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(within) {
		return WaldTest{}, errors.New("the parameters cannot be tested together: some are combinations of the others")
	}
	var ratio mat.Dense
	var solved mat.VecDense
	if err := errors.Join(factor.SolveTo(&ratio, between), factor.SolveVecTo(&solved, estimate)); err != nil {
		return WaldTest{}, fmt.Errorf("the parameters cannot be tested together: %w", err)
	}
	m := float64(q.Sets)
	out := WaldTest{DF: float64(k), Increase: (1 + 1/m) * ratio.Trace() / float64(k)}
	out.F = mat.Dot(estimate, &solved) / (float64(k) * (1 + out.Increase))
	out.DenDF = waldDF(float64(k), m, out.Increase, q.complete)
	out.PValue = fTail(out.F, out.DF, out.DenDF)
	return out, nil
}

// waldDF are the degrees of freedom of D₁'s denominator.
func waldDF(k, m, r, complete float64) float64 {
	t := k * (m - 1)
	switch {
	case t <= 4:
		return t * (1 + 1/k) * (1 + 1/r) * (1 + 1/r) / 2
	case math.IsInf(complete, 1):
		a := 1 + (1-2/t)/r
		return 4 + (t-4)*a*a
	}
	a := r * t / (t - 2)
	observed := (complete + 1) / (complete + 3) * complete
	c0, c1, c2 := 1/(t-4), observed-2*(1+a), observed-4*(1+a)
	z := 1/c2 +
		c0*(a*a*c1/((1+a)*(1+a)*c2)) +
		c0*(8*a*a*c1/((1+a)*c2*c2)+4*a*a/((1+a)*c2)) +
		c0*(4*a*a/(c2*c1)+16*a*a*c1/(c2*c2*c2)) +
		c0*(8*a*a/(c2*c2))
	return 4 + 1/z
}

// fTail is the probability of F(k, df) above x.
func fTail(x, k, df float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsNaN(df) || !(df > 0):
		return math.NaN()
	case df > manyDF:
		return ChiSquareTail(k*x, int(k))
	}
	return distuv.F{D1: k, D2: df}.Survival(x)
}
