package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"bidrag/model/fit"
)

// Widths of the table of coefficients; a row has at most 80 columns.
const (
	nameWidth = 17
	lineWidth = 79
)

// ratioNames is what the exponential of a coefficient is called.
var ratioNames = map[string]string{"binomial logit": "odds ratio", "poisson log": "rate ratio", "gamma log": "ratio"}

// writeSummary writes a fit for a reader at a terminal.
func writeSummary(out io.Writer, r *fit.Result, level float64) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s model, %s link, by maximum likelihood%s\n\n", title(r.Family), r.Link, integration(r))
	wrap(w, r.Formula, "  ")
	fmt.Fprintf(w, "\n%s; ", count(r.NObs, "observation"))
	writeDropped(w, r)
	fmt.Fprintln(w)
	writeRandom(w, r)
	writeCoefficients(w, r, level)
	fmt.Fprintln(w)
	writeProfiles(w, r)
	writeWhole(w, r)
	writeRatio(w, r)
	writeWarnings(w, r)
	return w.Flush()
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// writeDropped tells how many rows were lost and to which columns.
func writeDropped(w io.Writer, r *fit.Result) {
	if r.NDropped == 0 {
		fmt.Fprintln(w, "no row was dropped")
		return
	}
	names := make([]string, 0, len(r.DroppedBy))
	for name := range r.DroppedBy {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := r.DroppedBy[b] - r.DroppedBy[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, r.DroppedBy[name])
	}
	fmt.Fprintf(w, "%s dropped for missing values\n", count(r.NDropped, "row"))
	wrap(w, "("+strings.Join(names, ", ")+")", "")
}

func writeCoefficients(w io.Writer, r *fit.Result, level float64) {
	ratio, hasRatio := ratioNames[r.Family+" "+r.Link]
	statistic := "z"
	if r.Method == "irls" && (r.Family == "gaussian" || r.Family == "gamma") && !hasWarning(r, "cluster_robust", "") {
		statistic = "t"
	}
	interval := fmt.Sprintf("%g %% interval", math.Round(level*1e4)/1e2)
	if hasRatio {
		fmt.Fprintf(w, "%-*s %9s %8s %6s %5s  %10s  %s\n", nameWidth, "", "estimate", "error", statistic, "p", ratio, interval)
	} else {
		fmt.Fprintf(w, "%-*s %9s %8s %6s %5s  %s\n", nameWidth, "", "estimate", "error", statistic, "p", interval)
	}
	for _, c := range r.Coefficients {
		name := c.Term
		if utf8.RuneCountInString(name) > nameWidth {
			fmt.Fprintln(w, name)
			name = ""
		}
		name += strings.Repeat(" ", nameWidth-utf8.RuneCountInString(name))
		fmt.Fprintln(w, strings.TrimRight(name+" "+coefficientText(r, c, hasRatio), " "))
	}
}

// coefficientText is the numbers of one row. What has no estimate says why.
func coefficientText(r *fit.Result, c fit.Coefficient, hasRatio bool) string {
	switch {
	case c.Estimate == nil && !hasWarning(r, "aliased", c.Term):
		return fmt.Sprintf("%9s", "-")
	case c.Estimate == nil:
		return fmt.Sprintf("%9s  aliased: see the warnings", "-")
	case hasWarning(r, "separation", c.Term):
		return fmt.Sprintf("%9s  no finite estimate: see the warnings", fmt.Sprintf("%+g", math.Copysign(math.Inf(1), *c.Estimate)))
	case c.StdError == nil:
		return fmt.Sprintf("%9s %8s", short(*c.Estimate), "-")
	}
	p, z := "-", "-"
	if c.PValue != nil {
		p, z = pText(*c.PValue), fmt.Sprintf("%.2f", *c.Statistic)
	}
	text := fmt.Sprintf("%9s %8s %6s %5s  ", short(*c.Estimate), short(*c.StdError), z, p)
	if hasRatio {
		text += fmt.Sprintf("%10s  ", short(math.Exp(*c.Estimate)))
	}
	if c.ConfLow == nil || c.ConfHigh == nil {
		return text + "-"
	}
	low, high := *c.ConfLow, *c.ConfHigh
	if hasRatio {
		low, high = math.Exp(low), math.Exp(high)
	}
	return text + bound(low) + " to " + bound(high)
}

