// Package decompose splits the raw difference in attainment between a scheme and
// the reference scheme into what goes with each block of characteristics, and
// what remains.
//
// Its stance: no method is the right one, so that all are computed from the same
// persons and shown beside each other; what differs between them is written in
// the key of every number. In each of them the parts add up to the raw
// difference. None of them says what would happen if a scheme had other
// participants: they say what the difference goes together with.
//
//  1. The persons are put in order of scheme and cluster, and characteristics are
//     centred and scaled (people.go), which changes no part;
//  2. products of all pairs of columns are summed once for every cluster
//     (products.go), so that a draw of the bootstrap is a sum of few matrices;
//  3. linear probability models give Gelbach's conditional decomposition and those
//     of Kitagawa, Oaxaca and Blinder, two- and threefold (linear.go);
//  4. logistic models give the same on the scale of probabilities (logit.go), and
//     Fairlie's, in which persons are matched and change their characteristics
//     one block at a time (fairlie.go);
//  5. rates by one category at a time are compared and standardized (rates.go);
//  6. everything is computed again for draws of clusters (decompose.go).
//
// Source: Kitagawa (1955), JASA 50, 1168–1194; Oaxaca (1973), International
// Economic Review 14, 693–709; Blinder (1973), Journal of Human Resources 8,
// 436–455; Fairlie (2005), Journal of Economic and Social Measurement 30,
// 305–316; Gelbach (2016), Journal of Labor Economics 34, 509–543; Fortin,
// Lemieux and Firpo (2011), Handbook of Labor Economics 4A, chapter 1.
package decompose

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"bidrag/model/infer"
)

// Data are persons of two schemes. Slices have an element a person, X a column
// after the other: column j is X[j*N:(j+1)*N]. Nothing of it is changed or kept.
type Data struct {
	N, P  int
	X     []float64 // N×P characteristics, without a column of ones
	Y     []float64 // N outcomes, 0 or 1
	Focus []bool    // N: in the scheme, and not in the reference

	Names  []string // P: what the columns are called in messages
	Block  []int    // P: the block of every column
	Blocks []string // the blocks' names

	// Categories are columns that are indicators of all levels of a category but
	// the omitted one; the column of a 0/1 characteristic is one by itself.
	Categories [][]int

	Tables   []Table
	Clusters infer.Clusters // of the bootstrap
}

// A Table is a category by whose levels rates are compared.
type Table struct {
	Variable string
	Levels   []string
	Of       []int // N levels, −1 where unknown
}

// Options are the settings of [Decompose].
type Options struct {
	Orderings  int    // matched samples of Fairlie's decomposition, each with an order of the blocks
	Replicates int    // of the bootstrap
	Seed       uint64 // of what is drawn; the same seed gives the same bits
	Threads    int    // no effect on the answer
}

// A Part is one number of a decomposition, in shares: 0.01 is a point.
type Part struct {
	Method string // Gelbach, Twofold, …; "" the raw difference itself
	Choice string // whose coefficients, rates or composition it rests on; "" where there is no choice
	Block  string // a block, Constant or "" for all together; of rates the variable
	Piece  string // Explained, Unexplained, …
	Level  string // of the variable of a table
	Side   string // Focus or Reference: whose rate it is; "" of differences

	Value     float64
	Low, High float64 // the middle 95 per cent of the bootstrap; NaN without one

	Draws              int // of the bootstrap that have an answer
	Persons, Successes int // of the side that tells of the fewest persons
}

// Methods.
const (
	Raw         = "raw"         // the difference itself, whose Method is ""
	Gelbach     = "gelbach"     // conditional decomposition, linear
	GelbachCR0  = "gelbach_cr0" // the same, with an interval by the normal distribution and a cluster-robust covariance
	Twofold     = "oaxaca"      // linear
	Threefold   = "threefold"   // linear
	Logit       = "logit"       // twofold, with probabilities
	Fairlie     = "fairlie"     // by matching, with probabilities
	Kitagawa    = "kitagawa"    // by one category
	Direct      = "direct"      // a directly standardized rate
	Indirect    = "indirect"    // an indirectly standardized rate
	FocusSide   = "focus"       // as Choice: the scheme's own coefficients, rates or composition; as Side: of the scheme
	RefSide     = "reference"   // the same of the reference scheme
	Pooled      = "pooled"      // coefficients of both together, with the scheme in the model; composition of both together
	Half        = "half"        // the mean of the schemes' coefficients
	Neumark     = "neumark"     // coefficients of both together, without the scheme in the model
	Constant    = "_constant"   // the block of what belongs to no characteristic
	Explained   = "explained"   // goes with different characteristics
	Unexplained = "unexplained" // goes with different coefficients
	Endowments  = "endowments"
	Coefs       = "coefficients"
	Interaction = "interaction"
	Composition = "composition" // goes with different shares at the levels
	Rates       = "rates"       // goes with different rates at the levels
)

