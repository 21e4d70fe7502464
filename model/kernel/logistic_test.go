package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// bigExp is eˣ to about 200 bits: the Taylor series of x/2ᵐ, squared m times.
func bigExp(x float64) *big.Float {
	const precision, halvings = 240, 12
	r := new(big.Float).SetPrec(precision).SetFloat64(x)
	r.SetMantExp(r, -halvings)
	term := big.NewFloat(1).SetPrec(precision)
	sum := new(big.Float).SetPrec(precision).SetInt64(1)
	for i := int64(1); i < 40; i++ {
		term.Mul(term, r)
		term.Quo(term, new(big.Float).SetPrec(precision).SetInt64(i))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// bigLog1p is log(1+x) to about 200 bits, by Newton steps on eᵗ = 1 + x.
func bigLog1p(x *big.Float) *big.Float {
	f, _ := x.Float64()
	t := new(big.Float).SetPrec(240).SetFloat64(math.Log1p(f))
	goal := new(big.Float).SetPrec(240).Add(x, big.NewFloat(1))
	for range 4 { // t ← t + goal e⁻ᵗ − 1
		hi, _ := t.Float64()
		rest, _ := new(big.Float).Sub(t, big.NewFloat(hi)).Float64()
		e := new(big.Float).Mul(bigExp(hi), bigExp(rest))
		e.Quo(goal, e)
		t.Add(t, e.Sub(e, big.NewFloat(1)))
	}
	return t
}

// ulps is how far got is from want, in units of the last place of want.
func ulps(got float64, want *big.Float) float64 {
	w, _ := want.Float64()
	if got == w {
		if w == 0 || math.IsInf(w, 0) {
			return 0
		}
	}
	unit := math.Nextafter(math.Abs(w), math.Inf(1)) - math.Abs(w)
	d := new(big.Float).SetPrec(240).SetFloat64(got)
	d.Sub(d, want)
	d.Quo(d, new(big.Float).SetFloat64(unit))
	v, _ := d.Float64()
	return math.Abs(v)
}

var far = []float64{0, math.Copysign(0, -1), 40, -40, 700, -700, 708.5, -708.5, 709.7, -720, -744, -745, -746, 750, -750, 1e4, -1e4, 1e300, -1e300, 1e-300, 5e-324, math.Inf(1), math.Inf(-1), math.NaN()}

func TestExpIsAccurate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var x []float64
	for range 1000 {
		x = append(x, 720*(2*r.Float64()-1), 2*r.Float64()-1, math.Exp(-40*r.Float64()))
	}
	worst := 0.0
	got := make([]float64, len(x))
	Exp(got, x)
	for i, v := range x {
		if v > 709 {
			continue
		}
		if d := ulps(got[i], bigExp(v)); d > worst {
			worst = d
		}
	}
	most := 1.0
	if !fast {
		most = 2 // it is math.Exp then
	}
	if t.Logf("exp: at most %.3f units in the last place", worst); worst > most {
		t.Errorf("exp is off by %.3f units in the last place", worst)
	}
	got = make([]float64, len(far))
	Exp(got, far)
	for i, v := range far {
		if want := math.Exp(v); got[i] != want && !(math.IsNaN(want) && math.IsNaN(got[i])) && math.Abs(got[i]-want) > math.Nextafter(want, math.Inf(1))-want {
			t.Errorf("exp(%g) is %g, want %g", v, got[i], want)
		}
	}
}

func TestLogisticIsAccurate(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	worst := [3]float64{} // of log(1+e⁻ᵑ), μ and 1−μ
	for range 1500 {
		eta := 45 * r.Float64() * r.Float64()
		minus := Logistic([]float64{eta}, []float64{1}, []float64{1}, []float64{0}, []float64{0})
		x := bigExp(-eta)
		mu, comp := []float64{0}, []float64{0}
		Sigmoid([]float64{eta}, mu, comp)
		large := new(big.Float).SetPrec(240).Add(x, big.NewFloat(1))
		large.Quo(big.NewFloat(1).SetPrec(240), large)
		small := new(big.Float).SetPrec(240).Mul(large, x)
		for i, d := range []float64{ulps(minus, bigLog1p(x)), ulps(mu[0], large), ulps(comp[0], small)} {
			worst[i] = max(worst[i], d)
		}
	}
	t.Logf("at most %.3f units in the last place of log(1+e⁻ᵑ), %.3f of μ, %.3f of 1−μ", worst[0], worst[1], worst[2])
	for i, most := range []float64{2, 2, 3} {
		if worst[i] > most {
			t.Errorf("quantity %d is off by %.3f units in the last place", i, worst[i])
		}
	}
}

// agree tells whether two numbers are the same to rounding.
func agree(x, y float64) bool {
	return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 4e-15*max(math.Abs(x), math.Abs(y)) || math.Abs(x-y) < 1e-322
}

func TestAssemblyAgreesWithGo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for n := range 71 {
		eta, y, a := random(r, n), make([]float64, n), make([]float64, n)
		for i := range n {
			eta[i] *= math.Exp(3 * r.NormFloat64())
			if r.IntN(4) == 0 {
				eta[i] = far[r.IntN(len(far)-3)]
			}
			y[i], a[i] = float64(r.IntN(2)), r.Float64()
			if r.IntN(5) == 0 {
				y[i] = r.Float64()
			}
		}
		score, info, score2, info2 := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		sum, sum2 := Logistic(eta, y, a, score, info), logisticGo(eta, y, a, score2, info2)
		cancels := func(x, y float64) bool { return agree(x, y) || math.Abs(x-y) < 1e-15 } // a(y−μ), where μ is about y
		if !slices.EqualFunc(score, score2, cancels) || !slices.EqualFunc(info, info2, agree) || !agree(sum, sum2) {
			t.Errorf("n=%d: the logistic model differs: %g %g", n, sum, sum2)
		}
		Sigmoid(eta, score, info)
		sigmoidGo(eta, score2, info2)
		if !slices.EqualFunc(score, score2, agree) || !slices.EqualFunc(info, info2, agree) {
			t.Errorf("n=%d: means differ", n)
		}
		Exp(score, eta)
		expGo(score2, eta)
		if !slices.EqualFunc(score, score2, agree) {
			t.Errorf("n=%d: exponentials differ", n)
		}
	}
}

