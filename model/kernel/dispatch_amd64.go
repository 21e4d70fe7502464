package kernel

import "golang.org/x/sys/cpu"

// fast tells whether the processor runs the assembly.
var fast = cpu.X86.HasAVX2 && cpu.X86.HasFMA

//go:noescape
func dotsAVX(out *[tileA * tileB]float64, a *float64, as, na int, b *float64, bs, nb, n int)

//go:noescape
func expAVX(dst, x *float64, n int)

//go:noescape
func sigmoidAVX(eta, mu, comp *float64, n int)

//go:noescape
func logisticAVX(eta, y, a, score, info *float64, n int) (sum float64)

//go:noescape
func standardizeAVX(dst, x, eta *float64, centre, inverse, coef float64, n int)

//go:noescape
func weighAVX(x, root, score *float64, n int) (product float64)

//go:noescape
func dotAVX(x, y *float64, n int) (product float64)

//go:noescape
func axpyAVX(y, x *float64, f float64, n int)

//go:noescape
func finiteAVX(x *float64, n int) (zero float64)

//go:noescape
func extremesAVX(x *float64, n int) (low, high, sum float64)

//go:noescape
func squaresAVX(x *float64, centre float64, n int) (sum float64)

//go:noescape
func sqrtAVX(x *float64, n int)

// dots is [dotsGo], by the fastest means there are. It does not check lengths.
func dots(out *[tileA * tileB]float64, a []float64, as, na int, b []float64, bs, nb, n int) {
	if fast && n > 0 {
		dotsAVX(out, &a[0], as, na, &b[0], bs, nb, n)
		return
	}
	dotsGo(out, a, as, na, b, bs, nb, n)
}