func hasWarning(r *fit.Result, code, subject string) bool {
	return slices.ContainsFunc(r.Warnings, func(w fit.Warning) bool {
		return w.Code == code && (subject == "" || w.Subject == subject)
	})
}

// bound is short, with a digit less of numbers far from 1.
func bound(v float64) string {
	switch size := math.Abs(v); {
	case size >= 1e100 || v != 0 && size < 1e-99:
		return fmt.Sprintf("%.0e", v)
	case size >= 1e5 || v != 0 && size < 1e-3:
		return fmt.Sprintf("%.1e", v)
	}
	return short(v)
}

// short gives a number with three or four significant digits, in at most nine
// characters.
func short(v float64) string {
	size := math.Abs(v)
	switch {
	case v == 0:
		return "0"
	case size >= 1e5 || size < 1e-3:
		return fmt.Sprintf("%.2e", v)
	case size >= 1000:
		return fmt.Sprintf("%.0f", v)
	case size >= 100:
		return fmt.Sprintf("%.1f", v)
	case size >= 10:
		return fmt.Sprintf("%.2f", v)
	case size >= 1:
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.4f", v)
}

func pText(p float64) string {
	if p < 0.001 {
		return "<.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// writeWhole writes what is said of the model as a whole.
func writeWhole(w io.Writer, r *fit.Result) {
	text := count(r.DF, "parameter")
	if isFinite(r.LogLik) {
		text = fmt.Sprintf("log-likelihood %.2f on %s", r.LogLik, text)
	}
	if isFinite(r.AIC) && isFinite(r.BIC) {
		text += fmt.Sprintf("; AIC %.2f, BIC %.2f", r.AIC, r.BIC)
	}
	fmt.Fprintln(w, text)
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if isFinite(r.Deviance) {
		add("deviance %s", short(r.Deviance))
	}
	if r.Sigma != nil && len(r.Random) == 0 { // else it stands with the random effects
		add("residual standard deviation %s", short(*r.Sigma))
	}
	if r.Dispersion != nil {
		add("dispersion %s", short(*r.Dispersion))
	}
	for _, k := range []struct{ key, name string }{{"mcfadden", "McFadden's R²"}, {"tjur", "Tjur's R²"}, {"nakagawa_marginal", "R² of the fixed effects"}, {"nakagawa_conditional", "with the random ones"}} {
		if v, ok := r.RSquared[k.key]; ok {
			add("%s %.3f", k.name, v)
		}
	}
	if len(parts) > 0 {
		wrap(w, strings.Join(parts, ", "), "")
	}
	wrap(w, ending(r), "")
}

// ending tells how the iteration ended.
func ending(r *fit.Result) string {
	steps := count(r.Iterations, "step")
	text := "converged in " + steps
	switch r.Status {
	case "separated":
		text = "SEPARATED: some coefficients have no finite estimate (" + steps + ")"
	case "not_converged":
		text = "NOT CONVERGED after " + steps + ": do not use these estimates"
		if r.Reason != "" {
			text = "NOT CONVERGED after " + steps + " (" + r.Reason + "): do not use these estimates"
		}
	}
	if r.GradientMax != nil {
		text += fmt.Sprintf("; largest gradient %.0e", *r.GradientMax)
	}
	if r.HessianCondition != nil {
		sign := ";"
		if r.GradientMax != nil {
			sign = ","
		}
		text += fmt.Sprintf("%s condition %.2g", sign, *r.HessianCondition)
	}
	return text
}

// count is a number of things, with an s when there are several.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func isFinite(v float64) bool { return v-v == 0 }

func writeWarnings(w io.Writer, r *fit.Result) {
	if len(r.Warnings) == 0 {
		return
	}
	fmt.Fprintln(w, "\nWarnings")
	for _, warning := range r.Warnings {
		wrap(w, warning.Message, "  ")
	}
}

// wrap writes text in lines of at most lineWidth, the first after indent, the
// others deeper.
func wrap(w io.Writer, text, indent string) {
	line := indent
	for i, word := range strings.Fields(text) {
		if i > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > lineWidth {
			fmt.Fprintln(w, line)
			line = indent + "  " + word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, line)
}
