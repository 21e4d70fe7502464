// Package studies holds the studies that are shipped with the program, their
// extracts among them.
package studies

import (
	"embed"
	"io/fs"
	"slices"
)

//go:embed jobbsjansen-intro nsw
var shipped embed.FS

// Default is the study that is run when none is named.
const Default = "jobbsjansen-intro"

// Names returns the shipped studies.
func Names() []string {
	entries, err := shipped.ReadDir(".")
	if err != nil {
		panic(err) // the embedded folder cannot fail to be read
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}

// Open returns the folder of a shipped study.
func Open(name string) (fs.FS, bool) {
	if !slices.Contains(Names(), name) {
		return nil, false
	}
	sub, err := fs.Sub(shipped, name)
	return sub, err == nil
}
