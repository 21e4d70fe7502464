package output

import (
	"context"
	"time"

	"bidrag/pipeline"
	"bidrag/publish/disclose"
	"bidrag/publish/report"
)

// Clear sends a run's results through the gate with the study's settings.
func Clear(r *pipeline.Run) *disclose.Cleared {
	return disclose.Clear(r.Results, disclose.Rules{Threshold: r.Study.Disclosure.Threshold})
}

// Write writes a run to the folder dir: results.json, results_full.json,
// dataset.parquet, dataset.duckdb, tables, figures, report.html and
// manifest.json. Nothing is at dir unless everything could be written.
func Write(ctx context.Context, dir string, r *pipeline.Run, cleared *disclose.Cleared, o Options) (err error) {
	folder, err := Create(dir)
	if err != nil {
		return err
	}
	defer folder.Discard()
	start := time.Now()
	if err := writeData(ctx, folder, r, cleared); err != nil {
		return err
	}
	written, err := report.Build(r.Study, cleared, o.Lang)
	if err != nil {
		return err
	}
	if err := written.Write(folder.Path()); err != nil {
		return err
	}
	m := newManifest(r, o)
	m.Steps = append(m.Steps, pipeline.Step{Name: "report", Seconds: time.Since(start).Seconds()})
	m.Settings.Threshold = cleared.Rules().Threshold
	m.Settings.Suppressed, m.Settings.Secondary = cleared.Primary+cleared.Secondary, cleared.Secondary
	if m.Files, err = folder.list(); err != nil {
		return err
	}
	if err := writeJSON(folder.Path(manifestName), m); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return folder.Commit()
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
