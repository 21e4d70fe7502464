package studies

import (
	"io/fs"
	"slices"
	"testing"
)

func TestShippedStudiesOpen(t *testing.T) {
	if !slices.Contains(Names(), Default) {
		t.Errorf("the default study %s is not among %v", Default, Names())
	}
	for _, name := range Names() {
		fsys, ok := Open(name)
		if !ok {
			t.Fatalf("%s does not open", name)
		}
		for _, file := range []string{"study.yaml", "codebook.yaml", "extracts"} {
			if _, err := fs.Stat(fsys, file); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, ok := Open("../studies"); ok {
		t.Error("a path is no name of a study")
	}
}
