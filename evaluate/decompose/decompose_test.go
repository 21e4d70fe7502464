package decompose

import (
	"context"
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"bidrag/model/infer"
)

// readCSV reads a file of testdata with its header.
func readCSV(t *testing.T, name string) (header []string, rows [][]string) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// homecomp are the persons of testdata/homecomp.csv, in clusters of one age.
func homecomp(t *testing.T) Data {
	t.Helper()
	header, rows := readCSV(t, "homecomp.csv")
	column := func(name string) []float64 {
		out := make([]float64, len(rows))
		for i, r := range rows {
			out[i] = number(t, r[slices.Index(header, name)])
		}
		return out
	}
	d := Data{N: len(rows), Y: column("homecomp"), Blocks: []string{"female", "age", "educ", "marstat"}, Categories: [][]int{{0}, {2, 3, 4}, {5, 6}}}
	d.Names, d.Block = []string{"female", "age", "hsgrad", "somecol", "college", "married", "prevmar"}, []int{0, 1, 2, 2, 2, 3, 3}
	d.P = len(d.Names)
	for _, name := range d.Names {
		d.X = append(d.X, column(name)...)
	}
	ages := map[float64]int32{}
	school := Table{Variable: "educ", Levels: []string{"none", "hsgrad", "somecol", "college"}, Of: make([]int, d.N)}
	for i, black := range column("black") {
		d.Focus = append(d.Focus, black == 1)
		age := d.X[d.N+i]
		if _, seen := ages[age]; !seen {
			ages[age] = int32(len(ages))
		}
		d.Clusters.Of = append(d.Clusters.Of, ages[age])
		for k := range 3 {
			school.Of[i] += (k + 1) * int(d.X[(2+k)*d.N+i])
		}
	}
	d.Clusters.Number, d.Tables = len(ages), []Table{school}
	return d
}

