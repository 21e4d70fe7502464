// Package duck opens DuckDB the way this program uses it, and turns the result
// of a query into a frame. It stands below packages source (which reads Parquet files
// with it) and store (the database of a run).
package duck

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/duckdb/duckdb-go/v2"
)

// settings hold for every database: rows keep their order, nothing is fetched from
// anywhere, nothing is written beside the files that are asked for (an in-memory
// database would otherwise spill personal data to a folder where the program runs).
var settings = []string{
	"SET preserve_insertion_order = true",
	"SET autoinstall_known_extensions = false",
	"SET autoload_known_extensions = false",
	"SET allow_community_extensions = false",
	"SET temp_directory = ''",
	"SET TimeZone = 'UTC'",
	"SET enable_progress_bar = false",
	"SET lock_configuration = true",
}

// Open opens an empty database in memory that uses at most that many threads; 0
// leaves the number to DuckDB. All connections of the result see the same database.
func Open(ctx context.Context, threads int) (*sql.DB, error) {
	if threads < 0 {
		return nil, fmt.Errorf("%d threads: there must be at least one", threads)
	}
	dsn := ""
	if threads > 0 {
		dsn = "?threads=" + strconv.Itoa(threads)
	}
	connector, err := duckdb.NewConnector(dsn, nil)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	db := sql.OpenDB(connector)
	for _, statement := range settings {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			db.Close()
			return nil, fmt.Errorf("opening the database: %s: %w", statement, err)
		}
	}
	return db, nil
}

// raw runs f with a connection of the driver itself: its rows cost less than
// those of database/sql, and it knows the types of a result.
func raw(ctx context.Context, db *sql.DB, f func(*duckdb.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error { return f(c.(*duckdb.Conn)) })
}