// An Answer is the parts of a difference, and what is not in them.
type Answer struct {
	Parts      []Part
	Gaps       []Gap
	Focus, Ref Side
	Replicates int // draws that have an answer; 0 without a bootstrap
}

// A Side is the persons of a scheme.
type Side struct{ Persons, Successes int }

// A Gap is something that has no answer, or an answer with a reservation.
type Gap struct {
	Method string   // "" when it concerns all
	Choice string   // whose coefficients
	Names  []string // columns, or a table's variable and level
	Err    error
}

// Errors of gaps.
var (
	ErrEmpty      = errors.New("one of the schemes has nobody in the sample, so there is nothing to compare")
	ErrSameOut    = errors.New("all persons of a scheme have the same outcome, so that a logistic model has no finite estimates")
	ErrSeparated  = errors.New("some coefficients of the logistic model have no finite estimate")
	ErrAliased    = errors.New("the data cannot tell these columns from others, so they stand without a part of their own")
	ErrOneSided   = errors.New("these do not vary in one of the schemes, so that its coefficients say nothing of them and take them for 0")
	ErrEmptyLevel = errors.New("one of the schemes has nobody at this level, so that its share there counts as composition and nothing as rate")
	ErrNoRate     = errors.New("a scheme has nobody at a level, so that its rate there is not known")
)

// Decompose answers for the persons of a scheme and of the reference. Its error
// is [ErrEmpty] or that of a context that is done; without a bootstrap
// ([infer.ErrOneCluster]) there are numbers without intervals, and a gap.
func Decompose(ctx context.Context, d Data, o Options) (*Answer, error) {
	p, err := newPeople(&d)
	if err != nil {
		return nil, err
	}
	a := &Answer{Focus: p.side[focus], Ref: p.side[reference]}
	m := newMethods(p, o, a)
	whole := &tally{naming: true}
	if err := m.all(whole, newRoom(p), p.ones(), o.Orderings, rand.New(rand.NewPCG(o.Seed, 0))); err != nil {
		return nil, err
	}
	a.Parts = whole.parts
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := m.bootstrap(ctx, a, o); err != nil {
		return nil, err
	}
	m.robust(a)
	return a, nil
}

// fewOrderings is how many matched samples of Fairlie's decomposition a draw of
// the bootstrap has; more would change the intervals by less than a draw more.
const fewOrderings = 4

// bootstrap gives every part an interval.
func (m *methods) bootstrap(ctx context.Context, a *Answer, o Options) error {
	if err := m.people.clusters.Compared(m.people.inFocus()); err != nil {
		a.Gaps = append(a.Gaps, Gap{Err: fmt.Errorf("there are no intervals: %w", err)})
		return nil
	}
	room := make([]*room, max(1, min(o.Threads, o.Replicates)))
	for i := range room {
		room[i] = newRoom(m.people)
	}
	r, err := infer.Bootstrap(m.people.clusters, o.Replicates, o.Seed, len(room), func(thread int, random *rand.Rand, weight []float64) ([]float64, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t := &tally{values: make([]float64, 0, len(a.Parts))}
		err := m.all(t, room[thread], weight, min(o.Orderings, fewOrderings), random)
		return t.values, err
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		a.Gaps = append(a.Gaps, Gap{Err: fmt.Errorf("there are no intervals: %w", err)})
		return nil
	}
	a.Replicates = len(r.Values)
	for k := range a.Parts {
		a.Parts[k].Low, a.Parts[k].High = r.Interval(k, 0.95)
		for _, v := range r.Values {
			if !math.IsNaN(v[k]) {
				a.Parts[k].Draws++
			}
		}
	}
	return nil
}
