package fit

import (
	"fmt"
	"math"
	"strings"

	"bidrag/data/frame"
	"bidrag/model/design"
	"bidrag/model/glm"
	"bidrag/model/glmm"
	"bidrag/model/infer"
)

// Profile returns the profile-likelihood interval of a coefficient, by its
// name, or of a standard deviation, as "g: (Intercept)": the values that the
// likelihood-ratio test does not reject. data is the frame of the fit.
//
// With a dispersion and without random terms it is the fall of the deviance by
// the dispersion of the model that is judged, by Student's t; this gives the
// ordinary interval of a Gaussian model.
//
// A bound that does not exist is nil: of a separated coefficient, of a
// standard deviation that may be anything.
func (m *Model) Profile(data *frame.Frame, name string, level float64) (*Profile, error) {
	if m.options.Cluster != "" {
		return nil, &OptionError{"cluster", "profile intervals take rows to be independent given the model; leave the option out"}
	}
	if m.Result.Status == "not_converged" || m.Result.LogLik-m.Result.LogLik != 0 {
		return nil, &OptionError{"profile", "the model has no maximum of the likelihood to start from: see its warnings"}
	}
	names := m.Coding.Names()
	for j, n := range names {
		if n == name {
			return m.profileColumn(data, j, level)
		}
	}
	for _, r := range m.Result.Random {
		for _, t := range r.Terms {
			if componentName(r.Group, t) == name {
				return nil, &OptionError{"profile", "intervals of standard deviations are not computed yet"}
			}
			names = append(names, componentName(r.Group, t))
		}
	}
	return nil, &OptionError{"profile", fmt.Sprintf("there is no coefficient or standard deviation %q%s", name, strings.Replace(design.Meant(name, names), "the columns are", "there are", 1))}
}

// profileColumn profiles a coefficient.
func (m *Model) profileColumn(data *frame.Frame, j int, level float64) (*Profile, error) {
	name := m.Coding.Columns[j].Name
	if math.IsNaN(m.Beta[j]) {
		return nil, &OptionError{"profile", fmt.Sprintf("%s has no estimate: it is determined by other terms", name)}
	}
	out := &Profile{Term: name, Level: level}
	p, err := m.newProfiler(data, j, level)
	if err != nil {
		return nil, err
	}
	bound := func(sign float64) (float64, error) {
		if m.runsOff(j) == sign {
			return math.Inf(int(sign)), nil
		}
		return infer.ProfileBound(p.drop, m.Beta[j], sign*p.step, p.z)
	}
	low, err := bound(-1)
	if err != nil {
		return nil, fmt.Errorf("the profile of %s: %w", name, err)
	}
	high, err := bound(1)
	if err != nil {
		return nil, fmt.Errorf("the profile of %s: %w", name, err)
	}
	out.Low, out.High = finite(low), finite(high)
	return out, nil
}

// runsOff is the sign of the infinity to which a separated coefficient runs
// off, 0 for others.
func (m *Model) runsOff(j int) float64 {
	name := m.Coding.Columns[j].Name
	for _, w := range m.Result.Warnings {
		if w.Code == "separation" && w.Subject == name {
			return math.Copysign(1, m.Beta[j])
		}
	}
	return 0
}

// A profiler fits the model with one coefficient fixed.
type profiler struct {
	data     glm.Data
	column   []float64 // the fixed one's
	offset   []float64 // of the model; nil when there is none
	deviance float64   // of the model
	unit     float64   // by which the deviance is measured
	step, z  float64
	terms    []glmm.Term // random ones
	options  Options
}

func (m *Model) newProfiler(data *frame.Frame, j int, level float64) (*profiler, error) {
	if m.Rows != nil {
		data = data.Rows(m.Rows)
	}
	x, err := m.Coding.Matrix(data)
	if err != nil {
		return nil, err
	}
	n := m.data.N
	if len(x) != n*len(m.Beta) {
		return nil, fmt.Errorf("the profile needs the data of the fit, of %d rows", n)
	}
	p := &profiler{data: m.data, column: x[j*n : (j+1)*n], offset: m.data.Offset, deviance: m.Result.Deviance, unit: 1, options: m.options}
	p.data.P--
	p.data.X = append(append(make([]float64, 0, n*p.data.P), x[:j*n]...), x[(j+1)*n:]...)
	p.data.Offset = make([]float64, n)
	if m.mixed != nil {
		z, group, _, err := m.groups(data)
		if err != nil {
			return nil, err
		}
		for k, r := range m.Coding.Random {
			p.terms = append(p.terms, glmm.Term{Q: len(r.Columns), Z: z[k], Group: group[k], Groups: len(r.Levels)})
		}
	}
	df := math.Inf(1)
	if m.Family.HasDispersion() && m.mixed == nil {
		p.unit, df = m.dispersion(), m.residualDF()
	}
	p.z = quantile(0.5+level/2, df)
	p.step = p.z * math.Sqrt(m.Cov[j*len(m.Beta)+j])
	if s := p.z / deviation(p.column); m.Result.Status == "separated" || !(p.step < math.Inf(1)) {
		p.step = min(1, s) // the errors of separated coefficients mean nothing
	}
	if !(p.step > 0) {
		return nil, fmt.Errorf("%s has no standard error to start from", m.Coding.Columns[j].Name)
	}
	return p, nil
}

// drop is how far the deviance rises with the coefficient fixed at b.
func (p *profiler) drop(b float64) (float64, error) {
	for i, v := range p.column {
		p.data.Offset[i] = b * v
		if p.offset != nil {
			p.data.Offset[i] += p.offset[i]
		}
	}
	deviance, status, reason, err := p.fit()
	if err != nil {
		return 0, err
	}
	if status == glm.NotConverged {
		return 0, fmt.Errorf("the fit with the value %g did not converge (%s)", b, reason)
	}
	return (deviance - p.deviance) / p.unit, nil
}

func (p *profiler) fit() (deviance float64, status glm.Status, reason string, err error) {
	if p.terms == nil {
		e, err := glm.Fit(p.data, glm.Options{Threads: p.options.Threads})
		if err != nil {
			return 0, 0, "", err
		}
		return e.Deviance, e.Status, e.Reason, nil
	}
	e, err := glmm.Fit(glmm.Data{Data: p.data, Terms: p.terms}, glmm.Options{Quadrature: p.options.Quadrature, Threads: p.options.Threads})
	if err != nil {
		return 0, 0, "", err
	}
	return -2 * e.LogLik, e.Status, e.Reason, nil
}

// dispersion of a model that has one.
func (m *Model) dispersion() float64 {
	if m.Result.Sigma != nil {
		return *m.Result.Sigma * *m.Result.Sigma
	}
	if m.Result.Dispersion != nil {
		return *m.Result.Dispersion
	}
	return math.NaN()
}

// residualDF is observations less coefficients.
func (m *Model) residualDF() float64 {
	df := float64(m.Result.NObs)
	for _, b := range m.Beta {
		if !math.IsNaN(b) {
			df--
		}
	}
	return df
}
