package match

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/design"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/formula"
	"bidrag/model/glm"
	"bidrag/model/infer"
	"bidrag/model/kernel"
)

// A Comparison is the persons of a scheme and of the reference who can be
// compared, with their propensity scores. Slices have one element a person.
type Comparison struct {
	Question
	Rows    []int // of the frame that was given
	Treated []bool
	Outcome []float64
	Binary  bool // every outcome is 0 or 1

	// Score is the propensity score, the probability of being in the scheme
	// rather than in the reference:
	//
	//	eᵢ = P(scheme | xᵢ),  logit eᵢ = x'ᵢβ
	Score      []float64
	Propensity *fit.Model

	Incomplete Sides // persons who lack the outcome, a covariate, the cluster or a column that must be equal
	Alone      Sides // persons at a level of a covariate where nobody of the other side is

	data       *frame.Frame
	complement []float64 // 1 − Score, without cancellation
	clusters   infer.Clusters
}

// Sides is a number of the scheme and one of the reference.
type Sides struct{ Scheme, Reference int }

func (s *Sides) count(treated bool) {
	if treated {
		s.Scheme++
	} else {
		s.Reference++
	}
}

// member is the name of the column that tells who is in the scheme.
const member = "in scheme"

// New finds the persons of data who can be compared, and fits the propensity
// score. Who lacks something that is needed is left out and counted, and so is who is told from the whole other
// side by a covariate, as the only ones of an origin are.
//
// The error is a [result.Reason] when the data have no answer: nobody is on one
// side, a covariate is unknown for all, or the covariates tell the two sides
// apart without error.
func New(data *frame.Frame, q Question) (*Comparison, error) {
	c := &Comparison{Question: q}
	if err := c.choose(data); err != nil {
		return nil, err
	}
	for {
		if err := c.sides(); err != nil {
			return nil, err
		}
		done, err := c.fitScore()
		if err != nil {
			return nil, err
		}
		if done {
			return c, nil
		}
	}
}

// choose takes the persons of the two schemes of whom all is known.
func (c *Comparison) choose(data *frame.Frame) error {
	scheme, ok := data.Column("scheme")
	if !ok {
		return errors.New("the data have no schemes")
	}
	needed, err := c.needed(data)
	if err != nil {
		return err
	}
	if err := c.unknown(data, scheme, needed); err != nil {
		return err
	}
	for i, code := range scheme.Code {
		if code < 0 || scheme.Levels[code] != c.Scheme && scheme.Levels[code] != c.Reference {
			continue
		}
		treated := scheme.Levels[code] == c.Scheme
		if slices.ContainsFunc(needed, func(column *frame.Column) bool { return column.Missing(i) }) {
			c.Incomplete.count(treated)
			continue
		}
		c.Rows, c.Treated = append(c.Rows, i), append(c.Treated, treated)
	}
	c.data = data.Rows(c.Rows)
	return nil
}

// needed are the columns that must be known.
func (c *Comparison) needed(data *frame.Frame) ([]*frame.Column, error) {
	names := slices.Concat([]string{c.Question.Outcome}, c.Exact)
	if c.Cluster != "" {
		names = append(names, c.Cluster)
	}
	for _, right := range []string{c.Covariates, c.Adjust} {
		f, err := formula.Parse("~ " + right)
		if err != nil {
			return nil, err
		}
		for _, n := range f.Names() {
			names = append(names, n.Name)
		}
	}
	var columns []*frame.Column
	for _, name := range names {
		column, ok := data.Column(name)
		if !ok {
			return nil, fmt.Errorf("there is no column %q%s", name, design.Meant(name, data.Names()))
		}
		if !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}
	if columns[0].Kind == frame.Factor {
		return nil, fmt.Errorf("the outcome %s", design.NotNumbers(columns[0]))
	}
	return columns, nil
}

