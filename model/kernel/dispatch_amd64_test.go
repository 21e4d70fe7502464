package kernel

import "testing"

// TestWithoutAssembly runs all tests as on a processor that lacks it.
func TestWithoutAssembly(t *testing.T) {
	defer func(was bool) { fast = was }(fast)
	fast = false
	for name, test := range map[string]func(*testing.T){
		"tile": TestTileIsTheScalarProducts, "products": TestProductsOfMatrices, "update": TestSymmetricUpdateLeavesTheUpperTriangle,
		"Cholesky": TestCholesky, "not positive": TestNotPositiveDefinite, "triangular": TestTriangularSolutions, "inverse": TestInverse,
		"exp": TestExpIsAccurate, "logistic": TestLogisticIsAccurate, "far out": TestLogisticFarOut,
		"vectors": TestVectorsAgreeWithTheirFormulas, "gram": TestGramIsTheUpperTriangle,
	} {
		t.Run(name, test)
	}
}
