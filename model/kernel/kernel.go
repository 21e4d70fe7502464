// Package kernel holds the few loops in which the engine spends its time:
//
//	gram.go      products of all pairs of columns: X'WX
//	vector.go    sums, extremes and combinations of columns
//	logistic.go  exp, the logistic mean and log-likelihood, over slices
//	matrix.go    products of dense matrices
//	cholesky.go  Cholesky factor, triangular solution and inverse
//
// Its stance: every function is a plain formula over slices and knows no model.
// It is written twice, in Go and, for amd64 processors with AVX2 and FMA, in
// assembly; which one runs is found out once, when the program starts. The two
// agree to rounding, not to the bit. On one machine the order in which numbers
// are added is fixed by the lengths alone, so the same input gives the same bits.
//
// Slices of the wrong length are a bug of the caller, and panic.
package kernel
