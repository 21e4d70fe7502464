package contribution

import (
	"math"
	"slices"

	"bidrag/model/univariate"
)

// A Dispersion tells how much more units differ than chance makes them.
type Dispersion struct {
	Phi        float64 // mean square of the winsorized z; 1 when there is nothing but chance, and less for what winsorizing takes
	PhiAll     float64 // mean square of z as they are
	Tau2       float64 // variance between units beyond chance, in the unit of the errors squared; 0 when φ shows none
	Winsorized int     // units whose z was drawn in
}

// Overdispersion estimates how much more units differ than chance makes them,
// from their standardized differences z and standard errors s (of equal length,
// s above 0), so that a few that are truly unlike the others do not make all
// look alike: z beyond the quantiles q and 1 − q is set to them (winsorizing).
// Then, of I units,
//
//	φ  = Σ z²/I
//	τ² = (Iφ − (I − 1)) / (Σw − Σw²/Σw)    w = 1/s², and 0 when that is negative
//
// which is the moment estimate of DerSimonian and Laird with the winsorized sum
// in place of Cochran's Q. As Winsorizing takes some of what chance alone does —
// with q = 0.1, φ of normal z is 0.68 and not 1 — τ² is on the low side.
//
// A single unit, or none, has no τ². With q = 0 nothing is drawn in.
//
// Sources: Spiegelhalter (2005), Statistics in Medicine 24:1185–1202, section 5
// and appendix; Spiegelhalter, Sherlaw-Johnson et al. (2012), Journal of the Royal
// Statistical Society A 175:1–47; DerSimonian and Laird (1986). R's FunnelPlotR
// does the same on the scales of its data types.
func Overdispersion(z, s []float64, q float64) Dispersion {
	if len(z) == 0 {
		return Dispersion{Phi: math.NaN(), PhiAll: math.NaN()}
	}
	sorted := slices.Sorted(slices.Values(z))
	low, high := univariate.Quantile(sorted, q), univariate.Quantile(sorted, 1-q)
	var d Dispersion
	var w, w2 float64
	for j, v := range z {
		within := math.Min(math.Max(v, low), high)
		if within != v {
			d.Winsorized++
		}
		d.Phi += within * within
		d.PhiAll += v * v
		weight := 1 / (s[j] * s[j])
		w += weight
		w2 += weight * weight
	}
	units := float64(len(z))
	d.Phi, d.PhiAll = d.Phi/units, d.PhiAll/units
	if room := w - w2/w; len(z) > 1 && room > 0 {
		d.Tau2 = math.Max(0, (units*d.Phi-(units-1))/room)
	}
	return d
}
