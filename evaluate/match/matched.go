package match

import (
	"errors"
	"fmt"
	"math"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/glm"
	"bidrag/model/infer"
	"bidrag/model/kernel"
)

// Weights is how much every person counts in matched sets: one of the scheme
// who has a set 1, one of the reference
//
//	wⱼ = c Σ 1/k_s   over the sets s that j is in, k_s the persons of the reference in s
//
// with c such that the weights of the reference add up to its persons in the
// sets, as MatchIt has them. Who is in no set has 0.
func (c *Comparison) Weights(sets []Set) []float64 {
	w := make([]float64, len(c.Treated))
	used := 0.0
	for _, s := range sets {
		w[s.Treated] = 1
		for _, j := range s.Controls {
			if w[j] == 0 {
				used++
			}
			w[j] += 1 / float64(len(s.Controls))
		}
	}
	for i, t := range c.Treated {
		if !t {
			w[i] *= used / float64(len(sets))
		}
	}
	return w
}

// Difference is how much higher the outcome is among the persons of the scheme
// who have a set than among those of the reference in the sets:
//
//	(1/n) Σ_s (y_s − ȳ_s)   over the n sets s, ȳ_s the mean of its persons of the reference
//
// See [Comparison.Adjusted] for its standard error. The error, with a difference
// that has no interval, is [infer.ErrOneCluster].
func (c *Comparison) Difference(sets []Set) (Effect, error) {
	n := float64(len(sets))
	var scheme, reference float64
	for _, s := range sets {
		scheme += s.Outcome
		reference += mean(s.Outcomes)
	}
	scheme, reference = scheme/n, reference/n
	e := effect(scheme, reference)
	var t terms
	for k, s := range sets {
		t.add(c, k, s.Treated, (s.Outcome-scheme)/n)
		for m, j := range s.Controls {
			t.add(c, k, j, -(s.Outcomes[m]-reference)/(n*float64(len(s.Controls))))
		}
	}
	return t.interval(e)
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// Adjusted is the difference with a model of the outcome: what is expected of
// the persons of the scheme in the reference is taken from a model m fitted to
// those of the reference in the sets, with their weights (logistic for an outcome
// of 0 and 1, else linear):
//
//	(1/n) Σ_s (y_s − m(x_s))
//
// What the sets leave of differences in the covariates is so accounted for: the
// regression of the outcome on the scheme, the covariates and their products in
// the matched persons, averaged over those of the scheme (g-computation).
//
// The standard error is robust to dependence within sets and within clusters. It
// is that of a sum of one term a person and set, ψ, the influence on the estimate,
//
//	V = V_sets + V_clusters − V_both,   V_g = G/(G−1) Σ_g (Σ_{i in g} ψᵢ)²
//
// with G groups; V_both is of persons of a cluster in one set. A bootstrap of
// nearest neighbours would not be valid.
//
// Source: Abadie and Spiess (2022), Journal of the American Statistical
// Association 117, 983–995, on sets; Cameron, Gelbach and Miller (2011), Journal
// of Business & Economic Statistics 29, 238–249, on two ways of clustering;
// Abadie and Imbens (2008), Econometrica 76, 1537–1557, on the bootstrap; Ho,
// Imai, King and Stuart (2007), Political Analysis 15, 199–236, on regression
// after matching.
func (c *Comparison) Adjusted(sets []Set) (Effect, error) {
	weights := c.Weights(sets)
	for i, t := range c.Treated {
		if t {
			weights[i] = 0
		}
	}
	m, err := c.fitOutcome(weights)
	if err != nil {
		return Effect{}, err
	}
	n := float64(len(sets))
	scheme, reference := 0.0, 0.0
	share := make([]float64, len(c.Treated)) // of the mean expectation, by row
	for _, s := range sets {
		scheme += s.Outcome
		reference += m.mu[s.Treated]
		share[s.Treated] = 1 / n
	}
	e := effect(scheme/n, reference/n)
	along := m.influence(share)
	var t terms
	scale := weightScale(sets)
	for k, s := range sets {
		t.add(c, k, s.Treated, (s.Outcome-m.mu[s.Treated]-e.Value)/n)
		for i, j := range s.Controls {
			t.add(c, k, j, -along[j]*scale/float64(len(s.Controls))*(s.Outcomes[i]-m.mu[j]))
		}
	}
	return t.interval(e)
}

// weightScale is the factor c of [Comparison.Weights].
func weightScale(sets []Set) float64 {
	used := map[int]bool{}
	for _, s := range sets {
		for _, j := range s.Controls {
			used[j] = true
		}
	}
	return float64(len(used)) / float64(len(sets))
}

// An outcomeFit is a fitted model of the outcome, and what it expects of everyone.
type outcomeFit struct {
	*regression
	room      *room
	mu, byEta []float64 // means, and their derivatives by the linear predictor
}

// fitOutcome fits the model of the outcome with weights. Where it has no finite
// estimate, as when everyone of an origin attains the goal, its means are those
// to which it runs off.
func (c *Comparison) fitOutcome(weights []float64) (*outcomeFit, error) {
	const column = "weight in the comparison"
	data, err := c.data.With(frame.NewNumeric(column, weights))
	if err != nil {
		return nil, err
	}
	m, err := fit.Fit(c.Question.Outcome+" ~ "+c.Adjust, data, fit.Options{Family: c.family().String(), Weights: column, Threads: c.Threads})
	if err == nil && m.Result.Status == glm.NotConverged.String() {
		err = errors.New(m.Result.Reason)
	}
	if err != nil {
		return nil, notFittedOutcome(err)
	}
	x, err := m.Coding.Matrix(c.data)
	if err != nil {
		return nil, err
	}
	n := len(weights)
	f := &outcomeFit{regression: newRegression(x, n, finite(m.Beta), c.family()), mu: make([]float64, n), byEta: ones(n)}
	f.room = f.regression.room()
	beta, err := f.fit(f.room, c.Outcome, weights, nil)
	if err != nil || !f.room.factorize(f.p) {
		return nil, notFittedOutcome(err)
	}
	complement := make([]float64, n)
	f.predict(beta, f.mu)
	if f.means(f.mu, f.mu, complement); c.Binary {
		for i, v := range complement {
			f.byEta[i] = f.mu[i] * v
		}
	}
	return f, nil
}

func notFittedOutcome(err error) error {
	return result.Reason{Code: result.NotFitted, About: "adjust", Message: fmt.Sprintf("the model of the outcome cannot be fitted to the persons who are compared: %v; leave covariates out of adjust", err)}
}

func (c *Comparison) family() family.Dist {
	if c.Binary {
		return family.Binomial
	}
	return family.Gaussian
}

// influence is of every row what its residual, times its weight, adds to the sum
// of expectations with shares s,
//
//	g'A⁻¹xᵢ,   g = Σ s μ' x
//
// with A the information of the fit.
func (f *outcomeFit) influence(share []float64) []float64 {
	l, g := kernel.ByRows(f.room.factor, f.p, f.p, f.p), f.room.step
	clear(g)
	for i, s := range share {
		if s == 0 {
			continue
		}
		for j := range g {
			g[j] += s * f.byEta[i] * f.x[j*f.n+i]
		}
	}
	solution := kernel.Matrix{Data: g, Rows: f.p, Cols: 1, RowStep: 1, ColStep: 1}
	kernel.SolveLower(l, solution)
	kernel.SolveUpper(l, solution)
	along := make([]float64, f.n)
	f.predict(g, along)
	return along
}

// terms are the influences on an estimate, with the set, the cluster and the side
// of each.
type terms struct {
	psi          []float64
	set, cluster []int32
	treated      []bool
}

func (t *terms) add(c *Comparison, set, row int, psi float64) {
	t.psi, t.set, t.cluster = append(t.psi, psi), append(t.set, int32(set)), append(t.cluster, c.clusters.Of[row])
	t.treated = append(t.treated, c.Treated[row])
}

// interval gives an effect the standard error of its terms.
func (t *terms) interval(e Effect) (Effect, error) {
	type both struct{ set, cluster int32 }
	bySet, sets := grouped(t.psi, func(i int) int32 { return t.set[i] })
	byCluster, clusters := grouped(t.psi, func(i int) int32 { return t.cluster[i] })
	byBoth, boths := grouped(t.psi, func(i int) both { return both{t.set[i], t.cluster[i]} })
	if sets < 2 {
		return e, infer.ErrOneCluster
	}
	if err := (infer.Clusters{Of: t.cluster, Number: clusters}).Compared(t.treated); err != nil {
		return e, err
	}
	v := bySet + byCluster
	if boths > 1 {
		v -= byBoth
	}
	if v <= 0 { // as few clusters may have it
		v = max(bySet, byCluster)
	}
	return e.normal(math.Sqrt(v)), nil
}

// grouped is G/(G−1) times the sum of the squares of the terms' sums in each of
// G groups.
func grouped[K comparable](psi []float64, key func(i int) K) (v float64, groups int) {
	index := map[K]int{}
	var sums []float64
	for i, x := range psi {
		k, ok := index[key(i)]
		if !ok {
			k = len(sums)
			index[key(i)] = k
			sums = append(sums, 0)
		}
		sums[k] += x
	}
	for _, s := range sums {
		v += s * s
	}
	groups = len(sums)
	if groups > 1 {
		v *= float64(groups) / float64(groups-1)
	}
	return v, groups
}
