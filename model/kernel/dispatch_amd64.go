package kernel

import "golang.org/x/sys/cpu"

// fast tells whether the processor runs the assembly.
var fast = cpu.X86.HasAVX2 && cpu.X86.HasFMA

//go:noescape
func dotsAVX(out *[tileA * tileB]float64, a *float64, as, na int, b *float64, bs, nb, n int)

// dots is [dotsGo], by the fastest means there are. It does not check lengths.
func dots(out *[tileA * tileB]float64, a []float64, as, na int, b []float64, bs, nb, n int) {
	if fast && n > 0 {
		dotsAVX(out, &a[0], as, na, &b[0], bs, nb, n)
		return
	}
	dotsGo(out, a, as, na, b, bs, nb, n)
}
