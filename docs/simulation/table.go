package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"bidrag/model/glm"

	"gonum.org/v1/gonum/stat"
)

const wald = 1.959963984540054 // half the length of a 95 % interval, in standard errors

// write writes the table of a design for one number of points.
func (d *design) write(w io.Writer, points int, fits []fit) {
	var good []fit
	var seconds []float64
	for _, f := range fits {
		if f.status == glm.Converged {
			good = append(good, f)
		}
		seconds = append(seconds, f.seconds)
	}
	slices.Sort(seconds)
	fmt.Fprintf(w, "### %s, %s\n\n", d.name, method(points))
	fmt.Fprintf(w, "%d rows, groups:", d.rows)
	for t, term := range d.terms {
		fmt.Fprintf(w, " %d (%s)", term.Groups, d.levels[t])
	}
	fmt.Fprintf(w, ". %d of %d converged. Median time of a fit, on one thread: %.2g s.\n\n",
		len(good), len(fits), stat.Quantile(0.5, stat.Empirical, seconds, nil))
	fmt.Fprint(w, "| parameter | truth | bias (error) | sd | mean se | coverage |\n|---|--:|--:|--:|--:|--:|\n")
	d.coefficients(w, good)
	for t := range d.terms {
		d.deviation(w, t, good)
	}
	fmt.Fprintln(w)
	for i, f := range fits {
		if f.problem != "" {
			fmt.Fprintf(w, "Replicate %d: %s.\n\n", i, f.problem)
		}
	}
}

func method(points int) string {
	if points > 1 {
		return fmt.Sprintf("%d points", points)
	}
	return "Laplace"
}

// coefficients writes the rows of the coefficients that are shown, and of all.
func (d *design) coefficients(w io.Writer, fits []fit) {
	total, worst, ratio := 0.0, 0.0, 0.0
	lowest, highest := 1.0, 0.0
	for j := range d.beta {
		var estimate, se, covered []float64
		for _, f := range fits {
			estimate, se = append(estimate, f.beta[j]), append(se, f.se[j])
			covered = append(covered, indicator(math.Abs(f.beta[j]-d.beta[j]) <= wald*f.se[j]))
		}
		mean, sd := stat.MeanStdDev(estimate, nil)
		bias, err := mean-d.beta[j], sd/math.Sqrt(float64(len(fits)))
		coverage := stat.Mean(covered, nil)
		if slices.Contains(d.shown, j) {
			fmt.Fprintf(w, "| %s | %g | %+.4f (%.4f) | %.4f | %.4f | %s |\n",
				d.names[j], d.beta[j], bias, err, sd, stat.Mean(se, nil), percent(coverage))
		}
		total += coverage
		ratio += stat.Mean(se, nil) / sd
		worst = max(worst, math.Abs(bias)/err)
		lowest, highest = min(lowest, coverage), max(highest, coverage)
	}
	n := float64(len(d.beta))
	fmt.Fprintf(w, "| all %d coefficients | | at most %.1f errors | 1 | %.3f | %s (%s–%s) |\n",
		len(d.beta), worst, ratio/n, percent(total/n), percent(lowest), percent(highest))
}

// deviation writes the row of a standard deviation of random effects.
func (d *design) deviation(w io.Writer, t int, fits []fit) {
	var estimate, covered []float64
	zero := 0
	for _, f := range fits {
		estimate = append(estimate, f.sd[t])
		if f.boundary[t] {
			zero++
		}
		covered = append(covered, indicator(f.low[t] <= d.sd[t] && d.sd[t] <= f.high[t]))
	}
	mean, sd := stat.MeanStdDev(estimate, nil)
	note := ""
	if zero > 0 {
		note = fmt.Sprintf("; %d estimated as 0", zero)
	}
	fmt.Fprintf(w, "| σ of %s | %g | %+.4f (%.4f) | %.4f | | %s%s |\n",
		d.levels[t], d.sd[t], mean-d.sd[t], sd/math.Sqrt(float64(len(fits))), sd, percent(stat.Mean(covered, nil)), note)
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
