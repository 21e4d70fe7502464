package kernel

import "math"

// Standardize fills dst with (x − centre)·inverse and adds coef times it to eta.
func Standardize(dst, x, eta []float64, centre, inverse, coef float64) {
	sameLength(x, dst, eta)
	at := 0
	if whole := len(x) &^ (lanes - 1); fast && whole > 0 {
		standardizeAVX(&dst[0], &x[0], &eta[0], centre, inverse, coef, whole)
		at = whole
	}
	standardizeGo(dst[at:], x[at:], eta[at:], centre, inverse, coef)
}

func standardizeGo(dst, x, eta []float64, centre, inverse, coef float64) {
	dst, eta = dst[:len(x)], eta[:len(x)]
	for i, v := range x {
		c := (v - centre) * inverse
		dst[i] = c
		eta[i] += coef * c
	}
}

// Weigh multiplies x by root, number by number, and returns the scalar product
// of score and x as it was before.
func Weigh(x, root, score []float64) (product float64) {
	sameLength(x, root, score)
	at := 0
	if whole := len(x) &^ (lanes - 1); fast && whole > 0 {
		product = weighAVX(&x[0], &root[0], &score[0], whole)
		at = whole
	}
	return product + weighGo(x[at:], root[at:], score[at:])
}

func weighGo(x, root, score []float64) (product float64) {
	root, score = root[:len(x)], score[:len(x)]
	for i, v := range x {
		product += v * score[i]
		x[i] = v * root[i]
	}
	return product
}

// Dot returns the scalar product of x and y.
func Dot(x, y []float64) float64 {
	sameLength(x, x, y)
	if !fast || len(x) == 0 {
		return dotGo(x, y)
	}
	return dotAVX(&x[0], &y[0], len(x)&^(lanes-1)) + dotGo(x[len(x)&^(lanes-1):], y[len(x)&^(lanes-1):])
}

// Axpy adds f times x to y.
func Axpy(y []float64, f float64, x []float64) {
	sameLength(x, x, y)
	at := 0
	if whole := len(x) &^ (lanes - 1); fast && whole > 0 {
		axpyAVX(&y[0], &x[0], f, whole)
		at = whole
	}
	for i := at; i < len(x); i++ {
		y[i] += f * x[i]
	}
}

// Finite tells whether no number is infinite or NaN.
func Finite(x []float64) bool {
	at, zero := 0, 0.0
	if whole := len(x) &^ (lanes - 1); fast && whole > 0 {
		zero, at = finiteAVX(&x[0], whole), whole
	}
	return zero+finiteGo(x[at:]) == 0
}

// finiteGo returns 0 when all numbers are finite, else NaN.
func finiteGo(x []float64) (zero float64) {
	for _, v := range x {
		zero += v - v
	}
	return zero
}

// Extremes returns the least and the largest of finite numbers, and their sum;
// of none +Inf, −Inf and 0.
func Extremes(x []float64) (low, high, sum float64) {
	at := 0
	low, high = math.Inf(1), math.Inf(-1)
	if whole := len(x) &^ (lanes - 1); fast && whole > 0 {
		low, high, sum = extremesAVX(&x[0], whole)
		at = whole
	}
	for _, v := range x[at:] {
		low, high = min(low, v), max(high, v)
		sum += v
	}
	return low, high, sum
}

// Squares returns Σ (x − centre)².
func Squares(x []float64, centre float64) (sum float64) {
	at := 0
	if whole := len(x) &^ (lanes - 1); fast && whole > 0 {
		sum, at = squaresAVX(&x[0], centre, whole), whole
	}
	for _, v := range x[at:] {
		sum += (v - centre) * (v - centre)
	}
	return sum
}

// Sqrt replaces the numbers by their square roots.
func Sqrt(x []float64) {
	at := 0
	if whole := len(x) &^ (lanes - 1); fast && whole > 0 {
		sqrtAVX(&x[0], whole)
		at = whole
	}
	for i := at; i < len(x); i++ {
		x[i] = math.Sqrt(x[i])
	}
}
