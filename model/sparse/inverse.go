package sparse

import (
	"fmt"

	"bidrag/model/kernel"
)

// Inverse fills out with the elements of H⁻¹ at the entries of the pattern, in
// their order.
//
// They come from the last supernode to the first, each from those of its
// ancestors (Takahashi, Fagan and Chin 1973; Erisman and Tinney 1975): with J the
// columns of a supernode, R its rows below and Z = PH⁻¹Pᵀ,
//
//	Y = L_RJ L_JJ⁻¹
//	Z_RJ = −Z_RR Y
//	Z_JJ = (L_JJ L_JJᵀ)⁻¹ − Yᵀ Z_RJ
//
// All of Z_RR that is needed lies in the pattern of L.
func (f *Factor) Inverse(out []float64) {
	s := f.s
	f.need()
	if len(out) != len(s.place) {
		panic(fmt.Sprintf("sparse: room for %d of %d entries", len(out), len(s.place)))
	}
	if f.inverse == nil {
		f.inverse = make([]float64, s.values)
		f.y = make([]float64, max(s.largest.below, s.largest.panel))
		f.w = make([]float64, max(s.largest.panel, (s.largest.width/2+12)*(s.largest.width/2+12)))
	}
	for k := len(s.nodes) - 1; k >= 0; k-- {
		v := &s.nodes[k]
		switch {
		case v.width == 1:
			f.invertColumn(k, v)
		case v.width < narrow:
			f.invertNarrow(k, v)
		default:
			f.invertBlock(k, v)
		}
	}
	for k, at := range s.place {
		out[k] = f.inverse[at]
	}
}

// invertColumn inverts a supernode of one column.
func (f *Factor) invertColumn(k int, v *supernode) {
	b, z := v.block(f.l), v.block(f.inverse)
	d := 1 / b[0]
	y, w := f.y[:v.below], z[1:]
	clear(w)
	for i := range y {
		y[i] = b[1+i] * d
	}
	segments := f.s.segmentsOf(k)
	for n := range segments {
		g := &segments[n]
		t := &f.s.nodes[g.target]
		places, from, step := f.s.places(v, g, f.places), t.block(f.inverse), int(t.width)
		subtractSymmetric(w[g.from:], y[g.from:], from, step, places, int(g.to-g.from))
	}
	sum := d * d
	for i, u := range y {
		sum -= u * w[i]
	}
	z[0] = sum
}

// subtractSymmetric is w −= Z y, where only the first columns of Z count, and the
// rows across from them: Z's element (i, j), j ≤ i and j < columns, is in row
// places[i] and column places[j] of a block.
func subtractSymmetric(w, y, block []float64, step int, places []int32, columns int) {
	w, y = w[:len(places)], y[:len(places)]
	for i, p := range places {
		row, u, sum := block[int(p)*step:], y[i], 0.0
		end := min(i, columns)
		across, other := w[:end], y[:end]
		for j, q := range places[:end] {
			z := row[q]
			sum += z * other[j]
			across[j] -= z * u
		}
		if i < columns {
			sum += row[p] * u
		}
		w[i] -= sum
	}
}

// invertNarrow inverts a supernode of few columns.
func (f *Factor) invertNarrow(n int, v *supernode) {
	k, b, z := int(v.width), v.block(f.l), v.block(f.inverse)
	copy(z[:k*k], b)
	kernel.Inverse(z, k, k)
	if v.below == 0 {
		return
	}
	y, w := f.y[:int(v.below)*k], z[k*k:]
	copy(y, b[k*k:])
	clear(w)
	smallSolveTransposed(b, y, k)
	segments := f.s.segmentsOf(n)
	for m := range segments {
		g := &segments[m]
		t := &f.s.nodes[g.target]
		places, from, step := f.s.places(v, g, f.places), t.block(f.inverse), int(t.width)
		at := int(g.from) * k
		subtractSymmetricRows(w[at:], y[at:], k, from, step, places, int(g.to-g.from))
	}
	for at := 0; at < len(y); at += k {
		u, x := y[at:at+k], w[at:at+k]
		for i, c := range u {
			row := z[i*k : i*k+i+1]
			for j := range row {
				row[j] -= c * x[j]
			}
		}
	}
}

