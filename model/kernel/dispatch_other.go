//go:build !amd64

package kernel

// fast is false: there is no assembly for this processor, and what stands in
// for it here is never called.
const fast = false

func dots(out *[tileA * tileB]float64, a []float64, as, na int, b []float64, bs, nb, n int) {
	dotsGo(out, a, as, na, b, bs, nb, n)
}

func expAVX(dst, x *float64, n int)                                             { panic("no assembly") }
func sigmoidAVX(eta, mu, comp *float64, n int)                                  { panic("no assembly") }
func logisticAVX(eta, y, a, score, info *float64, n int) (sum float64)          { panic("no assembly") }
func standardizeAVX(dst, x, eta *float64, centre, inverse, coef float64, n int) { panic("no assembly") }
func weighAVX(x, root, score *float64, n int) (product float64)                 { panic("no assembly") }
func dotAVX(x, y *float64, n int) (product float64)                             { panic("no assembly") }
func axpyAVX(y, x *float64, f float64, n int)                                   { panic("no assembly") }
func finiteAVX(x *float64, n int) (zero float64)                                { panic("no assembly") }
func extremesAVX(x *float64, n int) (low, high, sum float64)                    { panic("no assembly") }
func squaresAVX(x *float64, centre float64, n int) (sum float64)                { panic("no assembly") }
func sqrtAVX(x *float64, n int)                                                 { panic("no assembly") }
