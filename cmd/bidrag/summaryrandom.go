package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"bidrag/model/fit"
)

// integration tells how random effects were integrated.
func integration(r *fit.Result) string {
	switch {
	case r.Family == "gaussian": // exact
	case r.Method == "laplace":
		return " (Laplace)"
	case r.Method == "quadrature":
		return fmt.Sprintf(" (%d points)", r.Quadrature)
	}
	return ""
}

// writeRandom writes the random effects: a row for each that varies, the
// number of groups and the intraclass correlation with a grouping's first.
func writeRandom(w io.Writer, r *fit.Result) {
	if len(r.Random) == 0 {
		return
	}
	fmt.Fprintf(w, "%-*s %-*s %9s %7s %6s  %s\n", nameWidth, "random effects", nameWidth, "", "sd", "groups", "ICC", "correlations")
	said := map[string]bool{}
	for _, random := range r.Random {
		group, more := random.Group, fmt.Sprintf("%7d %6s", r.Groups[random.Group], iccText(r, random.Group))
		for q, term := range random.Terms {
			if q > 0 || said[random.Group] {
				group, more = "", strings.Repeat(" ", 14)
			}
			line := cell(w, group, 0) + cell(w, term, nameWidth+1)
			line += fmt.Sprintf("%9s %s  %s", short(random.SD[q]), more, correlations(random, q))
			fmt.Fprintln(w, strings.TrimRight(line, " "))
		}
		said[random.Group] = true
	}
	if r.Sigma != nil {
		fmt.Fprintf(w, "%-*s %-*s %9s\n", nameWidth, "residual", nameWidth, "", short(*r.Sigma))
	}
	fmt.Fprintln(w)
}

// cell pads a name to the width of a column. One that is too long is written
// to a line of its own, indented to where it belongs.
func cell(w io.Writer, name string, indent int) string {
	if utf8.RuneCountInString(name) > nameWidth {
		fmt.Fprintln(w, strings.Repeat(" ", indent)+name)
		name = ""
	}
	return name + strings.Repeat(" ", nameWidth+1-utf8.RuneCountInString(name))
}

func iccText(r *fit.Result, group string) string {
	if v, ok := r.ICC[group]; ok {
		return fmt.Sprintf("%.3f", v)
	}
	return "-"
}

// correlations of a random effect with the earlier ones of its term; three fit
// on the line.
func correlations(random fit.Random, q int) string {
	var parts []string
	for b := range q {
		switch c := random.Cor[q][b]; {
		case len(parts) == 3:
			return strings.Join(append(parts[:2], "…"), " ")
		case c == nil:
			parts = append(parts, "-")
		default:
			parts = append(parts, fmt.Sprintf("%+.2f", *c))
		}
	}
	return strings.Join(parts, " ")
}

// writeProfiles writes the profile-likelihood intervals that were asked for.
func writeProfiles(w io.Writer, r *fit.Result) {
	if len(r.Profile) == 0 {
		return
	}
	fmt.Fprintf(w, "Profile-likelihood intervals, %g %%\n", math.Round(r.Profile[0].Level*1e4)/1e2)
	for _, p := range r.Profile {
		low, high := "-Inf", "+Inf"
		if p.Low != nil {
			low = short(*p.Low)
		}
		if p.High != nil {
			high = short(*p.High)
		}
		wrap(w, fmt.Sprintf("%s: %s to %s", p.Term, low, high), "  ")
	}
	fmt.Fprintln(w)
}

// writeRatio writes the test against a smaller model.
func writeRatio(w io.Writer, r *fit.Result) {
	t := r.LikelihoodRatio
	if t == nil {
		return
	}
	p := func(v float64) string { return strings.Replace("p = "+pText(v), "= <", "< ", 1) }
	text := fmt.Sprintf("\nagainst %s: likelihood ratio χ² = %s on %s, %s", t.Formula, short(t.Statistic), count(t.DF, "parameter"), p(t.PValue))
	if t.PValueBoundary != nil {
		text += fmt.Sprintf("; %s when it is counted that a variance cannot be negative", p(*t.PValueBoundary))
	}
	fmt.Fprintln(w)
	wrap(w, strings.TrimSpace(text), "")
}
