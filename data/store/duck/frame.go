package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"bidrag/data/frame"

	"github.com/duckdb/duckdb-go/v2"
)

// Frame runs a query and returns its result as a frame, rows in the query's
// order. Integers, decimals and floating-point numbers become numbers (exact up to 2⁵³),
// BOOLEAN true/false, VARCHAR a factor with its levels in byte order, ENUM a
// factor with the type's levels in its order; NULL, NaN and an empty text are
// missing. A column of another type is an error that names it: cast it in the query.
func Frame(ctx context.Context, db *sql.DB, query string, args ...any) (*frame.Frame, error) {
	var named []driver.NamedValue
	for i, a := range args {
		named = append(named, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	var out *frame.Frame
	err := raw(ctx, db, func(conn *duckdb.Conn) error {
		prepared, err := conn.PrepareContext(ctx, query)
		if err != nil {
			return err
		}
		defer prepared.Close()
		statement := prepared.(*duckdb.Stmt)
		columns, err := columnsOf(statement)
		if err != nil {
			return err
		}
		rows, err := statement.QueryContext(ctx, named)
		if err != nil {
			return err
		}
		defer rows.Close()
		if err := fill(ctx, rows, columns); err != nil {
			return err
		}
		out, err = finish(columns)
		return err
	})
	return out, err
}

// A column gathers the values of one column of a result.
type column struct {
	name   string
	kind   frame.Kind
	enum   []string // the levels of an ENUM; nil for others
	number []float64
	code   []int32
	codes  map[string]int32 // of the texts seen, in the order of levels
	levels []string
}

func columnsOf(statement *duckdb.Stmt) ([]*column, error) {
	n, err := statement.ColumnCount()
	if err != nil {
		return nil, err
	}
	columns := make([]*column, n)
	for i := range columns {
		name, err := statement.ColumnName(i)
		if err != nil {
			return nil, err
		}
		info, err := statement.ColumnTypeInfo(i)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", name, err)
		}
		if columns[i], err = newColumn(name, info); err != nil {
			return nil, err
		}
	}
	return columns, nil
}

// Holds tells whether a frame can hold a column of a DuckDB type, by its name in SQL.
func Holds(kind string) bool {
	base, _, _ := strings.Cut(kind, "(")
	switch base {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
		"FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN", "VARCHAR", "ENUM":
		return !strings.HasSuffix(kind, "]")
	}
	return false
}

func newColumn(name string, info duckdb.TypeInfo) (*column, error) {
	switch t := info.InternalType(); t {
	case duckdb.TYPE_TINYINT, duckdb.TYPE_SMALLINT, duckdb.TYPE_INTEGER, duckdb.TYPE_BIGINT, duckdb.TYPE_HUGEINT,
		duckdb.TYPE_UTINYINT, duckdb.TYPE_USMALLINT, duckdb.TYPE_UINTEGER, duckdb.TYPE_UBIGINT, duckdb.TYPE_UHUGEINT,
		duckdb.TYPE_FLOAT, duckdb.TYPE_DOUBLE, duckdb.TYPE_DECIMAL:
		return &column{name: name, kind: frame.Numeric}, nil
	case duckdb.TYPE_BOOLEAN:
		return &column{name: name, kind: frame.Logical}, nil
	case duckdb.TYPE_VARCHAR:
		return &column{name: name, kind: frame.Factor, codes: map[string]int32{}}, nil
	case duckdb.TYPE_ENUM:
		return &column{name: name, kind: frame.Factor, codes: map[string]int32{}, enum: info.Details().(*duckdb.EnumDetails).Values}, nil
	default:
		return nil, fmt.Errorf("column %q is neither number, text nor true/false (DuckDB type %d): cast it in the query", name, t)
	}
}

func fill(ctx context.Context, rows driver.Rows, columns []*column) error {
	values := make([]driver.Value, len(columns))
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := rows.Next(values); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for i, c := range columns {
			c.add(values[i])
		}
	}
}

func (c *column) add(value driver.Value) {
	if c.kind != frame.Factor {
		c.number = append(c.number, number(value))
		return
	}
	text, _ := value.(string)
	if text == "" {
		c.code = append(c.code, -1)
		return
	}
	code, seen := c.codes[text]
	if !seen {
		code = int32(len(c.levels))
		c.codes[text] = code
		c.levels = append(c.levels, text)
	}
	c.code = append(c.code, code)
}

// number is a value of one of the number types, or a boolean, as a float; NaN for NULL.
func number(value driver.Value) float64 {
	switch v := value.(type) {
	case float64:
		return v
	case float32:
		return float64(v)
	case int64:
		return float64(v)
	case int32:
		return float64(v)
	case int16:
		return float64(v)
	case int8:
		return float64(v)
	case uint64:
		return float64(v)
	case uint32:
		return float64(v)
	case uint16:
		return float64(v)
	case uint8:
		return float64(v)
	case bool:
		if v {
			return 1
		}
		return 0
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f
	case duckdb.Decimal:
		return decimal(v)
	}
	return math.NaN()
}

// decimal is the float nearest to d.
func decimal(d duckdb.Decimal) float64 {
	if d.Value.IsInt64() && d.Scale <= 22 {
		// Both are exact as floats, so that their quotient is rounded once.
		if v := d.Value.Int64(); v > -1<<53 && v < 1<<53 {
			return float64(v) / math.Pow10(int(d.Scale))
		}
	}
	f, err := strconv.ParseFloat(d.String(), 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

// finish makes the frame, levels in order.
func finish(columns []*column) (*frame.Frame, error) {
	out := make([]*frame.Column, len(columns))
	for i, c := range columns {
		switch {
		case c.kind == frame.Numeric:
			out[i] = frame.NewNumeric(c.name, c.number)
		case c.kind == frame.Logical:
			out[i] = frame.NewLogical(c.name, c.number)
		case c.enum != nil:
			out[i] = c.factor(c.enum)
		default:
			out[i] = c.factor(slices.Sorted(slices.Values(c.levels)))
		}
	}
	return frame.New(out...)
}

// factor returns the column with its levels in the given order.
func (c *column) factor(levels []string) *frame.Column {
	to := make([]int32, len(c.levels))
	for i, level := range levels {
		if code, seen := c.codes[level]; seen {
			to[code] = int32(i)
		}
	}
	for row, code := range c.code {
		if code >= 0 {
			c.code[row] = to[code]
		}
	}
	return frame.NewFactor(c.name, levels, c.code)
}
