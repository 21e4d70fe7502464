package output

import (
	"context"
	"time"

	"bidrag/pipeline"
	"bidrag/publish/audit"
	"bidrag/publish/disclose"
	"bidrag/publish/report"
)

// Clear sends a run's results through the gate with the study's settings.
func Clear(r *pipeline.Run) *disclose.Cleared {
	d := r.Study.Disclosure
	return disclose.Clear(r.Results, disclose.Rules{Threshold: d.Threshold, Base: d.Base, Dominance: disclose.Dominance(d.Dominance)})
}

// Write writes a run to the folder dir: results.json, results_full.json,
// dataset.parquet, dataset.duckdb, tables, figures, report.html and
// manifest.json. Nothing is at dir unless everything could be written.
//
// The last step attacks what was written. When it finds anything, the folder is put
// in its place for its owner to look at, with no file marked for publication: see
// audit.Verdict.
func Write(ctx context.Context, dir string, r *pipeline.Run, cleared *disclose.Cleared, o Options) (*audit.Verdict, error) {
	folder, err := Create(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Discard()
	start := time.Now()
	if err := writeData(ctx, folder, r, cleared); err != nil {
		return nil, err
	}
	written, err := report.Build(r.Study, cleared, o.Lang)
	if err != nil {
		return nil, err
	}
	if err := written.Write(folder.Path()); err != nil {
		return nil, err
	}
	m := newManifest(r, o)
	m.Steps = append(m.Steps, pipeline.Step{Name: "report", Seconds: time.Since(start).Seconds()})
	m.Settings.Threshold, m.Settings.Dominance = cleared.Rules().Threshold, cleared.Rules().Dominance
	m.Settings.Suppressed, m.Settings.Secondary = cleared.Primary+cleared.Secondary, cleared.Secondary
	if m.Settings.Base = cleared.Rules().Base; m.Settings.Base > 0 {
		m.Settings.Rounding = &cleared.Rounding
	}
	if m.Files, err = folder.list(); err != nil {
		return nil, err
	}
	m.tables(written.Tables)
	if err := folder.audit(&m); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return m.Audit, folder.Commit()
}

// audit attacks the folder and writes the manifest with the verdict.
func (f *Folder) audit(m *Manifest) error {
	start := time.Now()
	if err := writeJSON(f.Path(manifestName), m); err != nil {
		return err
	}
	verdict, err := audit.Folder(f.Path())
	if err != nil {
		return err
	}
	m.Audit = verdict
	m.Steps = append(m.Steps, pipeline.Step{Name: "audit", Seconds: time.Since(start).Seconds()})
	if verdict.Found > 0 {
		for i := range m.Files {
			m.Files[i].Publish = false
		}
	}
	return writeJSON(f.Path(manifestName), m)
}

func writeData(ctx context.Context, folder *Folder, r *pipeline.Run, cleared *disclose.Cleared) error {
	if err := writeJSON(folder.Path("results.json"), clearedResults(cleared)); err != nil {
		return err
	}
	if err := writeJSON(folder.Path("results_full.json"), fullResults(r.Results)); err != nil {
		return err
	}
	return r.WriteDataset(ctx, folder.Path("dataset.parquet"), folder.Path("dataset.duckdb"))
}
