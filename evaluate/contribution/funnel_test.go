package contribution

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestDispersionByHand: of z = −3, −1, 0, 1 and 8 with errors of 0.1 the ends are
// drawn in, at q = 0.25 to −1 and 1: φ = 4/5, nothing beyond chance; with q = 0
// φ = 75/5, and τ² = (75 − 4)/(500 − 100).
func TestDispersionByHand(t *testing.T) {
	z, s := []float64{8, -1, 0, 1, -3}, []float64{0.1, 0.1, 0.1, 0.1, 0.1}
	d := Overdispersion(z, s, 0.25)
	near(t, "φ", d.Phi, 0.8)
	near(t, "φ of all", d.PhiAll, 15)
	near(t, "τ²", d.Tau2, 0)
	near(t, "winsorized", float64(d.Winsorized), 2)
	d = Overdispersion(z, s, 0)
	near(t, "φ, nothing drawn in", d.Phi, 15)
	near(t, "τ²", d.Tau2, 71.0/400)
	near(t, "winsorized", float64(d.Winsorized), 0)
	if d := Overdispersion(nil, nil, 0.1); !math.IsNaN(d.Phi) || d.Tau2 != 0 {
		t.Errorf("of nothing %+v", d)
	}
	if d := Overdispersion([]float64{9}, []float64{0.1}, 0.1); d.Tau2 != 0 {
		t.Errorf("of one unit %+v", d)
	}
}

// TestTau2IsTheVarianceBeyondChance of 20,000 units with errors of 0.05 to 0.2,
// when nothing is drawn in; of normal z alone φ is what the doc comment says.
func TestTau2IsTheVarianceBeyondChance(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 4))
	for _, tau := range []float64{0, 0.1} {
		z, s := make([]float64, 20000), make([]float64, 20000)
		for j := range z {
			s[j] = 0.05 + 0.15*random.Float64()
			z[j] = (tau*random.NormFloat64() + s[j]*random.NormFloat64()) / s[j]
		}
		if d := Overdispersion(z, s, 0); math.Abs(d.Tau2-tau*tau) > 0.0005 {
			t.Errorf("τ = %v: τ² = %v", tau, d.Tau2)
		}
		if d := Overdispersion(z, s, 0.1); tau == 0 && math.Abs(d.Phi-0.68) > 0.01 {
			t.Errorf("φ of winsorized chance is %v", d.Phi)
		}
	}
}

// TestUnitsLieWhereTheirOwnErrorPutsThem: a unit is beyond a curve, at its size,
// just when its own standardized contribution is beyond the quantile.
func TestUnitsLieWhereTheirOwnErrorPutsThem(t *testing.T) {
	units, _, all := drawnUnits(rand.New(rand.NewPCG(7, 5)), 0.7, []int{5, 8, 30, 80, 200, 12, 4, 60, 33, 21}, 1)
	values := Funnel(FunnelSettings{Settings: set, Winsorize: 0.1, Sizes: []int{10, 100}}, units, all)
	sd, tau2 := find(t, values, "funnel_sd.v.s.all").Value, find(t, values, "funnel_tau2.v.s.all").Value
	classes := map[float64]int{}
	for _, c := range count(units, all) {
		id := func(level string) string { return "project_funnel.v.s." + c.Scheme + "." + level + "." + c.Name }
		if c.n < 5 {
			for _, v := range values {
				if v.Key.Project == c.Name {
					t.Errorf("%s is told of %d persons", v.Key.ID(), c.n)
				}
			}
			continue
		}
		size := find(t, values, id("size")).Value
		for level, variance := range map[string]float64{"z": sd * sd / size, "z_adjusted": sd*sd/size + tau2} {
			v := find(t, values, id(level))
			near(t, v.Key.ID(), v.Value*math.Sqrt(variance), c.contribution())
			if v.N != c.n || v.Part != c.attained {
				t.Errorf("the gate sees %d of %d", v.Part, v.N)
			}
		}
		class := find(t, values, id("class")).Value
		classes[class]++
		beyond := math.Abs(c.contribution())
		want := 0.0
		for k, z := range []float64{limit95, limit998} {
			if beyond > z*sd/math.Sqrt(size) {
				want = math.Copysign(float64(k+1), c.contribution())
			}
		}
		near(t, id("class"), class, want)
	}
	for class, name := range map[float64]string{-2: "below_998", -1: "below_95", 0: "within", 1: "above_95", 2: "above_998"} {
		near(t, name, find(t, values, "funnel_class.v.s.all."+name+".chance").Value, float64(classes[class])/9)
	}
	limit := find(t, values, "funnel_limit.v.s.all.100.998_adjusted")
	near(t, "limit", limit.High, limit998*math.Sqrt(sd*sd/100+tau2))
	near(t, "limit", limit.Low, -limit.High)
}

// TestFunnelOfCertainties: units of whom everyone's probability is 0 or 1, or as near
// to it as a model that separates them comes, have no place, and without others there
// is no funnel.
func TestFunnelOfCertainties(t *testing.T) {
	units := []Project{{"A", "new"}, {"B", "old"}}
	funnelSet := FunnelSettings{Settings: set, Winsorize: 0.1, Sizes: []int{10}}
	for _, p := range []float64{1, 1 - 1e-9} {
		certain := persons(0, 8, 8, p)
		if got := Funnel(funnelSet, units, certain); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		for _, v := range Funnel(funnelSet, units, append(certain, persons(1, 10, 6, 0.5)...)) {
			if v.Key.Project == "A" || math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
				t.Errorf("%+v", v)
			}
		}
	}
}

// TestMunicipalitiesHaveNamesOfTheirOwn in funnels and between years.
func TestMunicipalitiesHaveNamesOfTheirOwn(t *testing.T) {
	units, years, all := drawnUnits(rand.New(rand.NewPCG(7, 6)), 0.7, []int{20, 20, 20, 20, 20}, 2)
	for j := range units {
		units[j].Scheme = "all"
	}
	places := set
	places.Municipalities = true
	values := Funnel(FunnelSettings{Settings: places, Winsorize: 0.1, Sizes: []int{10}}, units, all)
	values = append(values, BetweenYears(StabilitySettings{Settings: places, Variance: math.NaN()}, units, years)...)
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v.Key.ID()] {
			t.Errorf("%s is there twice", v.Key.ID())
		}
		seen[v.Key.ID()] = true
	}
	for _, id := range []string{"municipality_funnel.v.s.all.z.3", "municipalities_funnel_phi.v.s.all", "municipalities_stability_correlation.v.s.all.2001.2002"} {
		if !seen[id] {
			t.Errorf("there is no %s", id)
		}
	}
	if seen["municipalities_stability_expected.v.s.all.2001.2002"] {
		t.Error("a correlation is expected without a variance")
	}
}
