package effects

import (
	"errors"
	"fmt"
	"slices"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
	"bidrag/model/family"
	"bidrag/model/fit"
	"bidrag/model/formula"
)

// fewest persons of a scheme at a level for a difference to be told.
const fewest = 5

// Groups divides the persons of a model by a characteristic.
type Groups struct {
	By     string
	Levels []string
	Of     []int // the level of every row of the model, −1 for none
}

// rows are those of a level.
func (g Groups) rows(level int) []int {
	var out []int
	for i, l := range g.Of {
		if l == level {
			out = append(out, i)
		}
	}
	return out
}

// Crossed is the formula of a model with the scheme times everything that is
// made of the columns, in the fixed part: of age and log(age) both, of a number
// in factor() the levels.
func Crossed(text string, terms *formula.Terms, columns []string) (string, error) {
	added := 0
	for _, v := range terms.Variables {
		of := false
		formula.Walk(v, func(x formula.Expr) {
			n, ok := x.(*formula.Name)
			of = of || ok && slices.Contains(columns, n.Name)
		})
		if of {
			text += " + scheme:" + v.String()
			added++
		}
	}
	if added == 0 {
		return "", errors.New("the model does not have it")
	}
	return text, nil
}

// Interaction says whether the difference between the schemes is the same in all
// groups of persons, by a model that lets it differ and one that does not, both
// fitted to the rows of m, which is the first:
//
//	interaction              the mean of m(x in the scheme) − m(x in the reference) over the persons of a group, as they are
//	interaction_difference   that less the same of the first group that is told of
//	interaction_lr_statistic, interaction_lr_df, interaction_p_value   the likelihood-ratio test of the two models
//
// The difference of a group rests on its persons in the scheme that has the fewer
// of them; groups in which a scheme has fewer than five have none. In a group
// others than the characteristic differ too. For a typical group of a model with
// random terms.
func Interaction(m Model, without *fit.Model, groups Groups) (Answer, error) {
	var out Answer
	questions, err := m.questions()
	if err != nil {
		return out, err
	}
	test, err := fit.Compare(without, m.Fit, m.Data)
	if err != nil {
		return out, err
	}
	n := m.Data.NumRows()
	for _, x := range []struct {
		quantity, unit string
		value          float64
	}{{"lr_statistic", result.Number, test.Statistic}, {"lr_df", result.Number, float64(test.DF)}, {"p_value", result.PValue, test.PValue}} {
		k := result.Key{Quantity: "interaction_" + x.quantity, Model: m.Name, By: groups.By}
		out.Values = append(out.Values, result.Estimate(k, x.unit, x.value, n))
	}
	first := map[string]groupEffect{} // by scheme
	for level, name := range groups.Levels {
		if err := questions[0].group(&out, groups, level, first); err != nil {
			return Answer{}, fmt.Errorf("at %s %s: %w", groups.By, name, err)
		}
	}
	return out, nil
}

// A groupEffect is the difference of a scheme in a group.
type groupEffect struct {
	fit.Margin
	persons int
}

// group tells the schemes' differences at one level.
func (q question) group(out *Answer, g Groups, level int, first map[string]groupEffect) error {
	rows := g.rows(level)
	if len(rows) == 0 {
		return nil
	}
	subject := g.By + " " + g.Levels[level]
	data := q.Data.Rows(rows)
	schemes, persons := perScheme(q.Data, data)
	told := 0
	for i, s := range schemes {
		switch {
		case persons[s] >= fewest:
			told++
		case i == 0 || persons[schemes[0]] >= fewest:
			out.gap(subject, result.Reason{Code: result.TooFew, About: g.Levels[level],
				Message: fmt.Sprintf("the scheme %s has nobody, or fewer than %d persons, with %s %s, so that it cannot be compared among them", s, fewest, g.By, g.Levels[level])})
		}
	}
	if told < 2 || persons[schemes[0]] < fewest {
		return nil
	}
	effects, err := q.Effect(data, "scheme")
	if err != nil {
		return err
	}
	for _, x := range effects {
		if persons[x.Level] >= fewest {
			q.groupEffect(out, g, level, x, min(persons[x.Level], persons[x.Reference]), first)
		}
	}
	return nil
}

// groupEffect tells one scheme's difference, and how much it is more than that
// in the first group.
func (q question) groupEffect(out *Answer, g Groups, level int, x fit.Effect, n int, first map[string]groupEffect) {
	subject := g.By + " " + g.Levels[level]
	k := result.Key{Quantity: "interaction", Model: q.Name, Scheme: x.Level, By: g.By, ByLevel: g.Levels[level]}
	q.tell(out, subject, q.difference(k, x.Margin, n), x.Margin)
	f, later := first[x.Level]
	switch {
	case !known(x.Margin):
	case !later:
		first[x.Level] = groupEffect{x.Margin, n}
	default:
		k.Quantity = "interaction_difference"
		d := q.Difference(x.Margin, f.Margin)
		q.tell(out, subject, q.difference(k, d, min(n, f.persons)), d)
	}
}

// perScheme counts the persons of each scheme of the model, the reference first,
// in a part of its data.
func perScheme(all, part *frame.Frame) (schemes []string, persons map[string]int) {
	of, _ := all.Column("scheme")
	c, _ := part.Column("scheme")
	persons = map[string]int{}
	for k, level := range of.Levels {
		if !slices.Contains(of.Code, int32(k)) {
			continue
		}
		schemes = append(schemes, level)
		for _, code := range c.Code {
			if code == int32(k) {
				persons[level]++
			}
		}
	}
	return schemes, persons
}

// OneSided are the levels at which all persons of a scheme have the same 0/1
// response, so that a model in which each level has a difference of its own has
// no finite estimate of it.
func OneSided(m Model, groups Groups) []int {
	if m.Fit.Family.Dist != family.Binomial {
		return nil
	}
	response, ok := m.Fit.Formula.Response.(*formula.Name)
	if !ok {
		return nil
	}
	y, _ := m.Data.Column(response.Name)
	scheme, _ := m.Data.Column("scheme")
	if y.Kind == frame.Factor {
		return nil
	}
	var out []int
	for level := range groups.Levels {
		had := map[[2]int32]bool{} // scheme and response
		for _, i := range groups.rows(level) {
			had[[2]int32{scheme.Code[i], int32(y.Number[i])}] = true
		}
		for s := range scheme.Levels {
			if had[[2]int32{int32(s), 0}] != had[[2]int32{int32(s), 1}] {
				out = append(out, level)
				break
			}
		}
	}
	return out
}
