package figure

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestBundleIsCurrent: the bundle was built from the sources that stand beside
// it. When it fails, run js/build.sh.
func TestBundleIsCurrent(t *testing.T) {
	paths, err := filepath.Glob("js/src/*.js")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(paths)
	hash := sha256.New()
	for _, path := range append(paths, "js/build.mjs", "js/package.json", "js/package-lock.json") {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		hash.Write([]byte(strings.TrimPrefix(filepath.ToSlash(path), "js/") + "\x00"))
		hash.Write(content)
		hash.Write([]byte{0})
	}
	want, err := os.ReadFile("js/dist/SOURCES.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if hex.EncodeToString(hash.Sum(nil)) != strings.TrimSpace(string(want)) {
		t.Error("js/dist is older than js/src: run js/build.sh")
	}
}

// TestLicenses: the licences of what is in the bundle are at hand.
func TestLicenses(t *testing.T) {
	for _, want := range []string{"@observablehq/plot 0.6.17 (ISC)", "d3-scale", "internmap", "Permission to use, copy, modify"} {
		if !strings.Contains(Licenses, want) {
			t.Errorf("the licences do not mention %q", want)
		}
	}
}

// TestContrast: every colour of text and of series' marks is legible on white.
func TestContrast(t *testing.T) {
	look, err := os.ReadFile("js/src/look.js")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?:(?:ink|muted) = |color: )"#([0-9a-f]{6})"`).FindAllStringSubmatch(string(look), -1)
	if len(found) != 5 {
		t.Fatalf("%d colours, not 5", len(found))
	}
	for _, m := range found {
		if c := 1.05 / (luminance(m[1]) + 0.05); c < 4.5 {
			t.Errorf("#%s has a contrast of %.2f on white, less than 4.5", m[1], c)
		}
	}
}

// luminance is the relative luminance of WCAG 2.
func luminance(hex string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
