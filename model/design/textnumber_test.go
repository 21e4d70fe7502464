package design

import (
	"fmt"
	"strings"
	"testing"

	"bidrag/data/frame"
)

func TestNumbersReadAsText(t *testing.T) {
	infinite, err := readData(t).With(frame.FactorOf("t", strings.Split(strings.Repeat("1,2.5,-Inf,1e400,", 5)+"1,2,3,4", ",")))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"y ~ t", "t ~ x", "y ~ log(t)"} {
		if _, err := New(mustParse(t, text), infinite, Columns{}); err == nil || !strings.Contains(err.Error(), "t is infinite (1e400) in some rows") {
			t.Errorf("%s: %v", text, err)
		}
	}
	many := make([]string, 24)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	many[7] = "unknown"
	column := func(values ...string) []string {
		out := make([]string, 24)
		for i := range out {
			out[i] = values[i%len(values)]
		}
		return out
	}
	for _, c := range []struct {
		name   string
		values []string
		says   string // of the warning; empty when there is none
	}{
		{"both signs", column("1.5", "2,5", "3"), "with decimal point (1.5) and with decimal comma (2,5)"},
		{"thousands", column("1,500", "2,500"), "its commas (1,500) may be decimal commas or separate thousands"},
		{"a stray", many, `["unknown"] and others like it are not`},
		{"words", column("a", "b", "1"), ""},
		{"codes", column("0351", "0352", "1103"), ""},
		{"lists", column("1,2,3", "2,3", "4"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := readData(t).With(frame.FactorOf("t", c.values))
			if err != nil {
				t.Fatal(err)
			}
			d := mustNew(t, "y ~ t", data)
			if c.says == "" {
				if len(d.TextNumbers) != 0 {
					t.Errorf("%v", d.TextNumbers)
				}
				return
			}
			if len(d.TextNumbers) != 1 || !strings.Contains(d.TextNumbers[0].String(), c.says) {
				t.Errorf("%v, want %q", d.TextNumbers, c.says)
			}
			if _, err := New(mustParse(t, "y ~ log(t)"), data, Columns{}); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("log(t): %v", err)
			}
		})
	}
}
