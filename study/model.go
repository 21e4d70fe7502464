package study

import (
	"slices"
	"strings"

	"bidrag/study/problem"
)

// inherit gives every model what it does not say itself of the one it is like.
func (s *Study) inherit(problems *problem.List) {
	c := checker{s.studyDoc, problems}
	done := map[string]bool{}
	for _, name := range s.Models.Keys() {
		s.inheritModel(c, name, nil, done)
	}
}

// inheritModel completes one model after those that it is like. chain is the
// models that are being completed.
func (s *Study) inheritModel(c checker, name string, chain []string, done map[string]bool) {
	i := slices.Index(s.Models.Keys(), name)
	m := &s.Models[i].Value
	if done[name] {
		return
	}
	done[name] = true
	if m.Like == "" {
		s.checkFirstModel(c, name, *m)
		return
	}
	switch {
	case slices.Contains(append(chain, name), m.Like):
		c.at(at("models", name, "like"), "model %q is like itself, by way of %s; give one of them a formula instead of like", name, strings.Join(append(chain, name), ", "))
		return
	case m.Formula != "":
		c.at(at("models", name, "formula"), "model %q is like %q and takes its formula; change it by drop and add, or remove like", name, m.Like)
	}
	if !c.known(at("models", name, "like"), "model", m.Like, s.Models.Keys()) {
		return
	}
	s.inheritModel(c, m.Like, append(chain, name), done)
	of, _ := s.Models.Get(m.Like)
	m.Formula = of.Formula
	inheritText(&m.Family, of.Family)
	inheritText(&m.Link, of.Link)
	inheritText(&m.Sample, of.Sample)
	inheritText(&m.Cluster, of.Cluster)
	if m.Quadrature == 0 {
		m.Quadrature = of.Quadrature
	}
	m.Groups = merge(of.Groups, m.Groups)
	m.Standardize = append(slices.Clone(of.Standardize), m.Standardize...)
	drop := expand(of.Groups, m.Drop)
	m.Changes = append(slices.Clone(of.Changes), Change{name, drop, m.Add})
}

// checkFirstModel reports what a model that is like no other lacks.
func (s *Study) checkFirstModel(c checker, name string, m Model) {
	lacks := func(what, value string) {
		if value == "" {
			c.key(at("models", name), "model %q has no %s; add it, or say which model it is like", name, what)
		}
	}
	lacks("formula", m.Formula)
	lacks("sample", m.Sample)
	if len(m.Drop) > 0 {
		c.at(at("models", name, "drop"), "drop changes the formula of the model that this one is like; say which: like")
	}
	if m.Add != "" {
		c.at(at("models", name, "add"), "add changes the formula of the model that this one is like; say which: like")
	}
}

func inheritText(own *string, of string) {
	if *own == "" {
		*own = of
	}
}

// merge puts entries to those of another map; one of the same key takes its place.
func merge(of, own Map[TermGroup]) Map[TermGroup] {
	out := slices.Clone(of)
	for _, e := range own {
		if i := slices.Index(out.Keys(), e.Key); i >= 0 {
			out[i] = e
		} else {
			out = append(out, e)
		}
	}
	return out
}

// expand replaces names of groups by the variables in them.
func expand(groups Map[TermGroup], names []string) []string {
	var out []string
	for _, name := range names {
		if g, ok := groups.Get(name); ok && !slices.Contains(g.Variables, name) {
			out = append(out, g.Variables...)
		} else {
			out = append(out, name)
		}
	}
	return out
}
