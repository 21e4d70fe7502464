package fit_test

import (
	"fmt"

	"bidrag/data/frame"
	"bidrag/model/fit"
)

// A multilevel model without a study: the sleep study of Belenky et al. (2003),
// three of its persons.
func Example() {
	reaction := []float64{
		249.6, 258.7, 250.8, 321.4, 356.9, 414.7, 382.2, 290.1, 430.6, 466.4,
		222.7, 205.3, 203.0, 204.7, 207.7, 216.0, 213.6, 217.7, 224.3, 237.3,
		199.1, 194.3, 234.3, 232.8, 229.3, 220.5, 235.4, 255.8, 261.0, 247.5,
	}
	day, person := make([]float64, 30), make([]string, 30)
	for i := range day {
		day[i], person[i] = float64(i%10), []string{"308", "309", "310"}[i/10]
	}
	data, err := frame.New(
		frame.NewNumeric("reaction", reaction), frame.NewNumeric("day", day), frame.FactorOf("person", person),
	)
	if err != nil {
		panic(err)
	}
	model, err := fit.Fit("reaction ~ day + (1 | person)", data, fit.Options{Family: "gaussian"})
	if err != nil {
		panic(err)
	}
	for _, c := range model.Result.Coefficients {
		fmt.Printf("%-11s %6.2f (%.2f)\n", c.Term, *c.Estimate, *c.StdError)
	}
	fmt.Printf("between persons: %.2f\n", model.Result.Random[0].SD[0])
	modes, _ := model.Modes("person")
	fmt.Printf("person %s: %+.1f\n", modes.Levels[0], modes.Mode[0][0])
	p, err := model.Predict(data.Rows([]int{9}), fit.Prediction{Errors: true})
	if err != nil {
		panic(err)
	}
	fmt.Printf("on day 9: %.0f ± %.0f\n", p.Mu[0], 1.96*p.MuError[0])
	// Output:
	// (Intercept) 217.58 (34.32)
	// day          10.05 (2.38)
	// between persons: 55.23
	// person 308: +75.9
	// on day 9: 384 ± 32
}
