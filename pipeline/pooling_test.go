package pipeline

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
	"bidrag/study/problem"
)

// TestPoolingOfTheShippedStudy: every group with an effect of its own is told
// once, the largest first, between zero and its own effect when pooled, and what
// follows from fewer than 5 who attained, or did not, stays inside.
func TestPoolingOfTheShippedStudy(t *testing.T) {
	r := shipped(t)
	cleared := disclose.Clear(r.Results, disclose.DefaultRules)
	for _, model := range []string{"municipality", "project"} {
		groups, persons, hidden := 0, 0, 0
		last := math.MaxInt
		for ; ; groups++ {
			key := result.Key{Quantity: "pooled_group", Kind: "none", Model: model, Level: strconv.Itoa(groups + 1)}
			own, ok := r.Results.Get(key)
			if !ok {
				break
			}
			key.Kind = "partial"
			drawn, _ := r.Results.Get(key)
			if own.N > last || drawn.Value*own.Value < 0 || math.Abs(drawn.Value) > math.Abs(own.Value) {
				t.Errorf("%s %d: %d persons after %d, %g drawn to %g", model, groups+1, own.N, last, own.Value, drawn.Value)
			}
			last = own.N
			persons += own.N
			if own.Part < 5 || own.N-own.Part < 5 {
				hidden++
				if cleared.Number(own.Key).State() != disclose.Suppressed || cleared.Number(drawn.Key).State() != disclose.Suppressed {
					t.Errorf("%s: the effect of a group in which %d of %d attained is shown", model, own.Part, own.N)
				}
			}
		}
		all, _ := r.Results.Get(result.Key{Quantity: "pooled_class", Model: model})
		left, _ := r.Results.Get(result.Key{Quantity: "pooled_left_out", Kind: "persons", Model: model, Variable: model})
		if groups == 0 || hidden == 0 || float64(groups) != all.Value || persons != all.N || persons+left.N != r.Results.Models[model].NObs {
			t.Errorf("%s: %d groups with %d persons and %d left out, the classes hold %g groups and %d persons", model, groups, persons, left.N, all.Value, all.N)
		}
	}
}

// TestPoolingNeedsGroups: a model without random terms cannot be pooled, which
// is told where its author asks for it.
func TestPoolingNeedsGroups(t *testing.T) {
	r, err := newMini(t).withModels("plain: {label: m, sample: complete, formula: outcome ~ male, pooling: true}").checked()
	if err == nil {
		r.Close()
		t.Fatal("nothing is said")
	}
	var list problem.List
	if !errors.As(err, &list) || len(list) != 1 || !strings.Contains(list.Error(), `mini/study.yaml:69:73: the formula of model "plain" has no random term`) {
		t.Error(err)
	}
}

// TestPoolingThatCannotBe: crossed groupings have no innermost one; the rest is answered.
func TestPoolingThatCannotBe(t *testing.T) {
	r := newMini(t).withModels("crossed: {label: m, sample: complete, formula: outcome ~ age + (1 | course) + (1 | male), pooling: true}").run(1)
	gaps := 0
	for _, g := range r.Results.Gaps {
		if g.Model == "crossed" && strings.Contains(g.Message, "crossed") && strings.HasPrefix(g.Place, "mini/study.yaml:69:") {
			gaps++
		}
	}
	if gaps != 1 || math.IsNaN(one(r, "pooled_estimate.complete.crossed.age")) || !math.IsNaN(one(r, "pooled_estimate.none.crossed.age")) {
		t.Errorf("%+v", r.Results.Gaps)
	}
}
