package effects

import (
	"errors"
	"fmt"
	"slices"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/family"
	"bidrag/model/fit"
)

// A Profile is a made-up person.
type Profile struct {
	Name    string
	Schemes []string     // by row; "" when the model does not have the scheme
	Rows    *frame.Frame // one row for each of them
}

// Profiles says what a model expects of a made-up person in each scheme:
//
//	profile              m(x), an interval by the link: it cannot leave 0 to 1
//	profile_odds         m/(1 − m), of a 0/1 response in a typical group
//	profile_difference   m(x in the scheme) − m(x in the reference)
//
// They rest on all persons of the model. reference is the scheme that the others
// are compared with.
func Profiles(m Model, p Profile, reference string) (Answer, error) {
	questions, err := m.questions()
	if err != nil {
		return Answer{}, err
	}
	var out Answer
	for _, q := range questions {
		rows, err := q.Rows(p.Rows)
		if err != nil {
			return Answer{}, err
		}
		for i, x := range rows {
			k := q.profileKey("profile", p, i)
			q.tell(&out, p.Name, q.expected(k, x, m.Data.NumRows()), x)
			if q.suffix == "" && m.Fit.Family.Dist == family.Binomial && known(x) {
				out.Values = append(out.Values, q.odds(q.profileKey("profile_odds", p, i), x))
			}
		}
		q.profileDifferences(&out, p, rows, reference)
	}
	return out, nil
}

func (q question) profileKey(quantity string, p Profile, row int) result.Key {
	k := q.key(quantity)
	k.Kind, k.Scheme = p.Name, p.Schemes[row]
	return k
}

func (q question) profileDifferences(out *Answer, p Profile, rows []fit.Margin, reference string) {
	from := slices.Index(p.Schemes, reference)
	for i := range rows {
		if from < 0 || i == from {
			continue
		}
		x := q.Difference(rows[i], rows[from])
		q.tell(out, p.Name, q.difference(q.profileKey("profile_difference", p, i), x, q.Data.NumRows()), x)
	}
}

// odds turns a probability with its interval into odds.
func (q question) odds(k result.Key, x fit.Margin) result.Value {
	of := func(p float64) float64 { return p / (1 - p) }
	return result.Estimate(k, result.Number, of(x.Value), q.Data.NumRows()).WithInterval(of(x.Low), of(x.High))
}

// ProfileRows makes the rows of a profile: one for each scheme, with the
// columns that the model's formula needs.
//
// A value is a number of the model's columns (see [Scale]), a level, or with Mean
// the mean of the model's persons. The scheme is left out when the model does
// not have it; who is in no row of the model cannot be asked about.
func ProfileRows(m Model, name string, schemes []string, values []ProfileValue) (Profile, error) {
	p := Profile{Name: name, Schemes: []string{""}}
	var columns []*frame.Column
	if slices.Contains(fixedNames(m.Fit), "scheme") {
		c, err := schemeColumn(m.Data, schemes)
		if err != nil {
			return p, err
		}
		p.Schemes, columns = schemes, append(columns, c)
	}
	for _, v := range values {
		of, ok := m.Data.Column(v.Column)
		if !ok {
			return p, fmt.Errorf("there is no column %s", v.Column)
		}
		one, err := v.column(of)
		if err != nil {
			return p, err
		}
		columns = append(columns, one.Rows(make([]int, len(p.Schemes))))
	}
	var err error
	p.Rows, err = frame.New(columns...)
	return p, err
}

// A ProfileValue is what a profile says of one column.
type ProfileValue struct {
	Column string
	Level  string  // of a factor
	Number float64 // in the unit of the model's column
	Mean   bool    // the mean of the model's persons
}

// column is the value in one row, as the column of the data has it.
func (v ProfileValue) column(of *frame.Column) (*frame.Column, error) {
	if of.Kind == frame.Factor {
		code := slices.Index(of.Levels, v.Level)
		if code < 0 {
			return nil, fmt.Errorf("%s has no level %q", v.Column, v.Level)
		}
		return frame.NewFactor(v.Column, of.Levels, []int32{int32(code)}), nil
	}
	x := v.Number
	if v.Mean {
		sum := 0.0
		for _, y := range of.Number {
			sum += y
		}
		x = sum / float64(of.Len())
	} else if same, only := constant(of.Number); same && only != x {
		return nil, fmt.Errorf("%s is the same for everyone in the model, so that the data say nothing of another value; give the profile mean of it, or leave it out of the model", v.Column)
	}
	return &frame.Column{Name: v.Column, Kind: of.Kind, Number: []float64{x}}, nil
}

// constant tells whether a column is the same everywhere, and what it is.
func constant(x []float64) (bool, float64) {
	if len(x) == 0 {
		return false, 0
	}
	return !slices.ContainsFunc(x, func(y float64) bool { return y != x[0] }), x[0]
}

// schemeColumn has one row for each scheme. Somebody of each must be in the data.
func schemeColumn(data *frame.Frame, schemes []string) (*frame.Column, error) {
	of, ok := data.Column("scheme")
	if !ok {
		return nil, errors.New("the data have no schemes")
	}
	codes := make([]int32, len(schemes))
	for i, s := range schemes {
		codes[i] = int32(slices.Index(of.Levels, s))
		if !slices.Contains(of.Code, codes[i]) {
			return nil, fmt.Errorf("nobody of the scheme %s is in the model", s)
		}
	}
	return frame.NewFactor("scheme", of.Levels, codes), nil
}
