package disclose

import (
	"fmt"
	"math"
	"slices"

	"bidrag/evaluate/result"
)

// SeeRounded makes the rounded counts known that can be read from a value: n, and what
// of it is the value of a share or count. Headline counts that are as they were count
// as exact. It returns what is wrong with them, "" when nothing is.
func (a *Attack) SeeRounded(value int, of result.Value, shown float64, n int) (wrong string) {
	groups := a.counts.values[value].groups
	counts := []int{n}
	switch {
	case len(groups) == 0:
		return ""
	case of.Unit == result.Persons && of.Part < 0 && shown != float64(n):
		return "it is another number than its own n"
	case of.Unit == result.Points && of.Part >= 0 && n != of.N && shown == of.Value:
		return "it is as it was, and tells of a share that is not"
	case of.Unit == result.Persons && of.Part >= 0:
		counts = append(counts, int(shown))
	case isShare(of) && n > 0:
		part := math.Round(shown * float64(n))
		if math.Abs(shown*float64(n)-part) > 1e-6 {
			return "it is no share of its n"
		}
		counts = append(counts, int(part))
	}
	for i, k := range groups[:min(len(groups), len(counts))] {
		if wrong := a.seeRounded(k, counts[i]); wrong != "" {
			return wrong
		}
	}
	if len(counts) == 2 && counts[1] > counts[0] {
		return "it is more than all"
	}
	return ""
}

// isShare tells whether a value is a share of one count in another.
func isShare(v result.Value) bool {
	return v.Unit == result.Share && v.Part >= 0 && sameNumber(v.Value, share(v.Part, v.N))
}

func (a *Attack) seeRounded(k, n int) (wrong string) {
	c := a.counts
	if a.rounded == nil {
		a.rounded = make([]int, len(c.Groups))
		for i := range a.rounded {
			a.rounded[i] = unknown
		}
	}
	if was := a.rounded[k]; was != unknown && was != n {
		return fmt.Sprintf("another number says %d of (%s)", was, c.Groups[k])
	}
	a.rounded[k] = n
	if wrong := a.wrong(k, n); wrong != "" {
		return wrong
	}
	if n == c.Counts[k] && !c.sensitive[k] && isHeadline(c.Groups[k], c.outcome) {
		a.know(k)
	}
	return ""
}

// wrong says why a count cannot be the rounded one of a group.
func (a *Attack) wrong(k, n int) string {
	switch {
	case a.rules.small(n) && n%a.rules.Base != 0:
		return fmt.Sprintf("%d persons in (%s) are fewer than %d, and no multiple of %d", n, a.counts.Groups[k], a.rules.Threshold, a.rules.Base)
	case a.rules.small(a.counts.Counts[k]) && n%a.rules.Base != 0:
		return fmt.Sprintf("the persons in (%s) are fewer than %d, and their rounded number is no multiple of %d", a.counts.Groups[k], a.rules.Threshold, a.rules.Base)
	}
	return ""
}

// roundedCounts are the rounded counts that were seen and those that follow from them,
// by group, with the groups that do not add up; nil when none was seen.
func (a *Attack) roundedCounts() (counts, clashes []int) {
	if a.rounded == nil {
		return nil, nil
	}
	follows := &Relations{Groups: a.counts.Groups, Counts: slices.Clone(a.rounded), Equations: a.counts.Equations}
	follows.solve()
	return follows.Counts, follows.Clashes
}

// FindRounded lists what is wrong with the rounded counts that were seen, taken together:
// those that do not add up, and what follows from them and is no rounded count of few.
func (a *Attack) FindRounded() []string {
	c := a.counts
	counts, clashes := a.roundedCounts()
	var out []string
	for _, k := range clashes {
		out = append(out, fmt.Sprintf("the rounded counts of (%s) and what it is made of do not add up", c.Groups[k]))
	}
	for k, n := range counts {
		if a.rounded[k] == unknown && a.rules.small(c.Counts[k]) && n == c.Counts[k] && n%a.rules.Base != 0 {
			out = append(out, fmt.Sprintf("the number of persons in (%s), fewer than %d, follows from the rounded counts", c.Groups[k], a.rules.Threshold))
		}
	}
	return out
}
