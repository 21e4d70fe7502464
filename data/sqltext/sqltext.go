// Package sqltext writes names and texts so that SQL takes them for what they
// are, whatever letters they have.
package sqltext

import "strings"

// Name writes the name of a table or column.
func Name(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Literal writes a text.
func Literal(text string) string { return `'` + strings.ReplaceAll(text, `'`, `''`) + `'` }
