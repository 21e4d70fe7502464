package kernel

// A tile is the unit of work of all matrix products: the scalar products of up
// to tileA vectors with up to tileB others. Twelve sums at a time keep both
// multipliers of a processor busy, and every number read is used three or four
// times.
const (
	tileA = 3
	tileB = 4
)

// dotsGo fills out[i*tileB+j] with the scalar product of a[i*as:][:n] and
// b[j*bs:][:n], for i < na and j < nb; the rest of out is undefined.
func dotsGo(out *[tileA * tileB]float64, a []float64, as, na int, b []float64, bs, nb, n int) {
	i := 0
	if na >= 2 && nb == tileB {
		eightDots(out, a[:n], a[as:][:n], b[:n], b[bs:][:n], b[2*bs:][:n], b[3*bs:][:n])
		i = 2
	}
	for ; i < na; i++ {
		u := a[i*as:][:n]
		j := 0
		for ; j+2 <= nb; j += 2 {
			out[i*tileB+j], out[i*tileB+j+1] = twoDots(u, b[j*bs:][:n], b[(j+1)*bs:][:n])
		}
		if j < nb {
			out[i*tileB+j] = dotGo(u, b[j*bs:][:n])
		}
	}
}

// eightDots fills two rows of out with the products of a0 and a1 with b0 to b3.
func eightDots(out *[tileA * tileB]float64, a0, a1, b0, b1, b2, b3 []float64) {
	a1, b0, b1, b2, b3 = a1[:len(a0)], b0[:len(a0)], b1[:len(a0)], b2[:len(a0)], b3[:len(a0)]
	var s0, s1, s2, s3, t0, t1, t2, t3 float64
	for i, u := range a0 {
		v := a1[i]
		w := b0[i]
		s0 += u * w
		t0 += v * w
		w = b1[i]
		s1 += u * w
		t1 += v * w
		w = b2[i]
		s2 += u * w
		t2 += v * w
		w = b3[i]
		s3 += u * w
		t3 += v * w
	}
	*out = [tileA * tileB]float64{s0, s1, s2, s3, t0, t1, t2, t3}
}

// twoDots returns u·v and u·w; two sums each hide the latency of the additions.
func twoDots(u, v, w []float64) (uv, uw float64) {
	v, w = v[:len(u)], w[:len(u)]
	var s0, s1, t0, t1 float64
	i := 0
	for ; i+2 <= len(u); i += 2 {
		s0 += u[i] * v[i]
		t0 += u[i] * w[i]
		s1 += u[i+1] * v[i+1]
		t1 += u[i+1] * w[i+1]
	}
	if i < len(u) {
		s0 += u[i] * v[i]
		t0 += u[i] * w[i]
	}
	return s0 + s1, t0 + t1
}

// dotGo returns u·v.
func dotGo(u, v []float64) float64 {
	v = v[:len(u)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(u); i += 4 {
		s0 += u[i] * v[i]
		s1 += u[i+1] * v[i+1]
		s2 += u[i+2] * v[i+2]
		s3 += u[i+3] * v[i+3]
	}
	for ; i < len(u); i++ {
		s0 += u[i] * v[i]
	}
	return (s0 + s2) + (s1 + s3)
}
