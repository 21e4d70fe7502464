package impute

// Made-up persons keep the coefficients of logits finite. For every
// predictor two of them have all other predictors at their means and this one
// half a standard deviation above or below, but not beyond its extremes; they are
// at every one of the K levels. All of them together weigh as much as one
// person for every predictor and one more,
//
//	w = (p + 1)/(2 p K)
//
// Source: White, Daniel and Royston (2010), Computational Statistics and Data
// Analysis 54, 2267–2275.
type madeUp struct {
	weight float64
	at     [][2]float64 // by predictor: its standardized values
}

func (d *design) madeUp(cols []int, levels int) madeUp {
	m := madeUp{weight: float64(len(cols)+1) / float64(2*max(len(cols), 1)*levels)}
	for _, j := range cols {
		c := &d.columns[j]
		m.at = append(m.at, [2]float64{min(0.5, c.high), max(-0.5, c.low)})
	}
	return m
}

// plausible is the standard deviation, in log-odds, that is taken for granted
// between a person at a predictor's extreme and one at its mean.
const plausible = 2.5

// doubt is what is added to the information on each coefficient,
//
//	(extreme/2.5)²,   extreme = max |x| of the standardized predictor
//
// so that a coefficient of which the data say nearly nothing, as that of a rare
// predictor for a rare level, is drawn near its estimate, and not far on the other side of
// zero; where they say much it is next to nothing. Estimates do not change.
//
// Source: Gelman et al. (2008), Annals of Applied Statistics 2, 1360–1383, for
// the size.
func (d *design) doubt(cols []int) []float64 {
	out := make([]float64, len(cols))
	for k, j := range cols {
		extreme := max(-d.columns[j].low, d.columns[j].high) / plausible
		out[k] = extreme * extreme
	}
	return out
}
