package match

import (
	"context"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bidrag/data/frame"
	"bidrag/model/infer"
)

// lalonde is the data of the study nsw as a frame, with the clusters that
// testdata/matching.R makes up.
func lalonde(t *testing.T) *frame.Frame {
	rows := readCSV(t, "../../studies/nsw/extracts/lalonde.csv")
	text := map[string][]string{}
	for _, row := range rows[1:] {
		for k, v := range row {
			text[rows[0][k]] = append(text[rows[0][k]], v)
		}
	}
	number := func(name string) []float64 {
		out := make([]float64, len(text[name]))
		for i, v := range text[name] {
			out[i] = parse(t, v)
		}
		return out
	}
	n := len(rows) - 1
	scheme, employed, cluster, person := make([]int32, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		scheme[i] = int32(number("treat")[i])
		if number("re78")[i] > 0 {
			employed[i] = 1
		}
		cluster[i], person[i] = math.Mod(number("age")[i]*7+number("educ")[i], 40), float64(i)
	}
	columns := []*frame.Column{
		frame.NewFactor("scheme", []string{"comparison", "trained"}, scheme), frame.FactorOf("race", text["race"]),
		frame.NewNumeric("employed", employed), frame.NewNumeric("cluster", cluster), frame.NewNumeric("person", person),
	}
	for _, name := range []string{"age", "educ", "married", "nodegree", "re74", "re75", "re78"} {
		columns = append(columns, frame.NewNumeric(name, number(name)))
	}
	data, err := frame.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readCSV(t *testing.T, file string) [][]string {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func parse(t *testing.T, v string) float64 {
	x, err := strconv.ParseFloat(v, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

const covariates = "age + educ + race + married + nodegree + re74 + re75"

// trained is the comparison of the trained with the others.
func trained(t *testing.T, outcome, cluster string) *Comparison {
	c, err := New(lalonde(t), Question{
		Scheme: "trained", Reference: "comparison", Outcome: outcome, Covariates: covariates, Adjust: covariates,
		Cluster: cluster, Exact: []string{"married", "nodegree"}, Replicates: 400, Seed: 1, Threads: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ways are those of testdata/matching.R.
var ways = map[string]Nearest{
	"nearest":             {Ratio: 1},
	"ratio":               {Ratio: 2},
	"caliper":             {Ratio: 1, Caliper: 0.1},
	"replacement":         {Ratio: 1, Replace: true},
	"replacement3":        {Ratio: 3, Replace: true, Caliper: 0.2},
	"exact":               {Ratio: 1, Caliper: 0.2, Exact: []string{"married", "nodegree"}},
	"mahalanobis":         {Ratio: 1, Mahalanobis: true},
	"mahalanobis_caliper": {Ratio: 2, Mahalanobis: true, Caliper: 0.2},
}

func setsOf(t *testing.T, c *Comparison, way string) []Set {
	sets, err := c.Nearest(t.Context(), ways[way])
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

// TestPairsAgainstMatchIt: the same persons for the same persons, in every way.
func TestPairsAgainstMatchIt(t *testing.T) {
	c := trained(t, "re78", "")
	want := map[string]map[int][]int{}
	for _, row := range readCSV(t, "testdata/pairs.csv")[1:] {
		if want[row[0]] == nil {
			want[row[0]] = map[int][]int{}
		}
		for _, v := range row[2:] {
			if v != "" {
				i := int(parse(t, row[1])) - 1
				want[row[0]][i] = append(want[row[0]][i], int(parse(t, v))-1)
			}
		}
	}
	for way := range ways {
		sets := setsOf(t, c, way)
		if len(sets) != len(want[way]) || len(sets) == 0 {
			t.Errorf("%s: %d sets, R has %d", way, len(sets), len(want[way]))
		}
		for _, s := range sets {
			if !slices.Equal(s.Controls, want[way][s.Treated]) {
				t.Errorf("%s: %d has %v, R has %v", way, s.Treated, s.Controls, want[way][s.Treated])
			}
		}
	}
}

// TestBalanceAgainstMatchIt: means, differences and variance ratios of all traits
// before and after, to 1e-7 of a standard deviation.
func TestBalanceAgainstMatchIt(t *testing.T) {
	c := trained(t, "re78", "")
	got := map[string]Balance{}
	remember := func(way string, weights []float64) {
		for _, b := range c.Balance(c.Traits(), weights) {
			name := b.Variable + b.Level
			if name == "" {
				name = "distance"
			}
			got[way+" "+name] = b
		}
	}
	remember("before", nil)
	for way := range ways {
		remember(way, c.Weights(setsOf(t, c, way)))
	}
	rows := readCSV(t, "testdata/balance.csv")[1:]
	for _, row := range rows {
		b, ok := got[row[0]+" "+row[1]]
		if !ok {
			t.Errorf("there is no %s %s", row[0], row[1])
			continue
		}
		for k, v := range []float64{b.Scheme, b.Reference, b.Difference, b.Ratio} {
			if row[2+k] == "NA" {
				if !math.IsNaN(v) {
					t.Errorf("%s: %g, R has none", row[:2], v)
				}
				continue
			}
			near(t, strings.Join(row[:2], " ")+" "+strconv.Itoa(k), v, parse(t, row[2+k]), 1e-7)
		}
	}
	if len(rows) < 80 {
		t.Errorf("R has %d rows", len(rows))
	}
}

// near: relative for numbers larger than 1.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s: %.12g, want %.12g", what, got, want)
	}
}

// TestEffectsAgainstR holds effects after matching, weighted and doubly robust
// against R: estimates to 1e-7, errors after matching likewise. The errors of the
// bootstrap of 400 replicates, in 40 clusters, are within a quarter of those of
// M-estimation, which the bootstrap tends to in large samples.
func TestEffectsAgainstR(t *testing.T) {
	kinds := map[string]Weighting{
		"att": {High: 1}, "att_trim": {Low: 0.1, High: 0.9}, "ate": {All: true, High: 1}, "ate_trim": {All: true, Low: 0.1, High: 0.9}, "overlap": {Kind: Overlap},
	}
	of := map[string]*Comparison{}
	for _, outcome := range []string{"re78", "employed"} {
		for _, cluster := range []string{"cluster", "person"} {
			of[outcome+" "+cluster] = trained(t, outcome, cluster)
		}
	}
	weighed := map[string]Weighed{}
	rows := readCSV(t, "testdata/effects.csv")[1:]
	for _, row := range rows {
		words := strings.Fields(row[1])
		c := of[words[1]+" "+words[2]]
		var e Effect
		var err error
		switch words[0] {
		case "plain":
			e, err = c.Difference(setsOf(t, c, row[0]))
		case "adjusted":
			e, err = c.Adjusted(setsOf(t, c, row[0]))
		default:
			if _, done := weighed[row[0]+words[0]+words[1]]; !done {
				w := kinds[row[0]]
				v := w
				v.Kind = DoublyRobust
				both := []Weighting{w}
				if w.Kind != Overlap {
					both = append(both, v)
				}
				for k, a := range c.Weighted(t.Context(), both) {
					weighed[row[0]+[]string{"weighting", "aipw"}[k]+words[1]] = a
				}
			}
			a := weighed[row[0]+words[0]+words[1]]
			e, err = a.Effect, a.Err
		}
		if err != nil {
			t.Errorf("%s: %v", row[:2], err)
			continue
		}
		what, want, se := strings.Join(row[:2], " "), parse(t, row[2]), parse(t, row[3])
		near(t, what, e.Value, want, 1e-7)
		if words[0] == "plain" || words[0] == "adjusted" {
			near(t, what+" (error)", e.StdError, se, 1e-7)
			near(t, what+" (low)", e.Low, want-z95*se, 1e-7)
		} else if t.Logf("%s: error %.4g, R %.4g, ratio %.3f", what, e.StdError, se, e.StdError/se); math.Abs(e.StdError/se-1) > 0.25 {
			t.Errorf("%s: error %g, R has %g", what, e.StdError, se)
		}
	}
	if len(rows) < 80 {
		t.Errorf("R has %d rows", len(rows))
	}
}

// TestWeightedDoesNotDependOnThreads: to the last bit.
func TestWeightedDoesNotDependOnThreads(t *testing.T) {
	run := func(threads int) []Weighed {
		c := trained(t, "employed", "cluster")
		c.Threads, c.Replicates = threads, 60
		return c.Weighted(t.Context(), []Weighting{{High: 1}, {Kind: Overlap}, {Kind: DoublyRobust, All: true, Low: 0.05, High: 0.95}})
	}
	one, three := run(1), run(3)
	for k, a := range one {
		b := three[k]
		for _, x := range [][2]float64{{a.Value, b.Value}, {a.Low, b.Low}, {a.High, b.High}, {a.StdError, b.StdError}} {
			if math.Float64bits(x[0]) != math.Float64bits(x[1]) || math.IsNaN(x[0]) {
				t.Errorf("way %d: %v and %v", k, a, b)
			}
		}
	}
}

// TestOverlapWeightsBalance: the weighted means of all covariates of a logistic
// score are equal (Li, Morgan and Zaslavsky 2018, theorem 3).
func TestOverlapWeightsBalance(t *testing.T) {
	c := trained(t, "re78", "")
	for _, b := range c.Balance(c.Traits()[1:], c.WeightsOf(Weighting{Kind: Overlap})) {
		if math.Abs(b.Difference) > 1e-8 {
			t.Errorf("%s %s differs by %g", b.Variable, b.Level, b.Difference)
		}
	}
}

// TestStopped: a run that is stopped stops here too.
func TestStopped(t *testing.T) {
	c := trained(t, "re78", "")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := c.Nearest(ctx, ways["mahalanobis"]); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if a := c.Weighted(ctx, []Weighting{{High: 1}}); !errors.Is(a[0].Err, context.Canceled) {
		t.Error(a[0].Err)
	}
}

// TestOneCluster: when everyone, or everyone in the scheme, is in one cluster, the
// difference is told, without an interval.
func TestOneCluster(t *testing.T) {
	everyone, scheme := trained(t, "re78", ""), trained(t, "re78", "")
	for i := range everyone.clusters.Of {
		everyone.clusters.Of[i] = 0
		if scheme.clusters.Of[i] = int32(i % 3); scheme.Treated[i] {
			scheme.clusters.Of[i] = 0
		}
	}
	everyone.clusters.Number, scheme.clusters.Number = 1, 3
	for _, c := range []*Comparison{everyone, scheme} {
		withoutInterval(t, c)
	}
}

// withoutInterval holds that every way of comparing has a difference, and none an interval.
func withoutInterval(t *testing.T, c *Comparison) {
	t.Helper()
	for what, ask := range map[string]func() (Effect, error){
		"plain":    func() (Effect, error) { return c.Difference(setsOf(t, c, "nearest")) },
		"adjusted": func() (Effect, error) { return c.Adjusted(setsOf(t, c, "nearest")) },
		"weighted": func() (Effect, error) {
			a := c.Weighted(t.Context(), []Weighting{{High: 1}})[0]
			return a.Effect, a.Err
		},
	} {
		e, err := ask()
		if !errors.Is(err, infer.ErrOneCluster) || math.IsNaN(e.Value) || !math.IsNaN(e.Low) {
			t.Errorf("%s: %+v, %v", what, e, err)
		}
	}
}
