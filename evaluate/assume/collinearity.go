package assume

import (
	"bidrag/evaluate/result"
	"bidrag/model/infer"
)

// Collinearity gives every variable its generalised variance inflation factor
// GVIF, the number of its coefficients (df) and GVIF^(1/(2 df)), which is by how
// much errors are larger than if the variable went together with no other. It
// is taken from the covariance of the fixed effects, also for a multilevel
// model ([infer.InflationFactors]; car::vif of R). Values:
//
//	gvif, gvif_df, gvif_root   {Model, Variable}
//
// The report: below 5 is fine, above 10 must be dealt with. A model of one
// variable has none.
func (t *Test) Collinearity() []result.Value {
	number := map[string]int{"": 0}
	names := []string{""}
	term := make([]int, len(t.Variables))
	for j, v := range t.Variables {
		if _, known := number[v]; !known {
			number[v] = len(names)
			names = append(names, v)
		}
		term[j] = number[v]
	}
	if len(names) < 3 {
		return nil
	}
	var out []result.Value
	for _, f := range infer.InflationFactors(t.Model.Cov, term) {
		key := func(quantity string) result.Key { return result.Key{Quantity: quantity, Variable: names[f.Term]} }
		out = append(out, t.value(key("gvif"), result.Number, f.GVIF), t.value(key("gvif_df"), result.Count, float64(f.DF)), t.value(key("gvif_root"), result.Number, f.Root))
	}
	return out
}
