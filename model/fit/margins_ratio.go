package fit

import "math"

// Ratio is a/b of two averages, such as a ratio of risks. What they have in
// common cancels in the standard error. The interval is symmetric for its
// logarithm, with g the gradients,
//
//	exp(log(a/b) ± z √(d'Vd)),   d = g_a/a − g_b/b
//
// and NaN unless both are above 0.
func (e *Effects) Ratio(a, b Margin) Margin {
	out := Margin{Value: a.Value / b.Value, StdError: math.NaN(), Low: math.NaN(), High: math.NaN(), gradient: make([]float64, len(a.gradient))}
	logs := Margin{Value: math.Log(a.Value) - math.Log(b.Value), gradient: make([]float64, len(a.gradient))}
	for j := range logs.gradient {
		logs.gradient[j] = a.gradient[j]/a.Value - b.gradient[j]/b.Value
		out.gradient[j] = out.Value * logs.gradient[j]
	}
	if !(a.Value > 0) || !(b.Value > 0) {
		return out
	}
	e.finish(&logs)
	out.StdError, out.Low, out.High = out.Value*logs.StdError, math.Exp(logs.Low), math.Exp(logs.High)
	return out
}
