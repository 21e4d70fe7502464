package infer

import (
	"math"
	"testing"
)

// TestClustersByHand: with every row its own cluster the meat
// is Σ u² x x'; with one coefficient everything can be worked out by hand.
func TestClustersByHand(t *testing.T) {
	x, u := []float64{1, 2, 3, 4}, []float64{0.5, -1, 2, 0.25}
	bread := []float64{1.0 / 30}
	meat := 0.0
	for i := range x {
		meat += (x[i] * u[i]) * (x[i] * u[i])
	}
	each := ClusterRobust(x, u, bread, 4, 1, []int32{0, 1, 2, 3}, 4)
	if want := meat / 900; math.Abs(each[0]-want) > 1e-15 {
		t.Errorf("single rows: %g, want %g", each[0], want)
	}
	// two clusters: s₀ = 0.5 − 2 = −1.5, s₁ = 6 + 1 = 7
	two := ClusterRobust(x, u, bread, 4, 1, []int32{0, 0, 1, 1}, 2)
	if want := (1.5*1.5 + 49) / 900; math.Abs(two[0]-want) > 1e-15 {
		t.Errorf("two clusters: %g, want %g", two[0], want)
	}
}

func TestAliasedCoefficientsStayEmpty(t *testing.T) {
	nan := math.NaN()
	v := ClusterRobust([]float64{1, 2, 1, 2}, []float64{1, -1}, []float64{0.2, nan, nan, nan}, 2, 2, []int32{0, 1}, 2)
	if math.IsNaN(v[0]) || !math.IsNaN(v[1]) || !math.IsNaN(v[2]) || !math.IsNaN(v[3]) {
		t.Errorf("covariance %v", v)
	}
}
