package kernel

// AddGram adds the products of all pairs of columns of a panel to the upper
// triangle of h, k×k, row by row with stride numbers a row:
//
//	h[i*stride+j] += Σ_r panel[i*rows+r] panel[j*rows+r],   i ≤ j < k
//
// The panel is rows×k, column by column; only its first n rows count. What is
// below the diagonal of h is neither read nor changed.
func AddGram(h []float64, stride int, panel []float64, rows, n, k int) {
	if k > 0 && (n > rows || len(panel) < k*rows || len(h) < (k-1)*stride+k) {
		panic("kernel: the panel or the matrix is too short")
	}
	var out [tileA * tileB]float64
	for i := 0; i < k; i += tileA {
		na := min(tileA, k-i)
		for j := i; j < k; j += tileB {
			nb := min(tileB, k-j)
			dots(&out, panel[i*rows:], rows, na, panel[j*rows:], rows, nb, n)
			for r := range na {
				first := max(0, i+r-j)
				to := h[(i+r)*stride+j:]
				for c := first; c < nb; c++ {
					to[c] += out[r*tileB+c]
				}
			}
		}
	}
}
