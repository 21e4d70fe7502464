package assume

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"bidrag/evaluate/result"
	"bidrag/model/infer"
)

// Robust gives standard errors that hold when persons of one cluster have more
// in common than the model says: CR0, CR1S and CR2, the last with the p-value
// by Student's t with Satterthwaite's degrees of freedom. Values:
//
//	std_error_cr0, std_error_cr1s, std_error_cr2, df_cr2, p_value_cr2   {Model, Term}
//	std_error_ratio                                                     {Model, Term}      CR2 over the model's own
//	clusters                                                            {Model, Variable}
//
// It is for models without random effects: these are themselves a model of what
// a cluster has in common. CR2 is the one to report: CR0 is too small with few
// clusters or ones of very different sizes.
//
// Source: [infer.ClusterRobust], [infer.CR1S], [infer.ClusterRobustCR2].
func (t *Test) Robust(c Grouping) ([]result.Value, error) {
	switch {
	case t.mixed:
		return nil, fmt.Errorf("cluster-robust errors are for models without random effects")
	case c.Groups < 2:
		return nil, fmt.Errorf("all persons are in one cluster by %q: nothing tells how estimates vary between clusters", c.Name)
	}
	r, p := t.rows, t.rows.P
	cr0 := infer.ClusterRobust(r.X, r.Score, r.Bread, r.N, p, c.Index, c.Groups)
	cr2 := infer.ClusterRobustCR2(r, t.variance, c.Index, c.Groups)
	if cr2 == nil {
		return nil, fmt.Errorf("the model's covariance cannot be used")
	}
	rank, counting := 0, 0
	for j := range p {
		if !math.IsNaN(r.Bread[j*p+j]) {
			rank++
		}
	}
	for _, a := range t.a {
		if a > 0 {
			counting++
		}
	}
	correction := infer.CR1S(counting, c.Groups, rank)
	out := []result.Value{t.value(result.Key{Quantity: "clusters", Variable: c.Name}, result.Count, float64(c.Groups))}
	for j, column := range t.Model.Coding.Columns {
		if math.IsNaN(r.Bread[j*p+j]) {
			continue
		}
		add := func(quantity, unit string, x float64) {
			out = append(out, t.value(result.Key{Quantity: quantity, Term: column.Name}, unit, x))
		}
		unit := t.scale()
		add("std_error_cr0", unit, math.Sqrt(cr0[j*p+j]))
		add("std_error_cr1s", unit, math.Sqrt(correction*cr0[j*p+j]))
		add("std_error_cr2", unit, math.Sqrt(cr2.Cov[j*p+j]))
		add("std_error_ratio", result.Number, math.Sqrt(cr2.Cov[j*p+j]/t.Model.Cov[j*p+j]))
		add("df_cr2", result.Number, cr2.DF[j])
		add("p_value_cr2", result.PValue, twoSided(t.Model.Beta[j]/math.Sqrt(cr2.Cov[j*p+j]), cr2.DF[j]))
	}
	return out, nil
}

// scale is the unit of the linear predictor.
func (t *Test) scale() string {
	if t.Model.Result.Link == "logit" {
		return result.LogOdds
	}
	return result.Number
}

// twoSided is the probability of a larger |t| with df degrees of freedom.
func twoSided(statistic, df float64) float64 {
	if math.IsNaN(statistic) || !(df > 0) {
		return math.NaN()
	}
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-math.Abs(statistic))
}
