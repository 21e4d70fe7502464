package figure

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSamples draws every kind in both languages. With FIGURE_DIR set it also
// leaves the files there, to be looked at.
func TestSamples(t *testing.T) {
	r, err := NewRenderer()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"nb", "en"} {
		for _, f := range samples(lang) {
			svg, err := r.SVG(f)
			if err != nil {
				t.Fatal(err)
			}
			inline, err := r.Inline(f)
			if err != nil {
				t.Fatal(err)
			}
			if dir := os.Getenv("FIGURE_DIR"); dir != "" {
				name := filepath.Join(dir, f.ID+"-"+lang)
				os.WriteFile(name+".svg", []byte(svg), 0o644)
				os.WriteFile(name+".html", []byte("<!DOCTYPE html><meta charset=utf-8><meta name=viewport content='width=device-width'><style>body{margin:10px;font:15px system-ui}"+CSS+"</style>"+inline), 0o644)
			}
		}
	}
}
