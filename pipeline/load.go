package pipeline

import (
	"context"
	"path"
	"slices"
	"strings"

	"bidrag/data/codebook"
	"bidrag/data/source"
	"bidrag/data/store"
	"bidrag/study"
	"bidrag/study/problem"
)

// load puts every extract into the database under its name.
func (r *Run) load(ctx context.Context, x *extracts) error {
	if err := r.checkCubes(x); err != nil {
		return err
	}
	for _, name := range r.Study.Extracts.Keys() {
		var err error
		switch {
		case x.tables[name] != nil:
			err = r.db.Load(ctx, x.tables[name], name)
		case x.cubes[name] != nil:
			var rows *cubeTable
			if rows, err = cubeRows(x.cubes[name]); err != nil {
				return problem.Problem{File: path.Join(x.base, x.cubes[name].File), Message: err.Error()}
			}
			err = r.db.Load(ctx, rows.table(x.cubes[name]), name)
		case x.centrality[name] != nil:
			err = r.loadCentrality(ctx, name, x.centrality[name])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// loadCentrality puts a list of centrality classes into the database.
func (r *Run) loadCentrality(ctx context.Context, name string, list []source.Centrality) error {
	columns := []source.Column{{Name: codebook.RegionColumn, Type: source.Text}, {Name: codebook.ValueColumn, Type: source.Number},
		{Name: store.RowColumn, Type: source.Integer}}
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{c.Code, float64(c.Class), i}
	}
	return r.db.LoadRows(ctx, name, columns, rows)
}

// checkCubes reports lookups that do not pick one number per region and year
// out of a statistics bank table.
func (r *Run) checkCubes(x *extracts) error {
	var problems problem.List
	for _, v := range r.Study.Codebook.Variables {
		for _, rule := range v.Value.From {
			at := []string{"variables", v.Key, "from", rule.Key}
			for l, at := rule.Value.Lookup, append(at, "lookup"); l != nil; l, at = l.Of, append(slices.Clone(at), "of") {
				if cube := x.cubes[l.Extract]; cube != nil {
					r.checkCubeLookup(cube, *l, at, &problems)
				}
			}
		}
	}
	return problems.Err()
}

func (r *Run) checkCubeLookup(cube *source.Cube, l study.Lookup, at []string, problems *problem.List) {
	for _, w := range l.Where {
		file, line, column := r.Study.CodebookPlace(append(slices.Clone(at), "where", w.Key)...)
		k := slices.Index(cube.IDs, w.Key)
		if k < 0 {
			problems.Add(file, line, column, "the table %s has no dimension %q%s; it has %s", cube.File, w.Key, problem.DidYouMean(w.Key, cube.IDs), strings.Join(cube.IDs, ", "))
			continue
		}
		for _, code := range w.Value {
			if !slices.Contains(cube.Categories[k], code) {
				problems.Add(file, line, column, "the dimension %s of %s has no category %q%s", w.Key, cube.File, code, problem.DidYouMean(code, cube.Categories[k]))
			}
		}
	}
	for k, id := range cube.IDs {
		if _, given := l.Where.Get(id); given || id == cube.Geo || id == cube.Time || cube.Size[k] == 1 {
			continue
		}
		file, line, column := r.Study.CodebookPlace(at...)
		problems.Add(file, line, column, "the table %s has %d categories of %s; say which under where", cube.File, cube.Size[k], id)
	}
}
