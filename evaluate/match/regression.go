package match

import (
	"errors"
	"math"

	"bidrag/model/family"
	"bidrag/model/kernel"
)

// A regression is a logistic or linear model that is fitted again and again to
// the same rows with other weights, as a bootstrap does. Its columns are centred
// and scaled, and its coefficients are those of such columns; a start near the
// answer saves most of the steps. Ordinary fits are the business of package fit.
type regression struct {
	n, p     int
	x        []float64 // n×p, column by column
	logistic bool
}

// newRegression takes the kept columns of a model matrix, n rows, column by column.
func newRegression(x []float64, n int, keep []bool, dist family.Dist) *regression {
	r := &regression{n: n, logistic: dist == family.Binomial}
	hasOne := false // a constant column makes it safe to centre the others
	for j := range keep {
		low, high, _ := kernel.Extremes(x[j*n : (j+1)*n])
		hasOne = hasOne || keep[j] && low == high && low != 0
	}
	for j, k := range keep {
		if !k {
			continue
		}
		column := append([]float64(nil), x[j*n:(j+1)*n]...)
		low, high, sum := kernel.Extremes(column)
		mean := 0.0
		if hasOne && low != high {
			mean = sum / float64(n)
		}
		scale := math.Sqrt(kernel.Squares(column, mean) / float64(n))
		if scale == 0 {
			scale = 1
		}
		for i := range column {
			column[i] = (column[i] - mean) / scale
		}
		r.x = append(r.x, column...)
		r.p++
	}
	return r
}

// tile is the rows that are worked on at a time.
const tile = 192

// A room is what one goroutine needs to fit a regression.
type room struct {
	x, y, w, eta    []float64 // of the rows with weight
	score, info     []float64 // of a tile
	panel           []float64
	hessian, factor []float64 // p×p
	gradient, step  []float64
	beta, trial     []float64
}

func (r *regression) room() *room {
	n, p := r.n, r.p
	return &room{
		x: make([]float64, n*p), y: make([]float64, n), w: make([]float64, n), eta: make([]float64, n),
		score: make([]float64, tile), info: make([]float64, tile), panel: make([]float64, tile*p),
		hessian: make([]float64, p*p), factor: make([]float64, p*p), gradient: make([]float64, p), step: make([]float64, p), beta: make([]float64, p), trial: make([]float64, p),
	}
}

const (
	mostSteps = 40    // of Newton's method
	smallStep = 1e-10 // squared length of the last step, in standard errors
	smallRun  = 1e-7  // the same where coefficients run off, and the ridge makes steps short
	ridge     = 1e-10 // of the information's diagonal: a column that no row of a draw varies in stays where it started
)

var errNotFitted = errors.New("the regression does not converge")

// fit maximises the weighted log-likelihood
//
//	Σ wᵢ (yᵢ x'ᵢβ − log(1 + exp x'ᵢβ)),   of a linear model −½ Σ wᵢ (yᵢ − x'ᵢβ)²
//
// by Newton's method from start, or from 0 when that is nil. Where the logistic
// likelihood has no maximum, the coefficients run off until the fitted
// probabilities no longer change; the error is for an iteration without end. The
// coefficients stay in the room until it is used again.
func (r *regression) fit(o *room, y, weight, start []float64) ([]float64, error) {
	n := o.gather(r, y, weight)
	p := r.p
	beta := o.beta
	clear(beta)
	copy(beta, start)
	loss := r.pass(o, n, beta)
	for range mostSteps {
		if !o.factorize(p) {
			return nil, errNotFitted
		}
		length := o.solve(p)
		next, ok := r.halve(o, n, loss)
		if !ok {
			return nil, errNotFitted
		}
		gain := loss - next
		loss = next
		if length < smallStep || !r.logistic || length < smallRun && gain <= 1e-9*loss && o.certain(n) {
			return beta, nil
		}
	}
	return nil, errNotFitted
}

