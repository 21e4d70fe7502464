package study

import (
	"os"
	"testing"
)

func TestShippedStudiesLoad(t *testing.T) {
	for _, name := range []string{"jobbsjansen-intro", "nsw"} {
		s, err := Load(os.DirFS("../studies/"+name), "studies/"+name)
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if s.Name != name {
			t.Errorf("%s is named %q", name, s.Name)
		}
	}
}
