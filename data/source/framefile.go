package source

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"strings"

	"bidrag/data/frame"
	"bidrag/data/sqltext"
	"bidrag/data/store/duck"
)

// frameOfCSV goes through the file twice: to see what its columns are, and to
// read them as that, so that no text of a number is kept.
func frameOfCSV(ctx context.Context, path string, found *findings) ([]*frame.Column, error) {
	var columns []*guess
	rows := 0
	header := func(names []string, places *csv.Reader) bool {
		columns = guesses(names, found, func(i int) (int, int) { return fieldPlace(places, names, i) })
		return !found.any()
	}
	delimiter, err := scanFrame(ctx, path, found, header, func(record []string, _ *csv.Reader) {
		for k, cell := range record {
			columns[k].see(cell)
		}
		rows++
	})
	if err != nil {
		return nil, err
	}
	table := &Table{}
	var cells []*cellReader
	for _, g := range columns {
		cells = append(cells, g.reader(delimiter == ';'))
		table.Columns = append(table.Columns, cells[len(cells)-1].Vector)
	}
	table.reserve(rows)
	_, err = scanFrame(ctx, path, found, func([]string, *csv.Reader) bool { return true }, func(record []string, _ *csv.Reader) {
		table.makeRoom()
		for k, cell := range record {
			cells[k].appendCell(cell)
		}
		table.line = append(table.line, 0)
		table.Rows++
	})
	if err != nil {
		return nil, err
	}
	return frameColumns(columns, cells), nil
}

func frameColumns(columns []*guess, cells []*cellReader) []*frame.Column {
	out := make([]*frame.Column, len(columns))
	for k, g := range columns {
		out[k] = g.frameColumn(cells[k].Vector)
	}
	return out
}

// scanFrame opens a csv file, decides on its delimiter and goes through its records.
func scanFrame(ctx context.Context, path string, found *findings, header func([]string, *csv.Reader) bool, row func([]string, *csv.Reader)) (delimiter rune, err error) {
	in, err := openText(osFiles{}, path, UTF8, found)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	buffered := bufio.NewReaderSize(in.Reader, 1<<16)
	in.Reader = buffered
	start, _ := buffered.Peek(1 << 16)
	if bytes.ContainsRune(start, '\r') && !bytes.ContainsRune(start, '\n') && found.err() == nil {
		found.whole(0, "its lines end with a carriage return alone, as on old Macintosh computers: save it with the line ends of Windows or Unix")
		return 0, found.err()
	}
	delimiter = delimiterOf(string(start))
	return delimiter, scan(ctx, in, delimiter, found, header, row)
}

// delimiterOf returns what separates the fields of a header, the first line that
// is not empty: the semicolon or the comma, whichever it has more of outside quotes.
func delimiterOf(text string) rune {
	commas, semicolons, inside := 0, 0, false
	text = strings.TrimLeft(text, "\r\n")
	for _, r := range text {
		switch {
		case r == '"':
			inside = !inside
		case inside:
		case r == ',':
			commas++
		case r == ';':
			semicolons++
		}
		if r == '\n' && !inside {
			break
		}
	}
	if semicolons > commas {
		return ';'
	}
	return ','
}

// frameOfParquet lets DuckDB read the file.
func frameOfParquet(ctx context.Context, path string, found *findings) (*frame.Frame, error) {
	f, err := readParquet(ctx, path)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		message, _, _ := strings.Cut(err.Error(), "\n")
		found.whole(0, "cannot be read as Parquet: %s", message)
	case f.NumRows() == 0:
		found.whole(0, "has no rows: fetch the file again")
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// literalPath keeps characters of a path from being read as a pattern of many files.
var literalPath = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

func readParquet(ctx context.Context, path string) (*frame.Frame, error) {
	db, err := duck.Open(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	from := " FROM read_parquet(" + sqltext.Literal(literalPath.Replace(path)) + ")"
	rows, err := db.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE"+from+")")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var terms []string
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, err
		}
		term := sqltext.Name(name)
		if !duck.Holds(kind) {
			term = "CAST(" + term + " AS VARCHAR) AS " + term
		}
		terms = append(terms, term)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return duck.Frame(ctx, db, "SELECT "+strings.Join(terms, ", ")+from)
}
