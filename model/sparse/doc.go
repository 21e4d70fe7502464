// Package sparse factors large sparse symmetric positive definite matrices: the
// Hessian of the random effects of a mixed model whose groups cross,
//
//	H = I + Σ w a a'
//
// which is factored many times with the same pattern and other values.
//
// Its stance: everything that depends on the pattern alone is done once, and
// what is done with the values runs over dense blocks and allocates nothing.
//
//	order.go     1. an order of elimination with little fill: minimum degree
//	symbolic.go  2. the elimination tree, the pattern of the factor and its blocks
//	factor.go    3. the numbers: H = P' L L' P, and log det H
//	solve.go     4. H⁻¹b, and draws with covariance H⁻¹
//	inverse.go   5. the entries of H⁻¹ where H has entries
//
// and dense.go cuts the largest blocks in two for two threads.
//
// Source: Davis (2006), Direct Methods for Sparse Linear Systems, SIAM; the
// papers are named at the functions. The same input gives the same bits.
package sparse
