package kernel

import (
	"fmt"
	"math"
)

// lanes is how many numbers the assembly takes at a time.
const lanes = 4

// Exp fills dst with the exponentials of x, accurate to one unit in the last
// place (without assembly, as math.Exp is); 0 and +Inf far out, NaN for NaN. dst may be x.
//
// Source: Cody and Waite (1980), Software Manual for the Elementary Functions,
// chapter 6, for the reduction; Tang (1989), ACM Transactions on Mathematical
// Software 15, 144–157, for the bounds of its error.
func Exp(dst, x []float64) {
	sameLength(x, x, dst)
	n := len(x)
	if !fast {
		expGo(dst, x)
		return
	}
	if whole := n &^ (lanes - 1); whole > 0 {
		expAVX(&dst[0], &x[0], whole)
	}
	if at := n &^ (lanes - 1); at < n {
		var v [lanes]float64
		copy(v[:], x[at:])
		expAVX(&v[0], &v[0], lanes)
		copy(dst[at:], v[:])
	}
}

func expGo(dst, x []float64) {
	for i, v := range x {
		dst[i] = math.Exp(v)
	}
}

// sigmoidOne is [Sigmoid] of one row.
func sigmoidOne(eta float64) (mu, comp float64) {
	e := math.Exp(-math.Abs(eta))
	large := 1 / (1 + e)
	if eta >= 0 {
		return large, e * large
	}
	return e * large, large
}

// Sigmoid fills mu and comp with μ = 1/(1+e⁻ᵑ) and 1 − μ, both without
// cancellation: 1 − μ at η = 40 is e⁻⁴⁰, not 0. mu or comp may be eta.
func Sigmoid(eta, mu, comp []float64) {
	sameLength(eta, mu, comp)
	if !fast {
		sigmoidGo(eta, mu, comp)
		return
	}
	at := len(eta) &^ (lanes - 1)
	if at > 0 {
		sigmoidAVX(&eta[0], &mu[0], &comp[0], at)
	}
	if at < len(eta) {
		var v [2][lanes]float64
		copy(v[0][:], eta[at:])
		sigmoidAVX(&v[0][0], &v[0][0], &v[1][0], lanes)
		copy(mu[at:], v[0][:])
		copy(comp[at:], v[1][:])
	}
}

func sigmoidGo(eta, mu, comp []float64) {
	for i, e := range eta {
		mu[i], comp[i] = sigmoidOne(e)
	}
}

// Logistic fills, for rows of the logistic model with linear predictor η,
// response y from 0 to 1 and weight a, the score and the information, and
// returns the sum of minus the log-likelihoods:
//
//	score = a (y − μ),   info = a μ (1 − μ),   Σ −a (y log μ + (1−y) log(1−μ))
//
// with μ = 1/(1+e⁻ᵑ). Nothing cancels in the tails: log(1−μ) at η = −40 is
// −e⁻⁴⁰. The sum is +Inf where a response is impossible (η = +Inf, y = 0), and
// a NaN in η makes everything about its row NaN.
//
// Source: as [Exp]; the logarithm of 1 + x is twice the inverse hyperbolic
// tangent of x/(2+x), by its series: Tang (1990), ACM Transactions on
// Mathematical Software 16, 378–400.
func Logistic(eta, y, a, score, info []float64) (sum float64) {
	sameLength(eta, y, a)
	sameLength(eta, score, info)
	if !fast {
		return logisticGo(eta, y, a, score, info)
	}
	n := len(eta)
	at := n &^ (lanes - 1)
	if at > 0 {
		sum = logisticAVX(&eta[0], &y[0], &a[0], &score[0], &info[0], at)
	}
	if at < n {
		var v [5][lanes]float64
		copy(v[0][:], eta[at:])
		copy(v[1][:], y[at:])
		copy(v[2][:], a[at:])
		sum += logisticAVX(&v[0][0], &v[1][0], &v[2][0], &v[3][0], &v[4][0], lanes)
		copy(score[at:], v[3][:])
		copy(info[at:], v[4][:])
	}
	return sum
}

func logisticGo(eta, y, a, score, info []float64) (sum float64) {
	for i, e := range eta {
		x := math.Exp(-math.Abs(e))
		large := 1 / (1 + x)
		small := x * large
		mu, comp := large, small
		if e < 0 {
			mu, comp = small, large
		}
		success, failure := y[i], 1-y[i]
		minus := math.Log1p(x)
		if e < 0 && success != 0 {
			minus -= success * e
		}
		if e > 0 && failure != 0 {
			minus += failure * e
		}
		score[i] = a[i] * (success*comp - failure*mu)
		info[i] = a[i] * (large * small)
		sum += a[i] * minus
	}
	return sum
}

// sameLength panics unless all slices are as long as the first.
func sameLength(x, y, z []float64) {
	if len(x) != len(y) || len(x) != len(z) {
		panic(fmt.Sprintf("kernel: lengths differ: %d, %d, %d", len(x), len(y), len(z)))
	}
}
