package impute

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"bidrag/data/frame"
	"bidrag/evaluate/result"
)

// Fill fills the gaps. A variable that cannot be filled, or not as asked, has a
// note, and the rest is done. The error is for a problem that has no meaning, a
// result.Reason: a column that there is not, a predictor with gaps that is
// not filled itself, a shift of a category; or that ctx is done.
func Fill(ctx context.Context, p Problem, o Options) (*Filled, error) {
	o = o.withDefaults()
	f := &filling{problem: p, options: o, out: &Filled{
		Missing: make([]int, len(p.Variables)), Method: make([]string, len(p.Variables)),
		Trace: make([]Trace, len(p.Variables)), Density: make([]Density, len(p.Variables)),
	}}
	f.out.filling = f
	if err := f.prepare(); err != nil {
		return nil, err
	}
	if len(f.design.variables) > 0 {
		if err := f.run(ctx); err != nil {
			return nil, err
		}
	}
	f.columns()
	f.look()
	return f.out, ctx.Err()
}

func (o Options) withDefaults() Options {
	if o.Imputations <= 0 {
		o.Imputations = 20
	}
	if o.Iterations <= 0 {
		o.Iterations = 10
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	return o
}

// A filling is the work of Fill.
type filling struct {
	problem  Problem
	options  Options
	constant []*variable // those with one value, which fills their gaps
	design   *design
	models   []model // by variable of the design, as the pilot left them
	chains   []chain
	scores   map[int][]float64 // by variable of the design: the propensity to lack it
	out      *Filled
}

// A chain is what one chain leaves.
type chain struct {
	values   [][]float64 // by variable: of those who lacked it, in the end
	mean, sd [][]float64 // by variable and iteration
	failed   []int       // by variable: rounds in which the model could not be fitted
	why      []error
}

// run lets a pilot chain fit the models, and then the chains go on from these.
func (f *filling) run(ctx context.Context) error {
	s := newState(f.design)
	if f.models == nil {
		if err := f.pilot(ctx, s); err != nil {
			return err
		}
	}
	m := f.options.Imputations
	f.chains = make([]chain, m)
	var running sync.WaitGroup
	threads := min(f.options.Threads, m)
	for t := range threads {
		running.Go(func() {
			own := s
			if t > 0 {
				own = newState(f.design)
			}
			for k := t; k < m; k += threads {
				f.chains[k] = f.chain(ctx, own, k)
			}
		})
	}
	running.Wait()
	f.sayFailures()
	return ctx.Err()
}

// rounds of the pilot chain.
const rounds = 2

// pilot fits the models to one chain that is not kept. A model that cannot be
// fitted is replaced by predictive mean matching.
func (f *filling) pilot(ctx context.Context, s *state) error {
	s.begin(f.options.Seed, 0)
	f.models = make([]model, len(s.variables))
	for round := range rounds {
		for k, v := range s.variables {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if round == 0 {
				m, note := s.newModel(k, f.options.Threads)
				if f.models[k] = m; note != nil {
					f.out.Notes = append(f.out.Notes, *note)
				}
			}
			err := error(nil)
			if c, ok := f.models[k].(climber); ok && round == rounds-1 {
				err = c.renew(s) // for the chains, which may keep the information
			}
			if err == nil {
				err = f.models[k].fill(s)
			}
			if err == nil {
				continue
			}
			f.out.Notes = append(f.out.Notes, *v.replace(err.Error()))
			f.models[k] = newLinear(s, k, s.predictors(k), true)
			if f.models[k].fill(s) != nil { // by the values of anybody
				f.models[k] = newLinear(s, k, []int{0}, true)
				if err := f.models[k].fill(s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// chain runs chain number k.
func (f *filling) chain(ctx context.Context, s *state, k int) chain {
	s.begin(f.options.Seed, uint64(k)+1)
	if f.options.From != nil {
		chains := f.options.From.filling.chains
		s.resume(chains[k%len(chains)].values)
	}
	n := len(s.variables)
	c := chain{values: make([][]float64, n), mean: make([][]float64, n), sd: make([][]float64, n), failed: make([]int, n), why: make([]error, n)}
	models := make([]model, n)
	for i, m := range f.models {
		models[i] = m.clone()
	}
	for range f.options.Iterations {
		for i := range s.variables {
			if ctx.Err() != nil {
				return c
			}
			if err := models[i].fill(s); err != nil {
				c.failed[i]++
				c.why[i] = err
				models[i] = f.models[i].clone()
				newLinear(s, i, []int{0}, true).fill(s)
			}
			s.settle(i)
			mean, sd := s.trace(i)
			c.mean[i], c.sd[i] = append(c.mean[i], mean), append(c.sd[i], sd)
		}
	}
	for i, v := range s.variables {
		for _, person := range v.missing {
			c.values[i] = append(c.values[i], s.number[i][person])
		}
	}
	return c
}

// sayFailures notes models that could not be fitted in some rounds.
func (f *filling) sayFailures() {
	for i, v := range f.design.variables {
		failed, why := 0, error(nil)
		for _, c := range f.chains {
			if failed += c.failed[i]; why == nil {
				why = c.why[i]
			}
		}
		if failed > 0 {
			f.out.Notes = append(f.out.Notes, Note{v.Name, result.NotFitted, result.Reason{Code: result.NotFitted, About: v.Name, Message: fmt.Sprintf("the model of %q could not be fitted in %d of %d rounds (%v); values of others, whoever they are, were used in these", v.Name, failed, len(f.chains)*f.options.Iterations, why)}})
		}
	}
}

// columns makes the whole columns.
func (f *filling) columns() {
	filled := map[int]*variable{}
	place := map[int]int{}
	for k, v := range f.design.variables {
		filled[v.at], place[v.at] = v, k
	}
	for _, v := range f.constant {
		filled[v.at], place[v.at] = v, -1
	}
	for at, v := range filled {
		f.out.Missing[at], f.out.Method[at] = len(v.missing), v.Method
	}
	for k := range f.options.Imputations {
		row := make([]*frame.Column, len(f.problem.Variables))
		for at, spec := range f.problem.Variables {
			v := filled[at]
			switch {
			case v == nil:
				row[at], _ = f.problem.Data.Column(spec.Name)
			case place[at] < 0:
				row[at] = v.completed(slices.Repeat(known(v.number)[:1], len(v.missing)))
			default:
				row[at] = v.completed(f.chains[k].values[place[at]])
			}
		}
		f.out.Columns = append(f.out.Columns, row)
	}
}
