package problem

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListOrdersByPlaceAndDropsRepetitions(t *testing.T) {
	var l List
	l.Add("b.csv", 7, 2, "second")
	l.Add("a.yaml", 3, 1, "third")
	l.Add("b.csv", 2, 9, "first %d", 1)
	l.Add("b.csv", 7, 2, "second")
	want := "b.csv:2:9: first 1\nb.csv:7:2: second\na.yaml:3:1: third"
	if diff := cmp.Diff(want, l.Err().Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if (List{}).Err() != nil {
		t.Error("an empty list is no error")
	}
}

func TestJoinKeepsThePlaceOfWrappedProblems(t *testing.T) {
	var inner, outer List
	inner.Add("a", 1, 2, "x")
	outer.Join("b", inner.Err())
	outer.Join("b", Problem{File: "c", Line: 4, Column: 5, Message: "y"})
	outer.Join("b", errors.New("z"))
	outer.Join("b", nil)
	if diff := cmp.Diff("a:1:2: x\nc:4:5: y\nb:1:1: z", outer.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"delimiter", "encoding", "decimal", "columns"}
	for _, c := range []struct{ name, want string }{
		{"delimeter", "delimiter"}, {"colunms", "columns"}, {"Encoding", "encoding"}, {"zebra", ""}, {"", ""}, {"2", ""},
	} {
		if got, _ := Nearest(c.name, names); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.name, got, c.want)
		}
	}
	if got := DidYouMean("decmal", names); got != `; did you mean "decimal"?` {
		t.Errorf("DidYouMean = %s", got)
	}
}
