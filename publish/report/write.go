package report

import (
	"fmt"
	"os"
	"path/filepath"

	"bidrag/publish/figure"
	"bidrag/publish/table"
)

// Write writes report.html, tables/ID.csv and figures/ID.svg into the folder
// dir, which must be there. The same report gives the same bytes.
func (r *Report) Write(dir string) error {
	if err := r.distinct(); err != nil {
		return err
	}
	drawings, err := figure.DrawAll(r.Figures)
	if err != nil {
		return err
	}
	for _, name := range []string{"tables", "figures"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return err
		}
	}
	for i, f := range r.Figures {
		if err := os.WriteFile(filepath.Join(dir, "figures", f.ID+".svg"), []byte(drawings[i].SVG), 0o644); err != nil {
			return err
		}
	}
	for _, t := range r.Tables {
		if err := writeCSV(filepath.Join(dir, "tables", t.ID+".csv"), t, r.locale); err != nil {
			return err
		}
	}
	page, err := r.html(drawings)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "report.html"), page, 0o644)
}

// distinct makes sure that no file is written over another.
func (r *Report) distinct() error {
	seen := map[string]bool{}
	for _, t := range r.Tables {
		if seen[t.ID] {
			return fmt.Errorf("two tables have the id %q", t.ID)
		}
		seen[t.ID] = true
	}
	return nil
}

func writeCSV(path string, t table.Table, l table.Locale) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	return t.CSV(file, l)
}
