package match

// A Set is a person of the scheme with those of the reference who were found
// for that person.
type Set struct {
	Treated  int   // the row of the person of the scheme
	Controls []int // the rows of those of the reference, the nearest first; one or more

	Outcome  float64   // of the person of the scheme
	Outcomes []float64 // of Controls, in their order
}
