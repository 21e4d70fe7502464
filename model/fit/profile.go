package fit

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"bidrag/data/frame"
	"bidrag/model/design"
	"bidrag/model/family"
	"bidrag/model/glm"
	"bidrag/model/glmm"
	"bidrag/model/infer"
)

// Profile returns the profile-likelihood interval of a coefficient, by its
// name, of the standard deviation of a random effect, as "g: (Intercept)", or
// of the residuals of a Gaussian model with random terms, as "sigma": the
// values that the likelihood-ratio test does not reject. data is the frame of
// the fit.
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
	j := slices.Index(names, name)
	switch {
	case j >= 0 && math.IsNaN(m.Beta[j]):
		return nil, &OptionError{"profile", fmt.Sprintf("%s has no estimate: it is determined by other terms", name)}
	case j >= 0 && m.mixed == nil:
		return m.profileColumn(data, j, level)
	case j >= 0:
		return m.profileMixed(name, glmm.Parameter{Kind: glmm.Coefficient, Column: j}, level)
	}
	for k, r := range m.Result.Random {
		for q, t := range r.Terms {
			if componentName(r.Group, t) == name {
				return m.profileMixed(name, glmm.Parameter{Kind: glmm.SD, Term: k, Component: q}, level)
			}
			names = append(names, componentName(r.Group, t))
		}
	}
	if m.mixed != nil && m.Family.Dist == family.Gaussian {
		if name == "sigma" {
			return m.profileMixed(name, glmm.Parameter{Kind: glmm.ResidualSD}, level)
		}
		names = append(names, "sigma")
	}
	return nil, &OptionError{"profile", fmt.Sprintf("there is no coefficient or standard deviation %q%s", name, strings.Replace(design.Meant(name, names), "the columns are", "there are", 1))}
}

// profileMixed profiles a parameter of a model with random terms.
func (m *Model) profileMixed(name string, parameter glmm.Parameter, level float64) (*Profile, error) {
	low, high, err := m.mixed.Profile(parameter, level)
	if err != nil {
		return nil, &OptionError{"profile", fmt.Sprintf("%s has no profile: %v", name, err)}
	}
	return &Profile{Term: name, Level: level, Low: finite(low), High: finite(high)}, nil
}

// profileColumn profiles a coefficient.
func (m *Model) profileColumn(data *frame.Frame, j int, level float64) (*Profile, error) {
	name := m.Coding.Columns[j].Name
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
	threads  int
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
	p := &profiler{data: m.data, column: x[j*n : (j+1)*n], offset: m.data.Offset, deviance: m.Result.Deviance, unit: 1, threads: m.options.Threads}
	p.data.P--
	p.data.X = append(append(make([]float64, 0, n*p.data.P), x[:j*n]...), x[(j+1)*n:]...)
	p.data.Offset = make([]float64, n)
	df := math.Inf(1)
	if m.Family.HasDispersion() {
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
	e, err := glm.Fit(p.data, glm.Options{Threads: p.threads})
	if err != nil {
		return 0, err
	}
	if e.Status == glm.NotConverged {
		return 0, fmt.Errorf("the fit with the value %g did not converge (%s)", b, e.Reason)
	}
	return (e.Deviance - p.deviance) / p.unit, nil
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