func answer(t *testing.T, d Data, o Options) *Answer {
	t.Helper()
	a, err := Decompose(t.Context(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// find is the part of a key.
func (a *Answer) find(t *testing.T, method, choice, piece, block, side string) Part {
	t.Helper()
	for _, p := range a.Parts {
		if p.Method == method && p.Choice == choice && p.Piece == piece && p.Block == block && p.Side == side && p.Level == "" {
			return p
		}
	}
	t.Fatalf("there is no %s %s %s %s %s", method, choice, piece, block, side)
	return Part{}
}

// TestAgainstR holds every part of a decomposition of 1969 persons against
// testdata/homecomp.R (R 4.2.2, base R): linear parts and rates to 1e-11, logistic
// ones to 1e-9, cluster-robust errors to 1e-9 of themselves, and Fairlie's, with
// other draws, to four Monte Carlo errors of both.
func TestAgainstR(t *testing.T) {
	const orderings = 4000
	a := answer(t, homecomp(t), Options{Orderings: orderings, Replicates: 2, Threads: 2})
	seen := 0
	_, rows := readCSV(t, "homecomp_golden.csv")
	for _, r := range rows {
		method, choice, piece, block, want := r[0], r[1], r[2], r[3], number(t, r[4])
		tolerance, side := 1e-11, ""
		var got float64
		switch method {
		case Logit:
			tolerance = 1e-9
		case Fairlie:
			tolerance = 4 * number(t, r[5]) * math.Sqrt(1+2000.0/orderings)
		case Direct, Indirect:
			piece, side = "", piece
		}
		if block == "constant" {
			block = Constant
		}
		if method == GelbachCR0 {
			piece = Explained
			if block == "remains" {
				piece, block = Unexplained, ""
			}
			p := a.find(t, method, "", piece, block, "")
			got, tolerance = (p.High-p.Low)/2/1.959963984540054, 1e-9*want
		} else {
			got = a.find(t, method, choice, piece, block, side).Value
		}
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s %s %s %s: %.15g, R has %.15g", method, choice, piece, block, got, want)
		}
		seen++
	}
	if seen < 150 {
		t.Errorf("%d numbers of R", seen)
	}
}

// TestKitagawaByHand: 40 of 100 in the scheme and 30 of 100 in the reference, at
// two levels.
//
//	          scheme        reference     shares     rates
//	level a   24 of 40      27 of 80      0.4, 0.8   0.6, 0.3375
//	level b   16 of 60       3 of 20      0.6, 0.2   4/15, 0.15
//
//	composition   (0.4 − 0.8)(0.6 + 0.3375)/2 + (0.6 − 0.2)(4/15 + 0.15)/2 = −0.1875 + 1/12
//	of which a    (0.4 − 0.8)(0.46875 − 0.35) = −0.0475, 0.35 the mean of 0.4 and 0.3
//	rates         (0.6 − 0.3375)(0.4 + 0.8)/2 + (4/15 − 0.15)(0.6 + 0.2)/2 = 0.1575 + 7/150
//	together      −0.1875 + 0.083333… + 0.1575 + 0.046666… = 0.1
//
// The scheme's rates with the reference's composition: 0.8·0.6 + 0.2·4/15; the
// reference's rates expect 0.4·0.3375 + 0.6·0.15 = 0.225 of the scheme's persons,
// who attain 0.4, so that its indirectly standardized rate is 0.3·0.4/0.225.
func TestKitagawaByHand(t *testing.T) {
	var d Data
	table := Table{Variable: "v", Levels: []string{"a", "b"}}
	add := func(focus bool, level, attained, of int) {
		for i := range of {
			d.N++
			d.Y, d.Focus = append(d.Y, indicator(i < attained)), append(d.Focus, focus)
			table.Of = append(table.Of, level)
			d.Clusters.Of = append(d.Clusters.Of, int32(d.N-1))
		}
	}
	add(true, 0, 24, 40)
	add(true, 1, 16, 60)
	add(false, 0, 27, 80)
	add(false, 1, 3, 20)
	d.Clusters.Number, d.Tables = d.N, []Table{table}
	a := answer(t, d, Options{Orderings: 1, Replicates: 2})
	for _, want := range []struct {
		method, choice, piece, side string
		value                       float64
	}{
		{Kitagawa, "", "", "", 0.1},
		{Kitagawa, "", Composition, "", -0.1875 + 1.0/12},
		{Kitagawa, "", Rates, "", 0.1575 + 7.0/150},
		{Direct, RefSide, "", FocusSide, 0.48 + 0.2*4/15},
		{Direct, FocusSide, "", FocusSide, 0.4},
		{Direct, Pooled, "", RefSide, 0.6*0.3375 + 0.4*0.15},
		{Indirect, RefSide, "", FocusSide, 0.3 * 0.4 / 0.225},
	} {
		if got := a.find(t, want.method, want.choice, want.piece, "v", want.side).Value; math.Abs(got-want.value) > 1e-14 {
			t.Errorf("%s %s %s %s: %v, want %v", want.method, want.choice, want.piece, want.side, got, want.value)
		}
	}
	for _, p := range a.Parts {
		if p.Method == Kitagawa && p.Level == "a" && p.Piece == Composition && math.Abs(p.Value+0.0475) > 1e-14 {
			t.Errorf("level a: %v", p.Value)
		}
		if p.Method == Kitagawa && p.Level == "b" && (p.Persons != 20 || p.Successes != 3) {
			t.Errorf("level b rests on %d persons, %d of whom attain", p.Persons, p.Successes)
		}
	}
}

// drawn are made-up persons in two schemes.
func drawn(r *rapid.T) Data {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
	d := Data{N: rapid.IntRange(60, 200).Draw(r, "n"), P: rapid.IntRange(2, 6).Draw(r, "p"), Blocks: []string{"a", "b"}}
	for j := range d.P {
		d.Names, d.Block = append(d.Names, strconv.Itoa(j)), append(d.Block, j%2)
		for range d.N {
			x := random.NormFloat64()
			switch {
			case j == 0:
				x = indicator(x > 0)
			case j == 1:
				x = 2000 + 10*x
			}
			d.X = append(d.X, x)
		}
	}
	d.Categories = [][]int{{0}}
	table := Table{Variable: "t", Levels: []string{"x", "y", "z"}}
	for i := range d.N {
		d.Focus = append(d.Focus, random.Float64() < 0.3+0.2*d.X[i])
		d.Y = append(d.Y, indicator(random.Float64() < 0.4+0.2*d.X[i]))
		d.Clusters.Of = append(d.Clusters.Of, int32(random.IntN(7)))
		table.Of = append(table.Of, random.IntN(3))
	}
	d.Clusters.Number, d.Tables = 7, []Table{table}
	return d
}

// TestPartsAddUp: in every method and for every choice the parts and what remains
// are the raw difference, to 1e-12, and blocks are the whole that stands with them,
// to 1e-12 of their size: large ones of opposite sign lose digits when added up.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := drawn(r)
		a, err := Decompose(context.Background(), d, Options{Orderings: 3, Replicates: 1, Threads: 1})
		if err != nil {
			r.Skip(err)
		}
		raw := a.Parts[0].Value
		pieces, blocks, size, whole := map[[2]string]float64{}, map[[3]string]float64{}, map[[3]string]float64{}, map[[3]string]float64{}
		for _, p := range a.Parts {
			switch {
			case p.Method == "" || p.Side != "" || p.Level != "":
			case p.Method == Kitagawa:
				if p.Piece != "" {
					pieces[[2]string{p.Method, p.Choice}] += p.Value
				}
			case p.Block == "":
				pieces[[2]string{p.Method, p.Choice}] += p.Value
				whole[[3]string{p.Method, p.Choice, p.Piece}] = p.Value
			default:
				blocks[[3]string{p.Method, p.Choice, p.Piece}] += p.Value
				size[[3]string{p.Method, p.Choice, p.Piece}] += math.Abs(p.Value)
			}
		}
		if len(pieces) < 12 {
			r.Fatalf("%d decompositions", len(pieces))
		}
		for k, sum := range pieces {
			if math.Abs(sum-raw) > 1e-12 {
				r.Errorf("%v: the parts are %v together, the difference is %v", k, sum, raw)
			}
		}
		for k, sum := range blocks {
			if math.Abs(sum-whole[k]) > 1e-12*math.Max(1, size[k]) {
				r.Errorf("%v: the blocks are %v together, and not %v", k, sum, whole[k])
			}
		}
	})
}

