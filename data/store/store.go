// Package store is the database of a run: the tables read from the extracts,
// and what SQL makes of them on the way to the analysis set. It is DuckDB in
// memory; what shall be kept is written as Parquet or as a DuckDB file.
//
// Rows keep their order. SQL gives no order to what it does not order, though,
// and DuckDB adds floating-point numbers in the order in which threads deliver them: a
// query whose result is kept says ORDER BY, and sums of measured numbers that
// are kept are taken over integers or decimals, or in Go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"

	"bidrag/data/frame"
	"bidrag/data/sqltext"
	"bidrag/data/store/duck"
)

// A DB is an open database. It may be used concurrently.
type DB struct {
	sql     *sql.DB
	pending pending
}

// Open opens an empty database in memory that uses at most that many threads; 0
// leaves the number to DuckDB. It loads no extensions and opens no connection
// to anywhere. Close it after use.
func Open(ctx context.Context, threads int) (*DB, error) {
	inner, err := duck.Open(ctx, threads)
	if err != nil {
		return nil, err
	}
	db := &DB{sql: inner}
	if err := db.registerLoader(ctx); err != nil {
		inner.Close()
		return nil, err
	}
	return db, nil
}

// Close closes the database; its tables are gone.
func (db *DB) Close() error { return db.sql.Close() }

// Exec runs statements that return nothing.
func (db *DB) Exec(ctx context.Context, statement string, args ...any) error {
	if _, err := db.sql.ExecContext(ctx, statement, args...); err != nil {
		return explain(statement, err)
	}
	return nil
}

// Query runs a query; close the rows.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := db.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(query, err)
	}
	return rows, nil
}

// QueryInt returns the single whole number that a query gives.
func (db *DB) QueryInt(ctx context.Context, query string, args ...any) (int64, error) {
	var v int64
	if err := db.sql.QueryRowContext(ctx, query, args...).Scan(&v); err != nil {
		return 0, explain(query, err)
	}
	return v, nil
}

// QueryStrings returns the texts of a query's only column; none may be NULL.
func (db *DB) QueryStrings(ctx context.Context, query string, args ...any) (values []string, err error) {
	rows, err := db.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, explain(query, err)
		}
		values = append(values, v)
	}
	return values, rows.Err()
}

// Frame runs a query and returns its result as a frame: numbers (integers are
// exact up to 2⁵³), true/false, texts as factors with levels in byte order, ENUMs as
// factors with the type's levels in its order; NULL is missing. Other types are an error: cast them in the query.
func (db *DB) Frame(ctx context.Context, query string, args ...any) (*frame.Frame, error) {
	f, err := duck.Frame(ctx, db.sql, query, args...)
	if err != nil {
		return nil, explain(query, err)
	}
	return f, nil
}

// explain adds the statement to an error: its author wrote rules, not SQL.
func explain(statement string, err error) error {
	if r := []rune(statement); len(r) > 500 {
		statement = string(r[:500]) + "…"
	}
	return fmt.Errorf("%w\nin %s", err, statement)
}

// rowGroup is the number of rows of a Parquet row group, stated so that the
// bytes do not depend on a default.
const rowGroup = 122880

// WriteParquet writes a query's result to a Parquet file at path, replacing one
// that is there. The same rows in the same order give the same bytes.
func (db *DB) WriteParquet(ctx context.Context, query, path string) error {
	return db.Exec(ctx, "COPY ("+query+") TO "+sqltext.Literal(path)+" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE "+strconv.Itoa(rowGroup)+")")
}

// WriteDatabase writes a query's result to a DuckDB file at path as its only
// table, with that name, replacing a file that is there.
func (db *DB) WriteDatabase(ctx context.Context, query, table, path string) (err error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	const file = "written_file"
	if err := db.Exec(ctx, "ATTACH "+sqltext.Literal(path)+" AS "+file); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Exec(context.WithoutCancel(ctx), "DETACH "+file)) }()
	return db.Exec(ctx, "CREATE TABLE "+file+"."+sqltext.Name(table)+" AS "+query)
}
