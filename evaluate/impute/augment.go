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
