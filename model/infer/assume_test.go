package infer_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gonum.org/v1/gonum/floats"

	"bidrag/model/family"
	"bidrag/model/glm"
	"bidrag/model/infer"
)

// assumed holds what R makes of small data sets; see testdata/assume.R.
type assumed struct {
	Cases []assumedCase
	HC2   []float64
	VIF   []struct {
		Name            string
		Cov, GVIF, Root []float64
		Term, DF        []int
	}
	AUC []struct {
		Name    string
		Y, P    []float64
		AUC, SE float64
	}
	Calibration struct {
		Y, P, Rows, Predicted, Observed []float64
		Bins                            int
		Intercept, Slope, Brier         float64
		InterceptSE                     float64 `json:"intercept_se"`
		SlopeSE                         float64 `json:"slope_se"`
	}
	Binned struct {
		X, Residual, Rows, Centre, Mean []float64
		Bound                           []float64
		Bins                            int
	}
	Order []struct {
		N                   int
		Level               float64
		Low, High, Expected []float64
	}
	CDF []struct {
		Family              string
		Y, Mu, A, Below, At []float64
	}
	CDFDispersion float64 `json:"cdf_dispersion"`
}

type assumedCase struct {
	Name, Family, Link        string
	N, P                      int
	X, Y                      []float64
	Trials, Weights, Offset   []float64
	Cluster                   []int32
	Beta, CR0, HC0, CR1S, CR2 []*float64
	DF                        []*float64
	Hat, Pearson, Deviance    []float64
	StdPearson                []*float64 `json:"std_pearson"`
	StdDeviance               []*float64 `json:"std_deviance"`
	Cook                      []*float64
	DFBetas                   []float64
	ChiSquare                 float64 `json:"chi_square"`
	ChiSquareP                float64 `json:"chi_square_p"`
}

func readAssumed(t *testing.T) assumed {
	t.Helper()
	text, err := os.ReadFile("testdata/assume.json")
	if err != nil {
		t.Fatal(err)
	}
	var a assumed
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// A fitted case is what the functions of the package take of a fit.
type fitted struct {
	*glm.Estimate
	rows               infer.Rows
	deviance, variance []float64
	clusters           int
}

func (c assumedCase) fit(t testing.TB) fitted {
	t.Helper()
	return c.fitRows(t, func(int) bool { return true })
}

// fitRows fits the rows that are kept; the others have weight 0.
func (c assumedCase) fitRows(t testing.TB, keep func(i int) bool) fitted {
	t.Helper()
	f, err := family.New(lower(c.Family), c.Link)
	if err != nil {
		t.Fatal(err)
	}
	d := glm.Data{N: c.N, P: c.P, X: c.X, Y: c.Y, Offset: c.Offset, Weights: make([]float64, c.N), Family: f}
	if f.Dist == family.Binomial {
		d.Trials = c.Trials
	}
	for i, w := range c.Weights {
		if keep(i) {
			d.Weights[i] = w
		}
	}
	e, err := glm.Fit(d, glm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return fittedOf(d, e, c.Cluster)
}

func fittedOf(d glm.Data, e *glm.Estimate, cluster []int32) fitted {
	n := d.N
	numbers := func() []float64 { return make([]float64, n) }
	a, score, info, deviance := numbers(), numbers(), numbers(), numbers()
	mu, comp, slope, variance := numbers(), numbers(), numbers(), numbers()
	family.Rows{Y: d.Y, Weight: d.Weights, Trials: d.Trials}.Scale(a)
	d.Family.Score(e.Eta, d.Y, a, score, info)
	d.Family.Each(e.Eta, d.Y, a, score, deviance)
	d.Family.Mean(e.Eta, mu, comp, slope)
	d.Family.Variance(mu, comp, variance)
	floats.Div(variance, a)
	bread := append([]float64(nil), e.Cov...)
	floats.Scale(1/e.Dispersion, bread)
	f := fitted{Estimate: e, deviance: deviance, variance: variance, rows: infer.Rows{N: n, P: d.P, X: d.X, Score: score, Info: info, Bread: bread}}
	for _, g := range cluster {
		f.clusters = max(f.clusters, int(g)+1)
	}
	return f
}

func lower(name string) string {
	if name == "Gamma" {
		return "gamma"
	}
	return name
}

// agree checks numbers against R's: relative differences, of values below
// least absolute ones.
func agree(t *testing.T, what string, want []*float64, got []float64, least, tolerance float64) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%s: %d values, want %d", what, len(got), len(want))
		return
	}
	worst := 0.0
	for i, w := range want {
		switch {
		case w == nil && !math.IsNaN(got[i]), w != nil && math.IsNaN(got[i]):
			t.Errorf("%s: value %d is %g, R's missing: %t", what, i, got[i], w == nil)
			return
		case w != nil:
			worst = max(worst, math.Abs(*w-got[i])/max(math.Abs(*w), least))
		}
	}
	t.Logf("%s agrees to %.1g", what, worst)
	if !(worst <= tolerance) {
		t.Errorf("%s differs by %.2g", what, worst)
	}
}