// smallSolveTransposed replaces the rows y, of k numbers, by the solutions x of
// L'x = y.
func smallSolveTransposed(l, y []float64, k int) {
	var scale [narrow]float64
	for j := range k {
		scale[j] = 1 / l[j*(k+1)]
	}
	for at := 0; at < len(y); at += k {
		row := y[at : at+k]
		for j := k - 1; j >= 0; j-- {
			x := row[j] * scale[j]
			row[j] = x
			for i, u := range l[j*k : j*k+j] {
				row[i] -= u * x
			}
		}
	}
}

// subtractSymmetricRows is subtractSymmetric for rows of k numbers.
func subtractSymmetricRows(w, y []float64, k int, block []float64, step int, places []int32, columns int) {
	for i, p := range places {
		row, u, x := block[int(p)*step:], y[i*k:i*k+k], w[i*k:i*k+k]
		end := min(i, columns)
		for j, q := range places[:end] {
			z := row[q]
			across, other := w[j*k:j*k+k], y[j*k:j*k+k]
			for c, o := range other {
				x[c] -= z * o
				across[c] -= z * u[c]
			}
		}
		if i < columns {
			z := row[p]
			for c, o := range u {
				x[c] -= z * o
			}
		}
	}
}

// invertBlock inverts a supernode of many columns. Y and Z_RJ are held transposed.
func (f *Factor) invertBlock(n int, v *supernode) {
	k, m, b, z := int(v.width), int(v.below), v.block(f.l), v.block(f.inverse)
	copy(z[:k*k], b)
	f.invert(kernel.ByRows(z, k, k, k))
	if m == 0 {
		return
	}
	y, w := kernel.ByRows(f.y, k, m, m), kernel.ByRows(f.w, k, m, m)
	transpose(f.y, m, b[k*k:], m, k)
	clear(f.w[:k*m])
	kernel.SolveUpper(kernel.ByRows(b, k, k, k), y)
	segments := f.s.segmentsOf(n)
	for i := range segments {
		g := &segments[i]
		f.subtractTiles(w, y, f.s.places(v, g, f.places), g)
	}
	kernel.MultiplyAdd(kernel.ByRows(z, k, k, k), -1, y, w.T())
	transpose(z[k*k:], k, f.w, k, m)
}

// subtractTiles is subtractSymmetric for the columns of y and w, by dense
// products of tiles.
func (f *Factor) subtractTiles(w, y kernel.Matrix, places []int32, g *segment) {
	t := &f.s.nodes[g.target]
	block, step := t.block(f.inverse), int(t.width)
	k, first, columns := y.Rows, int(g.from), int(g.to-g.from)
	part := func(m kernel.Matrix, from, to int) kernel.Matrix { return m.Part(0, k, first+from, first+to) }
	for j := 0; j < columns; j += tile {
		right := min(j+tile, columns)
		width := right - j
		diagonal := kernel.ByRows(f.product[:width*width], width, width, width)
		for r, p := range places[j:right] {
			row := block[int(p)*step:]
			for c, q := range places[j : j+r+1] {
				f.product[r*width+c] = row[q]
				f.product[c*width+r] = row[q]
			}
		}
		kernel.MultiplyAdd(part(w, j, right), -1, part(y, j, right), diagonal.T())
		for i := right; i < len(places); i += tile {
			low := min(i+tile, len(places))
			for r, p := range places[i:low] {
				row, to := block[int(p)*step:], f.product[r*width:r*width+width]
				for c, q := range places[j:right] {
					to[c] = row[q]
				}
			}
			z := kernel.ByRows(f.product, low-i, width, width)
			kernel.MultiplyAdd(part(w, i, low), -1, part(y, j, right), z.T())
			kernel.MultiplyAdd(part(w, j, right), -1, part(y, i, low), z)
		}
	}
}

// transpose writes the rows×cols matrix from, stored by rows, to the columns of
// to, whose rows are step apart.
func transpose(to []float64, step int, from []float64, rows, cols int) {
	for i := range rows {
		for j, v := range from[i*cols : i*cols+cols] {
			to[j*step+i] = v
		}
	}
}
