package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"bidrag/data/source"
	"bidrag/data/sqltext"

	"github.com/duckdb/duckdb-go/v2"
)

// RowColumn is the column that Load adds: the index from 0 of the row in the
// source.Table, which knows the place in the file.
const RowColumn = "_row"

// Load makes a table of the given name from t: its columns as VARCHAR, BIGINT, DOUBLE, DATE,
// and UUID for identifiers (their keyed hash), NULL where missing; and _row BIGINT, the
// index of the row in t. A table of that name is replaced.
func (db *DB) Load(ctx context.Context, t *source.Table, name string) error {
	if t.Column(RowColumn) != nil {
		return fmt.Errorf("%s has a column %q, which this program adds itself: rename it", t.Name, RowColumn)
	}
	return db.load(ctx, &loading{columns: t.Columns, rows: t.Rows, numbered: true}, name)
}

// LoadRows makes a table of the given name from rows of values in the order of the columns, replacing
// one of that name. A value is a string, an int or int64, a float64 or a time.Time (its
// day), as its column's type asks for; nil and NaN are NULL. It is meant for small tables.
func (db *DB) LoadRows(ctx context.Context, name string, columns []source.Column, rows [][]any) error {
	l := &loading{rows: len(rows)}
	for k, c := range columns {
		v, err := source.NewVector(c, len(rows), func(row int) any {
			if len(rows[row]) != len(columns) {
				return fmt.Errorf("%d values for %d columns", len(rows[row]), len(columns))
			}
			return rows[row][k]
		})
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		l.columns = append(l.columns, v)
	}
	return db.load(ctx, l, name)
}

// pending are the tables being loaded, by the number that the SQL function
// loader is called with.
type pending struct {
	sync.Mutex
	next   int64
	tables map[int64]*loading
}

const loader = "bidrag_load"

// registerLoader defines the SQL function through which DuckDB takes rows from Go
// memory, a chunk at a time: several times as fast as appending them one by one.
func (db *DB) registerLoader(ctx context.Context) error {
	number, err := duckdb.NewTypeInfo(duckdb.TYPE_BIGINT)
	if err != nil {
		return err
	}
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return duckdb.RegisterTableUDF(conn, loader, duckdb.ChunkTableFunction{
		Config: duckdb.TableFunctionConfig{Arguments: []duckdb.TypeInfo{number}},
		BindArguments: func(_ map[string]any, args ...any) (duckdb.ChunkTableSource, error) {
			id, ok := args[0].(int64)
			l := db.pending.get(id)
			if !ok || l == nil {
				return nil, errors.New("no table of that number is being loaded")
			}
			return &reading{loading: l}, nil
		},
	})
}

func (p *pending) get(id int64) *loading {
	p.Lock()
	defer p.Unlock()
	return p.tables[id]
}

func (p *pending) put(l *loading) (id int64) {
	p.Lock()
	defer p.Unlock()
	if p.tables == nil {
		p.tables = map[int64]*loading{}
	}
	p.next++
	p.tables[p.next] = l
	return p.next
}

func (p *pending) drop(id int64) {
	p.Lock()
	defer p.Unlock()
	delete(p.tables, id)
}

func (db *DB) load(ctx context.Context, l *loading, name string) error {
	if err := l.describe(); err != nil {
		return fmt.Errorf("table %s: %w", name, err)
	}
	id := db.pending.put(l)
	defer db.pending.drop(id)
	return db.Exec(ctx, "CREATE OR REPLACE TABLE "+sqltext.Name(name)+" AS FROM "+loader+"("+strconv.FormatInt(id, 10)+")")
}

// A loading is the vectors of a table on their way into the database.
type loading struct {
	columns  []*source.Vector
	rows     int
	numbered bool // add RowColumn as the last
	infos    []duckdb.ColumnInfo
}

var sqlTypes = map[source.Type]duckdb.Type{
	source.Text: duckdb.TYPE_VARCHAR, source.Integer: duckdb.TYPE_BIGINT, source.Number: duckdb.TYPE_DOUBLE,
	source.Date: duckdb.TYPE_DATE, source.Identifier: duckdb.TYPE_UUID,
}

// describe fills in infos. DuckDB takes names that differ in case only for the same.
func (l *loading) describe() error {
	seen := map[string]string{}
	add := func(name string, t duckdb.Type) error {
		lower := strings.ToLower(name)
		if other, twice := seen[lower]; twice {
			return fmt.Errorf("columns %q and %q differ at most in case: rename one", other, name)
		}
		seen[lower] = name
		info, err := duckdb.NewTypeInfo(t)
		l.infos = append(l.infos, duckdb.ColumnInfo{Name: name, T: info})
		return err
	}
	for _, v := range l.columns {
		if err := add(v.Name, sqlTypes[v.Type]); err != nil {
			return err
		}
	}
	if l.numbered {
		return add(RowColumn, duckdb.TYPE_BIGINT)
	}
	return nil
}

// A reading hands out the rows of a loading from the first on.
type reading struct {
	*loading
	next int
}

// ColumnInfos implements [duckdb.ChunkTableSource].
func (r *reading) ColumnInfos() []duckdb.ColumnInfo { return r.infos }

// Cardinality implements [duckdb.ChunkTableSource].
func (r *reading) Cardinality() *duckdb.CardinalityInfo {
	return &duckdb.CardinalityInfo{Cardinality: uint(r.rows), Exact: true}
}

// Init implements [duckdb.ChunkTableSource].
func (r *reading) Init() { r.next = 0 }

// FillChunk implements [duckdb.ChunkTableSource].
func (r *reading) FillChunk(chunk duckdb.DataChunk) error {
	n := min(duckdb.GetDataChunkCapacity(), r.rows-r.next)
	for k, v := range r.columns {
		if err := fillVector(chunk, k, v, r.next, n); err != nil {
			return fmt.Errorf("column %q: %w", v.Name, err)
		}
	}
	for i := range n {
		if !r.numbered {
			break
		}
		if err := duckdb.SetChunkValue(chunk, len(r.columns), i, int64(r.next+i)); err != nil {
			return err
		}
	}
	r.next += n
	return chunk.SetSize(n)
}

// fillVector copies n values of v from row first on into column k of the chunk.
func fillVector(chunk duckdb.DataChunk, k int, v *source.Vector, first, n int) error {
	switch v.Type {
	case source.Text:
		return copyValues(chunk, k, v, first, n, func(row int) string { return v.Texts[v.Code[row]] })
	case source.Integer:
		return copyValues(chunk, k, v, first, n, func(row int) int64 { return v.Int[row] })
	case source.Number:
		return copyValues(chunk, k, v, first, n, func(row int) float64 { return v.Float[row] })
	case source.Date:
		return copyValues(chunk, k, v, first, n, func(row int) time.Time { return time.Unix(int64(v.Date[row])*24*60*60, 0).UTC() })
	default:
		return copyValues(chunk, k, v, first, n, func(row int) duckdb.UUID { return duckdb.UUID(v.ID[row]) })
	}
}

func copyValues[T any](chunk duckdb.DataChunk, k int, v *source.Vector, first, n int, value func(row int) T) error {
	for i := range n {
		row := first + i
		var err error
		if v.Valid[row] {
			err = duckdb.SetChunkValue(chunk, k, i, value(row))
		} else {
			err = duckdb.SetChunkValue[any](chunk, k, i, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
