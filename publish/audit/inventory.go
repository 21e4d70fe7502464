package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// inventory holds the folder against its manifest.
func (a *auditor) inventory() {
	listed := map[string]bool{"manifest.json": true}
	for _, f := range a.manifest.Files {
		listed[f.File] = true
		a.check(f)
	}
	err := filepath.WalkDir(a.dir, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(a.dir, p)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); !listed[name] {
			a.found(name, 0, "the manifest does not list this file, so that nobody knows what it tells; take it out of the folder")
		}
		return nil
	})
	if err != nil {
		a.found("manifest.json", 0, "the folder cannot be read through: %v", err)
	}
	if own := a.manifest.Audit; own != nil && own.Found > 0 {
		a.found("manifest.json", 0, "the audit of the run itself found %d; publish nothing of the folder (manifest.json says what)", own.Found)
	}
}

// check holds a file against what the manifest says of it.
func (a *auditor) check(f file) {
	if !filepath.IsLocal(filepath.FromSlash(f.File)) {
		a.found("manifest.json", 0, "it lists %q, which lies outside the folder; run the study again", f.File)
		return
	}
	switch {
	case !f.Publish:
	case secret(f.File):
		a.found(f.File, 0, "the manifest marks it for publication, and it holds what has not passed the gate; mend the manifest, and publish it nowhere")
	case f.File != "results.json" && f.File != "report.html" && !isTable(f.File) && !isFigure(f.File):
		a.found(f.File, 0, "the manifest marks it for publication, and it is no file of a kind that bidrag run writes; nobody knows what it tells: take it out")
	}
	switch hash, err := hashOf(filepath.Join(a.dir, filepath.FromSlash(f.File))); {
	case errors.Is(err, fs.ErrNotExist):
		a.found(f.File, 0, "the manifest lists this file, and it is not there; run the study again")
	case err != nil:
		a.found(f.File, 0, "it cannot be read: %v", err)
	case hash != f.SHA256:
		a.found(f.File, 0, "it is not the file that bidrag run wrote: its hash is another; run the study again, and publish what it writes unchanged")
	}
}

// secret tells whether a file holds what has not passed the gate.
func secret(name string) bool {
	base := path.Base(name)
	return base == "manifest.json" || strings.HasPrefix(base, "results_full") || strings.HasPrefix(base, "dataset.")
}

func hashOf(name string) (string, error) {
	in, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, in); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// open reads a file that may be published and can be attacked.
func (a *auditor) open(f file) (text []byte, ok bool) {
	if !f.Publish || secret(f.File) || !filepath.IsLocal(filepath.FromSlash(f.File)) {
		return nil, false
	}
	text, err := os.ReadFile(filepath.Join(a.dir, filepath.FromSlash(f.File)))
	return text, err == nil
}
