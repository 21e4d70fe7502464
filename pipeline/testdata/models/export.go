//go:build ignore

// Export writes the data set of a run as CSV, for models.R to read:
//
//	go run export.go OUT/dataset.parquet dataset.csv
package main

import (
	"database/sql"
	"log"
	"os"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go run export.go OUT/dataset.parquet dataset.csv")
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		log.Fatal(err)
	}
	quote := func(path string) string { return "'" + strings.ReplaceAll(path, "'", "''") + "'" }
	if _, err := db.Exec("COPY (SELECT * FROM " + quote(os.Args[1]) + ") TO " + quote(os.Args[2]) + " (HEADER)"); err != nil {
		log.Fatal(err)
	}
}