// TestOrderOfBlocksDoesNotMatter in the conditional decomposition, which is also
// the twofold one with pooled coefficients.
func TestOrderOfBlocksDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := drawn(r)
		other := d
		other.Block, other.Blocks = slices.Clone(d.Block), []string{"b", "a"}
		for j := range other.Block {
			other.Block[j] = 1 - d.Block[d.P-1-j]
		}
		other.X = nil
		for j := d.P - 1; j >= 0; j-- {
			other.X = append(other.X, d.X[j*d.N:(j+1)*d.N]...)
		}
		other.Categories = [][]int{{d.P - 1}}
		o := Options{Orderings: 1, Replicates: 1, Threads: 1}
		a, err := Decompose(context.Background(), d, o)
		b, err2 := Decompose(context.Background(), other, o)
		if err != nil || err2 != nil {
			r.Skip(err)
		}
		for _, p := range a.Parts {
			if p.Method != Gelbach {
				continue
			}
			for _, q := range slices.Concat(a.Parts, b.Parts) {
				same := q.Method == Gelbach || q.Method == Twofold && q.Choice == Pooled
				if same && q.Piece == p.Piece && q.Block == p.Block && math.Abs(q.Value-p.Value) > 1e-11 {
					r.Errorf("%s %s: %v and %v", p.Piece, p.Block, p.Value, q.Value)
				}
			}
		}
	})
}

// TestOmittedLevelDoesNotMatter: with another level of schooling left out every
// linear and logistic part is the same, coefficients' parts too.
func TestOmittedLevelDoesNotMatter(t *testing.T) {
	d := homecomp(t)
	o := Options{Orderings: 1, Replicates: 1}
	other := d
	other.X = slices.Clone(d.X)
	for i := range d.N { // no schooling for some college
		other.X[3*d.N+i] = 1 - d.X[2*d.N+i] - d.X[3*d.N+i] - d.X[4*d.N+i]
	}
	a, b := answer(t, d, o), answer(t, other, o)
	for i, p := range a.Parts {
		if q := b.Parts[i]; p.Method != Fairlie && math.Abs(p.Value-q.Value) > 1e-9 {
			t.Errorf("%+v: %v and %v", p, p.Value, q.Value)
		}
	}
}

// TestDrawIsTheDataItDraws: what a draw of the bootstrap answers is what the
// persons it holds, each as often as drawn, would answer as data of their own,
// whether products are kept by cluster or summed over rows.
func TestDrawIsTheDataItDraws(t *testing.T) {
	d := homecomp(t)
	for _, clusters := range []infer.Clusters{d.Clusters, {Of: rows(d.N), Number: d.N}} {
		d.Clusters = clusters
		p, err := newPeople(&d)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(4, 2))
		times := make([]float64, clusters.Number)
		for range times {
			times[random.IntN(len(times))]++
		}
		draw := make([]float64, d.N)
		for i, c := range p.clusters.Of {
			draw[i] = times[c]
		}
		var got tally
		m := newMethods(p, Options{}, &Answer{})
		if (m.linear.parts == nil) != (clusters.Number == d.N) {
			t.Errorf("%d clusters: products are kept: %v", clusters.Number, m.linear.parts != nil)
		}
		if err := m.all(&got, newRoom(p), draw, 300, random); err != nil {
			t.Fatal(err)
		}
		want := answer(t, repeated(d, times), Options{Orderings: 300, Replicates: 1})
		for i, v := range got.values {
			p := want.Parts[i]
			tolerance := map[string]float64{Logit: 2e-5, Fairlie: 2e-3}[p.Method]
			if !(math.Abs(v-p.Value) <= max(tolerance, 1e-10)) {
				t.Errorf("%s %s %s %s: %v, of the data themselves %v", p.Method, p.Choice, p.Piece, p.Block, v, p.Value)
			}
		}
	}
}

func rows(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// repeated is the data with the persons of a cluster so many times.
func repeated(d Data, times []float64) Data {
	var keep []int
	for i, c := range d.Clusters.Of {
		for range int(times[c]) {
			keep = append(keep, i)
		}
	}
	out := Data{N: len(keep), P: d.P, Names: d.Names, Block: d.Block, Blocks: d.Blocks, Categories: d.Categories, Clusters: infer.Clusters{Of: rows(len(keep)), Number: len(keep)}}
	table := Table{Variable: d.Tables[0].Variable, Levels: d.Tables[0].Levels}
	for _, i := range keep {
		out.Y, out.Focus = append(out.Y, d.Y[i]), append(out.Focus, d.Focus[i])
		table.Of = append(table.Of, d.Tables[0].Of[i])
	}
	for j := range d.P {
		for _, i := range keep {
			out.X = append(out.X, d.X[j*d.N+i])
		}
	}
	out.Tables = []Table{table}
	return out
}

// TestThreads: the number of threads changes no bit.
func TestThreads(t *testing.T) {
	d := homecomp(t)
	o := Options{Orderings: 5, Replicates: 9, Seed: 3, Threads: 1}
	one := answer(t, d, o)
	o.Threads = 4
	four := answer(t, d, o)
	for i, p := range one.Parts {
		q := four.Parts[i]
		if math.Float64bits(p.Value) != math.Float64bits(q.Value) || math.Float64bits(p.Low) != math.Float64bits(q.Low) || math.Float64bits(p.High) != math.Float64bits(q.High) {
			t.Errorf("%+v and %+v", p, q)
		}
	}
}

// TestIntervalsAgree: the bootstrap by persons and the robust variance give nearly
// the same intervals of the conditional decomposition: each end within a third of
// the interval's half.
func TestIntervalsAgree(t *testing.T) {
	d := homecomp(t)
	d.Clusters = infer.Clusters{Of: rows(d.N), Number: d.N}
	a := answer(t, d, Options{Orderings: 1, Replicates: 600, Threads: 2})
	compared := 0
	for _, p := range a.Parts {
		if p.Method != Gelbach {
			continue
		}
		q := a.find(t, GelbachCR0, p.Choice, p.Piece, p.Block, "")
		half := (q.High - q.Low) / 2
		if math.Abs(p.Low-q.Low) > half/3 || math.Abs(p.High-q.High) > half/3 {
			t.Errorf("%s %s: %v to %v, robust %v to %v", p.Piece, p.Block, p.Low, p.High, q.Low, q.High)
		}
		compared++
	}
	if compared != 6 {
		t.Errorf("%d intervals", compared)
	}
}

// TestBadInput: what cannot be answered is told, and the rest is done.
func TestBadInput(t *testing.T) {
	o := Options{Orderings: 2, Replicates: 5}
	for _, c := range []struct {
		name   string
		change func(*Data)
		err    error // among the gaps
		names  []string
		lacks  string // a method and choice that has no number
	}{
		{"one cluster", func(d *Data) { d.Clusters = infer.Clusters{Of: make([]int32, d.N), Number: 1} }, infer.ErrOneCluster, nil, GelbachCR0},
		{"a scheme in one cluster", func(d *Data) {
			d.Clusters = infer.Clusters{Of: make([]int32, d.N), Number: 3}
			for i, f := range d.Focus {
				if !f {
					d.Clusters.Of[i] = int32(1 + i%2)
				}
			}
		}, infer.ErrOneCluster, nil, GelbachCR0},
		{"aliased", func(d *Data) { copy(d.X[5*d.N:6*d.N], d.X[:d.N]) }, ErrAliased, []string{"married"}, ""},
		{"in one scheme only", func(d *Data) {
			for i, f := range d.Focus {
				if f {
					d.X[6*d.N+i] = 0
				}
			}
		}, ErrOneSided, []string{"prevmar"}, ""},
		{"same outcome", func(d *Data) {
			for i, f := range d.Focus {
				if f {
					d.Y[i] = 1
				}
			}
		}, ErrSameOut, nil, Logit + FocusSide},
		{"separated", func(d *Data) {
			for i, f := range d.Focus {
				if f && d.X[4*d.N+i] == 1 {
					d.Y[i] = 1
				}
			}
		}, ErrSeparated, []string{"college"}, Fairlie + FocusSide},
		{"empty level", func(d *Data) {
			for i, f := range d.Focus {
				if f && d.Tables[0].Of[i] == 3 {
					d.Tables[0].Of[i] = -1
				}
			}
		}, ErrEmptyLevel, []string{"educ", "college"}, ""},
	} {
		d := homecomp(t)
		c.change(&d)
		a := answer(t, d, o)
		at := slices.IndexFunc(a.Gaps, func(g Gap) bool { return errors.Is(g.Err, c.err) })
		if at < 0 || !slices.Equal(a.Gaps[at].Names, c.names) {
			t.Errorf("%s: gaps %+v", c.name, a.Gaps)
		}
		for _, p := range a.Parts {
			if c.lacks != "" && p.Method+p.Choice == c.lacks {
				t.Errorf("%s: there is %+v", c.name, p)
			}
			if math.IsNaN(p.Value) && p.Method != Direct && p.Method != Indirect {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
		if a.find(t, Gelbach, "", Unexplained, "", "").Persons != 232 {
			t.Errorf("%s: it rests on another number of persons", c.name)
		}
	}
}

// TestNoAnswer: an empty side, an outcome that is not 0 or 1, and a run that is
// stopped.
func TestNoAnswer(t *testing.T) {
	o := Options{Orderings: 2, Replicates: 5}
	d := homecomp(t)
	for i := range d.Focus {
		d.Focus[i] = false
	}
	if _, err := Decompose(t.Context(), d, o); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty side: %v", err)
	}
	d = homecomp(t)
	d.Y[7] = 2
	if _, err := Decompose(t.Context(), d, o); err == nil {
		t.Error("an outcome of 2")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Decompose(stopped, homecomp(t), o); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
