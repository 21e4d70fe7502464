package infer

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// An Inflation is how much larger the joint confidence region of a term's
// coefficients is because its columns go together with those of other terms.
type Inflation struct {
	Term int     // as in the argument
	DF   int     // coefficients of the term that are estimated
	GVIF float64 // generalised variance inflation factor; with one coefficient the usual VIF
	Root float64 // GVIF^(1/(2 DF)): per coefficient, on the scale of standard errors
}

// InflationFactors returns the generalised variance inflation factors by term,
//
//	GVIF = det R₁₁ · det R₂₂ / det R
//
// with R the correlation matrix of the coefficient estimates, R₁₁ its part of
// the term and R₂₂ that of all others. cov is p×p, NaN in rows and columns of
// aliased coefficients, which do not count; term is the term of every
// coefficient, 0 for the intercept, which is left out of R. Without an
// intercept the factors are of little meaning, as columns are not centred.
// Terms are in order of first appearance; one with nothing but aliased
// coefficients is missing. A factor is +Inf where R has no inverse.
//
// Source: Fox and Monette (1992), J. Am. Stat. Assoc. 87, 178–183; R's
// car::vif for models other than unweighted linear ones, which has the same
// numbers there.
func InflationFactors(cov []float64, term []int) []Inflation {
	p := len(term)
	if len(cov) != p*p {
		panic(fmt.Sprintf("infer: shapes differ: %d coefficients, covariance %d", p, len(cov)))
	}
	var all, terms []int
	members := map[int][]int{}
	for j, t := range term {
		if t == 0 || math.IsNaN(cov[j*p+j]) {
			continue
		}
		if members[t] == nil {
			terms = append(terms, t)
		}
		members[t] = append(members[t], j)
		all = append(all, j)
	}
	whole := logDetCorrelation(cov, p, all)
	out := make([]Inflation, 0, len(terms))
	for _, t := range terms {
		var others []int
		for _, j := range all {
			if term[j] != t {
				others = append(others, j)
			}
		}
		log := logDetCorrelation(cov, p, members[t]) + logDetCorrelation(cov, p, others) - whole
		if math.IsInf(whole, -1) {
			log = math.Inf(1)
		}
		df := len(members[t])
		out = append(out, Inflation{Term: t, DF: df, GVIF: math.Exp(log), Root: math.Exp(log / float64(2*df))})
	}
	return out
}

// logDetCorrelation is the logarithm of the determinant of the correlation
// matrix of some of p coefficients; 0 for none, −Inf when it is singular.
func logDetCorrelation(cov []float64, p int, of []int) float64 {
	if len(of) == 0 {
		return 0
	}
	r := mat.NewSymDense(len(of), nil)
	for a, i := range of {
		for b, j := range of[:a+1] {
			r.SetSym(a, b, cov[i*p+j]/math.Sqrt(cov[i*p+i]*cov[j*p+j]))
		}
	}
	var c mat.Cholesky
	if !c.Factorize(r) {
		return math.Inf(-1)
	}
	return c.LogDet()
}
