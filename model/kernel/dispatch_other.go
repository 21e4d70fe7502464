//go:build !amd64

package kernel

func dots(out *[tileA * tileB]float64, a []float64, as, na int, b []float64, bs, nb, n int) {
	dotsGo(out, a, as, na, b, bs, nb, n)
}
