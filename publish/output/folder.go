// Package output writes a run to its output folder: results, data set, tables,
// figures, report and manifest. The folder is written beside its final place
// and renamed when it is whole, so that a run that fails or is killed leaves
// nothing half-made, and what stood there before stands until then.
package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// manifestName is the file by which an output folder is known.
const manifestName = "manifest.json"

// A Folder is an output folder that is being written.
type Folder struct {
	final, temporary string
}

// Create begins an output folder. It is an error when something else than an
// output folder of this program stands in its place.
func Create(dir string) (*Folder, error) {
	final, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := replaceable(final, dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return nil, err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(final), "."+filepath.Base(final)+".partial-")
	if err != nil {
		return nil, err
	}
	return &Folder{final, temporary}, os.Chmod(temporary, 0o755)
}

// replaceable refuses to replace what is no output folder.
func replaceable(final, shown string) error {
	entries, err := os.ReadDir(final)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0:
		return nil
	case err != nil:
		return fmt.Errorf("%s cannot be the output folder: %w", shown, err)
	}
	text, err := os.ReadFile(filepath.Join(final, manifestName))
	var m Manifest
	if err != nil || json.Unmarshal(text, &m) != nil || m.Program != program {
		return fmt.Errorf("%s holds files that bidrag did not write; name an empty or new folder with --out", shown)
	}
	return nil
}

// Path returns the place of a file of the folder while it is being written.
func (f *Folder) Path(elements ...string) string {
	return filepath.Join(append([]string{f.temporary}, elements...)...)
}

// Commit puts the folder in its place. What stood there is removed.
func (f *Folder) Commit() error {
	old := f.temporary + ".old"
	err := os.Rename(f.final, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(f.temporary, f.final); err != nil {
		return errors.Join(err, os.Rename(old, f.final))
	}
	return os.RemoveAll(old)
}

// Discard removes the folder if it was not committed.
func (f *Folder) Discard() error { return os.RemoveAll(f.temporary) }
