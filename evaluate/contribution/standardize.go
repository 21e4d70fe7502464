package contribution

import "bidrag/model/kernel"

// Attainment is the share of persons with log odds ηᵢ who attain the goal when
// all of them are shifted,
//
//	(1/N) Σ h(ηᵢ + δ)
//
// With the persons of the whole country and a unit's own shift this is direct
// standardisation: what the unit would attain with the country's participants
// (as in the R package pprof, whose direct rate it is).
func Attainment(eta []float64, shift float64) float64 {
	var moved, p, rest [512]float64
	sum, persons := 0.0, float64(len(eta))
	for len(eta) > 0 {
		n := min(len(eta), len(moved))
		for i, e := range eta[:n] {
			moved[i] = e + shift
		}
		kernel.Sigmoid(moved[:n], p[:n], rest[:n])
		part := 0.0
		for _, x := range p[:n] {
			part += x
		}
		sum += part
		eta = eta[n:]
	}
	return sum / persons
}
