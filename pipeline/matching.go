package pipeline

import (
	"context"

	"bidrag/evaluate/match"
)

// A matchKey names the comparison of one scheme by one method of a matching.
type matchKey struct{ matching, method, scheme string }

func (r *Run) matching(context.Context) error { return nil }

// pairsOf returns the matched sets of a method of kind nearest, of the persons of
// a scheme, in the order of their rows; rows are those of the analysis set
// (r.data). Each set has one person of the scheme, and one of the reference or
// more (ratio), with their outcomes, which are all known. It is nil when the
// method is of another kind or nobody was matched, which is a gap already.
func (r *Run) pairsOf(matching, method, scheme string) []match.Set {
	return r.pairs[matchKey{matching, method, scheme}]
}
