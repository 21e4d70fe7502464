package result

// Members tell who is in the groups that values count, for a gate that rounds counts:
// which rows of the data set are in a sample, and at which level of a variable each of
// them is. They are numbers of rows, and are written nowhere.
//
// A variable goes by the name that groups have for it (education; education known;
// age of complete intro). Of a sample or variable that is not there nobody can tell who
// is in a group that asks for it.
type Members struct {
	Rows      int
	Samples   map[string][]bool // by row
	Variables map[string]Levels
}

// Levels are the level of a variable at which each row is.
type Levels struct {
	Names []string // as groups have them
	Code  []int32  // by row: a number of Names, −1 for a row at none of them
}

// NewMembers returns members of whom nothing is known yet.
func NewMembers(rows int) *Members {
	return &Members{Rows: rows, Samples: map[string][]bool{}, Variables: map[string]Levels{}}
}

// Sample says which rows are in a sample.
func (m *Members) Sample(name string, rows []int) {
	in := make([]bool, m.Rows)
	for _, i := range rows {
		in[i] = true
	}
	m.Samples[clean(name)] = in
}

// Variable says at which level of a variable every row is; code holds a number of names
// by row, −1 for none.
func (m *Members) Variable(name string, names []string, code []int32) {
	cleaned := make([]string, len(names))
	for i, n := range names {
		cleaned[i] = clean(n)
	}
	m.Variables[clean(name)] = Levels{cleaned, code}
}
