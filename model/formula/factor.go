package formula

// InFactor tells whether a variable stands in factor() in one of the
// expressions, which makes levels of its numbers.
func InFactor(expressions []Expr, variable string) bool {
	is := false
	for _, v := range expressions {
		Walk(v, func(x Expr) {
			call, ok := x.(*Call)
			if !ok || call.Func != "factor" {
				return
			}
			Walk(call, func(x Expr) {
				n, ok := x.(*Name)
				is = is || ok && n.Name == variable
			})
		})
	}
	return is
}