func some(v []float64) []*float64 {
	out := make([]*float64, len(v))
	for i := range v {
		out[i] = &v[i]
	}
	return out
}

func (c assumedCase) diagonal(v []float64) []float64 {
	out := make([]float64, c.P)
	for j := range out {
		out[j] = v[j*c.P+j]
	}
	return out
}

func TestAssumptionsAgreeWithR(t *testing.T) {
	for _, c := range readAssumed(t).Cases {
		t.Run(c.Name, func(t *testing.T) {
			f := c.fit(t)
			agree(t, "estimates", c.Beta, f.Beta, 1e-3, 1e-7)
			c.compareRobust(t, f)
			c.compareInfluence(t, f)
		})
	}
}

func (c assumedCase) compareRobust(t *testing.T, f fitted) {
	t.Helper()
	cr0 := infer.ClusterRobust(f.rows.X, f.rows.Score, f.rows.Bread, c.N, c.P, c.Cluster, f.clusters)
	cr2 := infer.ClusterRobustCR2(f.rows, f.variance, c.Cluster, f.clusters)
	scale := 0.0 // a covariance of 0 is compared with the variances
	for _, v := range c.diagonal(cr0) {
		if !math.IsNaN(v) {
			scale = max(scale, v)
		}
	}
	agree(t, "CR0", c.CR0, cr0, 1e-3*scale, 1e-6)
	agree(t, "sandwich's HC0", c.HC0, cr0, 1e-3*scale, 1e-6)
	cr1s := append([]float64(nil), cr0...)
	floats.Scale(infer.CR1S(c.N, f.clusters, f.Rank), cr1s)
	agree(t, "CR1S", c.CR1S, cr1s, 1e-3*scale, 1e-6)
	agree(t, "CR2", c.CR2, cr2.Cov, 1e-3*scale, 1e-6)
	agree(t, "degrees of freedom", c.DF, cr2.DF, 0, 1e-6)
}

func (c assumedCase) compareInfluence(t *testing.T, f fitted) {
	t.Helper()
	i := infer.NewInfluence(f.rows, f.deviance, f.Dispersion)
	agree(t, "hat", some(c.Hat), i.Hat, 1e-3, 1e-6)
	agree(t, "Pearson", some(c.Pearson), i.Pearson, 1e-3, 1e-6)
	agree(t, "deviance", some(c.Deviance), i.Deviance, 1e-3, 1e-6)
	agree(t, "standardised Pearson", c.StdPearson, i.StdPearson, 1e-3, 1e-6)
	agree(t, "standardised deviance", c.StdDeviance, i.StdDeviance, 1e-3, 1e-6)
	agree(t, "Cook", c.Cook, i.Cook, 1e-4, 1e-6)
	var betas []float64
	for j, b := range f.Beta {
		if !math.IsNaN(b) {
			betas = append(betas, i.DFBetas[j*c.N:(j+1)*c.N]...)
		}
	}
	agree(t, "dfbetas", some(c.DFBetas), betas, 1e-4, 1e-6)
	d := infer.Overdispersion(i.Pearson, f.DFResidual)
	agree(t, "Pearson's χ² and its p-value", some([]float64{c.ChiSquare, c.ChiSquareP}), []float64{d.Statistic, d.P}, 1e-8, 1e-6)
	if sum := floats.Sum(i.Hat); math.Abs(sum-float64(f.Rank)) > 1e-8 {
		t.Errorf("hat values sum to %g, not the rank %d", sum, f.Rank)
	}
}

func TestInflationAgreesWithCar(t *testing.T) {
	for _, c := range readAssumed(t).VIF {
		v := infer.InflationFactors(c.Cov, c.Term)
		if len(v) != len(c.GVIF) {
			t.Errorf("%s: %d terms, want %d", c.Name, len(v), len(c.GVIF))
			continue
		}
		for i, got := range v {
			if got.DF != c.DF[i] || math.Abs(got.GVIF/c.GVIF[i]-1) > 1e-8 || math.Abs(got.Root/c.Root[i]-1) > 1e-8 {
				t.Errorf("%s: %+v, want %g, %d, %g", c.Name, got, c.GVIF[i], c.DF[i], c.Root[i])
			}
		}
	}
}
