package infer

import (
	"math"
	"testing"
)

// Two columns (intercept and x), four rows, column by column.
var (
	x     = []float64{1, 1, 1, 1, 0, 1, 2, 3}
	score = []float64{0.5, -1, 0.25, 0.25}
)

// TestClusterRobustByHand: with bread B = I the covariance is Σ s_g s_g'.
//
//	clusters {0,1} and {2,3}: s = (−0.5, −1) and (0.5, 1.25)
//	Σ s s' = [0.25+0.25, 0.5+0.625; ·, 1+1.5625]
func TestClusterRobustByHand(t *testing.T) {
	identity := []float64{1, 0, 0, 1}
	got := ClusterRobust(x, score, identity, 4, 2, []int32{0, 0, 1, 1}, 2)
	for i, want := range []float64{0.5, 1.125, 1.125, 2.5625} {
		if math.Abs(got[i]-want) > 1e-15 {
			t.Errorf("element %d is %v, want %v", i, got[i], want)
		}
	}
}

// TestClustersOfOneAreHC0: with every row its own cluster, V = B X' diag(u²) X B.
func TestClustersOfOneAreHC0(t *testing.T) {
	bread := []float64{2, -0.5, -0.5, 0.75}
	got := ClusterRobust(x, score, bread, 4, 2, []int32{0, 1, 2, 3}, 4)
	want := make([]float64, 4)
	for i := range 4 {
		s := [2]float64{bread[0]*x[i] + bread[1]*x[4+i], bread[2]*x[i] + bread[3]*x[4+i]}
		for j := range 2 {
			for k := range 2 {
				want[j*2+k] += s[j] * s[k] * score[i] * score[i]
			}
		}
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-14 {
			t.Errorf("element %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestAliasedStaysMissing(t *testing.T) {
	nan := math.NaN()
	got := ClusterRobust(x, score, []float64{1, nan, nan, nan}, 4, 2, []int32{0, 0, 1, 1}, 2)
	if math.Abs(got[0]-0.5) > 1e-15 || !math.IsNaN(got[3]) {
		t.Errorf("%v", got)
	}
}

func TestDeltaMethodByHand(t *testing.T) {
	// g = mean of slope × x: intercept (0.25+0.25+0.5+1)/4, x (0·0.25+1·0.25+2·0.5+3·1)/4
	g := MeanGradient(x, []float64{0.25, 0.25, 0.5, 1}, 4, 2)
	if g[0] != 0.5 || g[1] != 1.0625 {
		t.Errorf("gradient %v", g)
	}
	// √(g'Vg) with V = [4, 1; 1, 2]
	want := math.Sqrt(4*0.25 + 2*0.5*1.0625 + 2*1.0625*1.0625)
	if got := DeltaError(g, []float64{4, 1, 1, 2}); math.Abs(got-want) > 1e-15 {
		t.Errorf("%v, want %v", got, want)
	}
	if got := DeltaError(g, []float64{4, math.NaN(), math.NaN(), math.NaN()}); math.Abs(got-1) > 1e-15 {
		t.Errorf("with an aliased coefficient %v, want 1", got)
	}
}
