package sparse

import (
	"math/rand/v2"
	"slices"
)

// A pattern is a symmetric matrix by entries, as Analyze and Factor want it.
type pattern struct {
	n        int
	row, col []int32
	values   []float64
}

// A builder collects H = I + Σ w a a'.
type builder struct {
	n     int
	sum   map[[2]int32]float64
	noise *rand.Rand
}

func newBuilder(n int, seed uint64) *builder {
	b := &builder{n: n, sum: map[[2]int32]float64{}, noise: rand.New(rand.NewPCG(seed, 1))}
	for i := range int32(n) {
		b.sum[[2]int32{i, i}] = 1
	}
	return b
}

// cell adds w a a' with a random a on the columns.
func (b *builder) cell(columns ...int32) {
	a := make([]float64, len(columns))
	for k := range a {
		a[k] = 0.2 + b.noise.Float64()
	}
	for k, i := range columns {
		for m := range k + 1 {
			j := columns[m]
			b.sum[[2]int32{max(i, j), min(i, j)}] += a[k] * a[m]
		}
	}
}

// pattern returns the entries in a random order and random triangles.
func (b *builder) pattern() *pattern {
	keys := make([][2]int32, 0, len(b.sum))
	for k := range b.sum {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y [2]int32) int {
		if x[0] != y[0] {
			return int(x[0] - y[0])
		}
		return int(x[1] - y[1])
	})
	p := &pattern{n: b.n}
	for _, k := range keys {
		p.values = append(p.values, b.sum[k])
		if b.noise.IntN(2) == 0 {
			k[0], k[1] = k[1], k[0]
		}
		p.row, p.col = append(p.row, k[0]), append(p.col, k[1])
	}
	b.noise.Shuffle(len(p.row), func(i, j int) {
		p.row[i], p.row[j] = p.row[j], p.row[i]
		p.col[i], p.col[j] = p.col[j], p.col[i]
		p.values[i], p.values[j] = p.values[j], p.values[i]
	})
	return p
}

// evaluations is shaped as lme4's InstEval: students who each rate some 25
// lecturers, most of them of two or three of 14 departments.
func evaluations(students, lecturers int) *pattern {
	const departments, each = 14, 25
	b := newBuilder(students+lecturers+departments, 7)
	for s := range students {
		home := b.noise.IntN(departments)
		for range each {
			d := home
			switch u := b.noise.Float64(); {
			case u < 0.1:
				d = b.noise.IntN(departments)
			case u < 0.4:
				d = (home + 1) % departments
			case u < 0.55:
				d = (home + 5) % departments
			}
			l := d + departments*b.noise.IntN(lecturers/departments)
			b.cell(int32(s), int32(students+l), int32(students+lecturers+d))
		}
	}
	return b.pattern()
}

// crossed has n groups that each meet some of m others; columns of each group.
func crossed(n, m, meet, columns int) *pattern {
	b := newBuilder((n+m)*columns, 8)
	for i := range n {
		for range meet {
			j := n + b.noise.IntN(m)
			var cell []int32
			for c := range columns {
				cell = append(cell, int32(i*columns+c), int32(j*columns+c))
			}
			b.cell(cell...)
		}
	}
	return b.pattern()
}

// nested has n groups in m larger ones; columns of each group.
func nested(n, m, columns int) *pattern {
	b := newBuilder((n+m)*columns, 9)
	for i := range n {
		var cell []int32
		for c := range columns {
			cell = append(cell, int32(i*columns+c), int32((n+b.noise.IntN(m))*columns+c))
		}
		j := cell[1]
		for c := range columns {
			cell[2*c+1] = j + int32(c)
		}
		b.cell(cell...)
	}
	return b.pattern()
}

// cliques is a chain of dense blocks of columns that overlap by half, of which
// each has some columns of its own: supernodes that meet several ancestors.
func cliques(blocks, size, own int) *pattern {
	b := newBuilder(blocks*own+(blocks+1)*size, 10)
	for k := range blocks {
		var cell []int32
		for i := range own {
			cell = append(cell, int32(k*own+i))
		}
		for i := range 2 * size {
			cell = append(cell, int32(blocks*own+k*size+i))
		}
		b.cell(cell...)
	}
	return b.pattern()
}