func TestLogisticFarOut(t *testing.T) {
	for _, f := range []func(eta, y, a, score, info []float64) float64{Logistic, logisticGo} {
		for _, c := range []struct{ eta, y, score, info, sum float64 }{
			{40, 1, math.Exp(-40), math.Exp(-40), math.Exp(-40)},
			{40, 0, -1, math.Exp(-40), 40},
			{-40, 0, -math.Exp(-40), math.Exp(-40), math.Exp(-40)},
			{-40, 1, 1, math.Exp(-40), 40},
			{750, 1, 0, 0, 0}, {750, 0, -1, 0, 750}, {-750, 0, 0, 0, 0}, {-750, 1, 1, 0, 750},
			{1e4, 1, 0, 0, 0}, {1e4, 0, -1, 0, 1e4}, {-1e4, 0, 0, 0, 0}, {1e4, 0.25, -0.75, 0, 7500},
			{math.Inf(1), 1, 0, 0, 0}, {math.Inf(1), 0, -1, 0, math.Inf(1)}, {math.Inf(-1), 0, 0, 0, 0}, {math.Inf(-1), 1, 1, 0, math.Inf(1)},
			{math.NaN(), 1, math.NaN(), math.NaN(), math.NaN()}, {math.NaN(), 0, math.NaN(), math.NaN(), math.NaN()},
			{-720, 1, 1, math.Exp(-720), 720},
		} {
			score, info := []float64{0}, []float64{0}
			sum := f([]float64{c.eta}, []float64{c.y}, []float64{1}, score, info)
			if !agree(score[0], c.score) || !agree(info[0], c.info) || !agree(sum, c.sum) {
				t.Errorf("η=%g, y=%g: score %g, information %g, sum %g; want %g, %g, %g", c.eta, c.y, score[0], info[0], sum, c.score, c.info, c.sum)
			}
		}
	}
}

func BenchmarkLogistic(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const n = 1024
	eta, y, a, score, info := random(r, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for _, f := range []struct {
		name string
		do   func(eta, y, a, score, info []float64) float64
	}{{"fast", Logistic}, {"go", logisticGo}} {
		b.Run(f.name, func(b *testing.B) {
			for b.Loop() {
				f.do(eta, y, a, score, info)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}