// certain tells whether some gathered row is as good as certain, as rows are
// along which coefficients run off.
func (o *room) certain(n int) bool {
	low, high, _ := kernel.Extremes(o.eta[:n])
	return max(-low, high) > surely
}

// solve makes the step H⁻¹g, and returns its squared length g'H⁻¹g in standard
// errors.
func (o *room) solve(p int) (length float64) {
	copy(o.step, o.gradient)
	step := kernel.Matrix{Data: o.step, Rows: p, Cols: 1, RowStep: 1, ColStep: 1}
	l := kernel.ByRows(o.factor, p, p, p)
	kernel.SolveLower(l, step)
	length = kernel.Dot(o.step, o.step)
	kernel.SolveUpper(l, step)
	return length
}

// halve takes the step, or the largest half, quarter, … of it that does not raise
// the loss beyond rounding.
func (r *regression) halve(o *room, n int, loss float64) (next float64, ok bool) {
	most := loss + 1e-12*math.Abs(loss)
	for size := 1.0; size > 1e-9; size /= 2 {
		copy(o.trial, o.beta)
		kernel.Axpy(o.trial, size, o.step)
		if next = r.pass(o, n, o.trial); next <= most {
			copy(o.beta, o.trial)
			return next, true
		}
	}
	return 0, false
}

// gather copies the rows that have weight next to each other.
func (o *room) gather(r *regression, y, weight []float64) (n int) {
	for i, w := range weight {
		if w > 0 {
			o.y[n], o.w[n] = y[i], w
			n++
		}
	}
	for j := range r.p {
		from, to, k := r.x[j*r.n:(j+1)*r.n], o.x[j*n:(j+1)*n], 0
		for i, w := range weight {
			if w > 0 {
				to[k] = from[i]
				k++
			}
		}
	}
	return n
}

// pass sums minus the log-likelihood, the gradient and the information of the
// gathered rows at beta.
func (r *regression) pass(o *room, n int, beta []float64) (loss float64) {
	clear(o.hessian)
	clear(o.gradient)
	for lo := 0; lo < n; lo += tile {
		hi := min(lo+tile, n)
		m := hi - lo
		eta, y, w := o.eta[lo:hi], o.y[lo:hi], o.w[lo:hi]
		score, info := o.score[:m], o.info[:m]
		clear(eta)
		for j, b := range beta {
			kernel.Axpy(eta, b, o.x[j*n+lo:j*n+hi])
		}
		if r.logistic {
			loss += kernel.Logistic(eta, y, w, score, info)
		} else {
			for i, v := range eta {
				e := y[i] - v
				score[i], info[i] = w[i]*e, w[i]
				loss += w[i] * e * e / 2
			}
		}
		kernel.Sqrt(info)
		for j := range r.p {
			column := o.panel[j*tile : j*tile+m]
			copy(column, o.x[j*n+lo:j*n+hi])
			o.gradient[j] += kernel.Weigh(column, info, score)
		}
		kernel.AddGram(o.hessian, r.p, o.panel, tile, m, r.p)
	}
	return loss
}

// factorize is the Cholesky factor of the information with a trace of a ridge.
func (o *room) factorize(p int) bool {
	for i := range p {
		for j := range i + 1 {
			o.factor[i*p+j] = o.hessian[j*p+i]
		}
		o.factor[i*p+i] = o.factor[i*p+i]*(1+ridge) + ridge
	}
	return kernel.Cholesky(o.factor, p, p)
}

// predict fills eta with the linear predictor of every row, with weight or not.
func (r *regression) predict(beta, eta []float64) {
	clear(eta)
	for j, b := range beta {
		kernel.Axpy(eta, b, r.x[j*r.n:(j+1)*r.n])
	}
}

// means turns linear predictors into mean responses, with their complements.
func (r *regression) means(eta, mu, complement []float64) {
	if r.logistic {
		kernel.Sigmoid(eta, mu, complement)
		return
	}
	copy(mu, eta)
}