// unknown is the error of columns that nobody of a scheme has.
func (c *Comparison) unknown(data *frame.Frame, scheme *frame.Column, needed []*frame.Column) error {
	var names []string
	for _, column := range needed {
		for _, side := range []string{c.Scheme, c.Reference} {
			persons, known := 0, 0
			for i, code := range scheme.Code {
				if code >= 0 && scheme.Levels[code] == side {
					persons++
					if !column.Missing(i) {
						known++
					}
				}
			}
			if persons > 0 && known == 0 && !slices.Contains(names, column.Name) {
				names = append(names, column.Name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	about := strings.Join(names, ", ")
	return result.Reason{Code: result.UnknownForAll, About: about, Message: about + " is unknown for everyone of a scheme; choose another sample, or leave it out"}
}

// sides sees to it that there is somebody on both sides, and takes what is known
// of them.
func (c *Comparison) sides() error {
	n := c.Persons()
	for _, side := range []struct {
		name string
		n    int
	}{{c.Scheme, n.Scheme}, {c.Reference, n.Reference}} {
		if side.n == 0 {
			return result.Reason{Code: result.NoOverlap, About: side.name, Message: fmt.Sprintf("nobody of the scheme %s is left to be compared; look at the sample, and at what is unknown", side.name)}
		}
	}
	outcome, _ := c.data.Column(c.Question.Outcome)
	c.Outcome, c.Binary = outcome.Number, true
	for _, y := range c.Outcome {
		c.Binary = c.Binary && (y == 0 || y == 1)
	}
	c.clusters = clustersOf(c.data, c.Cluster)
	return nil
}

// Persons are those that are compared.
func (c *Comparison) Persons() Sides {
	var s Sides
	for _, t := range c.Treated {
		s.count(t)
	}
	return s
}

// clustersOf numbers the clusters of rows; every row is one without a column.
func clustersOf(data *frame.Frame, name string) infer.Clusters {
	out := infer.Clusters{Of: make([]int32, data.NumRows()), Number: data.NumRows()}
	column, ok := data.Column(name)
	if !ok {
		for i := range out.Of {
			out.Of[i] = int32(i)
		}
		return out
	}
	out.Of, out.Number = column.Groups()
	return out
}

// drop keeps some of the persons and counts the others as alone.
func (c *Comparison) drop(keep []int) {
	kept := make([]bool, len(c.Rows))
	var rows []int
	var treated []bool
	for _, i := range keep {
		kept[i] = true
		rows, treated = append(rows, c.Rows[i]), append(treated, c.Treated[i])
	}
	for i, k := range kept {
		if !k {
			c.Alone.count(c.Treated[i])
		}
	}
	c.data, c.Rows, c.Treated = c.data.Rows(keep), rows, treated
}

// fitScore fits the propensity score. Where it has no finite estimate because
// covariates tell some persons from the whole other side, it leaves these out
// and is not done.
func (c *Comparison) fitScore() (done bool, err error) {
	in := make([]float64, len(c.Treated))
	for i, t := range c.Treated {
		if t {
			in[i] = 1
		}
	}
	data, err := c.data.With(frame.NewNumeric(member, in))
	if err != nil {
		return false, err
	}
	m, err := fit.Fit("`"+member+"` ~ "+c.Covariates, data, fit.Options{Threads: c.Threads})
	if err != nil {
		return false, notFitted(err)
	}
	switch m.Result.Status {
	case glm.Converged.String():
		c.Propensity, c.Score, c.complement = m, make([]float64, len(in)), make([]float64, len(in))
		kernel.Sigmoid(m.Eta, c.Score, c.complement)
		return true, nil
	case glm.NotConverged.String():
		return false, notFitted(errors.New(m.Result.Reason))
	}
	return false, c.leaveAlone(m, data, in)
}

func notFitted(err error) error {
	return result.Reason{Code: result.NotFitted, About: "propensity", Message: fmt.Sprintf("the propensity score cannot be fitted: %v", err)}
}

// surely is the linear predictor from which on a score is 0 or 1: as it runs off
// without limit, all values beyond mean the same.
const surely = 15

// leaveAlone drops the persons whom covariates tell from the whole other side.
func (c *Comparison) leaveAlone(m *fit.Model, data *frame.Frame, in []float64) error {
	x, err := m.Coding.Matrix(c.data)
	if err != nil {
		return err
	}
	r := newRegression(x, len(in), finite(m.Beta), family.Binomial)
	room := r.room()
	eta := make([]float64, len(in))
	if beta, err := r.fit(room, in, ones(len(in)), nil); err == nil {
		r.predict(beta, eta)
	} else {
		copy(eta, m.Eta)
	}
	var keep []int
	for i, v := range eta {
		if math.Abs(v) < surely {
			keep = append(keep, i)
		}
	}
	before := c.Alone
	all := len(in) == len(keep)
	c.drop(keep)
	if n := c.Persons(); all || n.Scheme == 0 || n.Reference == 0 {
		c.Alone = before
		about := strings.Join(c.byThemselves(data, separating(m)), ", ")
		return result.Reason{Code: result.Separation, About: about, Message: about + " tells the schemes apart without error, so nobody can be compared; leave it out of covariates"}
	}
	return nil
}

// byThemselves are those of some variables that tell the sides apart alone, all
// of them when none does.
func (c *Comparison) byThemselves(data *frame.Frame, names []string) []string {
	var out []string
	for _, name := range names {
		m, err := fit.Fit("`"+member+"` ~ `"+name+"`", data, fit.Options{Threads: c.Threads})
		if err == nil && m.Result.Status == glm.Separated.String() {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return names
	}
	return out
}

// separating are the variables whose coefficients are infinite.
func separating(m *fit.Model) []string {
	names := m.Coding.Names()
	var out []string
	for _, w := range m.Result.Warnings {
		j := slices.Index(names, w.Subject)
		if w.Code != "separation" || j < 0 || m.Coding.Columns[j].Term == 0 {
			continue
		}
		terms := m.Coding.Terms
		for _, v := range terms.Terms[m.Coding.Columns[j].Term-1].Variables {
			formula.Walk(terms.Variables[v], func(e formula.Expr) {
				if n, ok := e.(*formula.Name); ok && !slices.Contains(out, n.Name) {
					out = append(out, n.Name)
				}
			})
		}
	}
	return out
}

// finite tells which coefficients have an estimate.
func finite(beta []float64) []bool {
	out := make([]bool, len(beta))
	for j, b := range beta {
		out[j] = !math.IsNaN(b)
	}
	return out
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }
