package decompose

import (
	"math"

	"bidrag/evaluate/result"
)

// Values are the parts as results of an analysis of the study, with the keys
//
//	decomposition.METHOD.ANALYSIS.SCHEME.BLOCK.PIECE.by.CHOICE
//	decomposition.kitagawa.ANALYSIS.SCHEME.VARIABLE.PIECE.level.LEVEL
//	standardized_rate.METHOD.ANALYSIS.SCHEME.VARIABLE.SIDE.by.CHOICE
//	decomposition_persons.ANALYSIS.SCHEME.SIDE
//	decomposition_replicates.ANALYSIS.SCHEME
//	decomposition_replicates.METHOD.ANALYSIS.SCHEME.by.CHOICE     where some draws have no answer
//
// of which what does not apply is left out, and the raw difference itself is
// METHOD raw. What has no number is left out.
func (a *Answer) Values(analysis, scheme string) []result.Value {
	var out []result.Value
	for _, p := range a.Parts {
		if !math.IsNaN(p.Value) {
			out = append(out, p.result(analysis, scheme))
		}
	}
	for _, s := range []struct {
		level string
		side  Side
	}{{FocusSide, a.Focus}, {RefSide, a.Ref}} {
		v := result.PersonCount(result.Key{Quantity: "decomposition_persons", Analysis: analysis, Scheme: scheme, Level: s.level}, s.side.Persons)
		out = append(out, v)
	}
	n, _ := fewest(a.Focus, a.Ref)
	k := result.Key{Quantity: "decomposition_replicates", Analysis: analysis, Scheme: scheme}
	out = append(out, result.Estimate(k, result.Count, float64(a.Replicates), n))
	for _, p := range a.Parts {
		if p.Method == Logit && p.Piece == Unexplained && p.Block == "" && p.Draws < a.Replicates {
			k.Kind, k.By, k.ByLevel = p.Method, "by", p.Choice
			out = append(out, result.Estimate(k, result.Count, float64(p.Draws), n))
		}
	}
	return out
}

// result is a part as a result.
func (p *Part) result(analysis, scheme string) result.Value {
	k := result.Key{Quantity: "decomposition", Kind: p.Method, Analysis: analysis, Scheme: scheme, Variable: p.Block, Level: p.Piece}
	unit := result.Points
	if p.Method == "" {
		k.Kind = Raw
	}
	if p.Side != "" {
		k.Quantity, k.Level, unit = "standardized_rate", p.Side, result.Share
	}
	if p.Choice != "" {
		k.By, k.ByLevel = "by", p.Choice
	}
	if p.Level != "" {
		k.By, k.ByLevel = "level", p.Level
	}
	v := result.Estimate(k, unit, p.Value, p.Persons).WithInterval(p.Low, p.High)
	v.Part = p.Successes
	return v
}
