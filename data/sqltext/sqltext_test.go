package sqltext

import "testing"

func TestQuotes(t *testing.T) {
	if got := Name(`Årsak "x"`); got != `"Årsak ""x"""` {
		t.Error(got)
	}
	if got := Literal(`it's; --`); got != `'it''s; --'` {
		t.Error(got)
	}
}
