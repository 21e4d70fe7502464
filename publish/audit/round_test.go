package audit

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

// members are the 100 persons of a folder: 40 of scheme s, and where they are.
func members() *result.Members {
	m := result.NewMembers(100)
	var all []int
	codes := map[string][]int32{"scheme": nil, "v": nil, "w": nil}
	for row := range 100 {
		all = append(all, row)
		scheme, v, w := int32(0), int32(-1), int32(-1)
		if row < 40 {
			scheme, v, w = 1, 0, 0
			switch {
			case row >= 37:
				v = 2
			case row >= 20:
				v = 1
			}
			if row < 2 {
				w = int32(row) + 1
			}
		}
		codes["scheme"], codes["v"], codes["w"] = append(codes["scheme"], scheme), append(codes["v"], v), append(codes["w"], w)
	}
	m.Sample("complete", all)
	m.Variable("scheme", []string{"r", "s"}, codes["scheme"])
	m.Variable("v", []string{"a", "b", "c"}, codes["v"])
	m.Variable("w", []string{"p", "q", "r"}, codes["w"])
	return m
}

// rounded writes results.json as a gate that rounds to base 5 has it, with other numbers
// of some ids.
func (f *folder) rounded(other map[string]float64) {
	f.set.Members = members()
	f.base = 5
	cleared := disclose.Clear(f.set, disclose.Rules{Threshold: 5, Base: 5})
	values := []map[string]any{}
	for _, n := range cleared.Numbers() {
		if n.State() != disclose.Shown {
			continue
		}
		v := map[string]any{"id": n.Key().ID(), "value": n.Value(), "n": n.N(), "unit": n.Unit(), "rounded": n.Rounded()}
		if x, is := other[n.Key().ID()]; is {
			v["value"], v["n"] = x, int(x)
		}
		values = append(values, v)
	}
	f.json("results.json", map[string]any{"models": map[string]any{}, "values": values, "gaps": []any{}})
	f.table("", "")
}

func TestAttacksOnRoundedCounts(t *testing.T) {
	for _, c := range []struct {
		name  string
		other map[string]float64
		want  string
	}{
		{"as the gate has them", nil, ""},
		{"a small count as it is", map[string]float64{at("c").ID(): 3}, `persons.complete.s.v.c is not made of rounded counts: 3 persons in \(complete: scheme=s; v=c\) are fewer than 5, and no multiple of 5`},
		{"a small count that does not look so", map[string]float64{at("c").ID(): 6}, `persons.complete.s.v.c is not made of rounded counts: the persons in \(complete: scheme=s; v=c\) are fewer than 5`},
		{"what does not add up", map[string]float64{at("a").ID(): 10, at("b").ID(): 10, at("c").ID(): 40}, `do not add up`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFolder(t)
			f.rounded(c.other)
			f.write()
			v, err := Folder(f.dir)
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(v.Findings, "\n")
			if (c.want == "") != (v.Found == 0) || !regexp.MustCompile(c.want).MatchString(all) {
				t.Errorf("found\n%s\nwant %s", all, c.want)
			}
		})
	}
}

// Whichever rounded number of few is replaced by the true one, the audit finds it.
func TestEveryTrueSmallCountIsFound(t *testing.T) {
	small := map[string]float64{}
	f := newFolder(t)
	f.rounded(nil)
	for _, n := range disclose.Clear(f.set, disclose.Rules{Threshold: 5, Base: 5}).Numbers() {
		if v, _ := f.set.Get(n.Key()); n.Rounded() && v.N > 0 && v.N < 5 {
			small[n.Key().ID()] = float64(v.N)
		}
	}
	if len(small) != 3 {
		t.Fatalf("small: %v", small)
	}
	for id := range maps.Keys(small) {
		f := newFolder(t)
		f.rounded(map[string]float64{id: small[id]})
		f.write()
		if v, err := Folder(f.dir); err != nil || v.Found == 0 {
			t.Errorf("%s: %v %v", id, v, err)
		}
	}
}
