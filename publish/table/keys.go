package table

// Beside begins the key of a field that is no cell of its own: the end of an
// interval, or the name of a group of rows.
const Beside = "~"

// Keys returns for every field of the rows that CSV writes the id of the number
// that stands in it, "" for texts, with Beside before it where the field is no cell
// of its own: what an audit must know to read the file. The header is no row.
func (t Table) Keys() [][]string {
	intervals, grouped := t.intervals(), t.grouped()
	out := make([][]string, len(t.Rows))
	for r, row := range t.Rows {
		if grouped {
			out[r] = append(out[r], Beside)
		}
		for i, c := range row.Cells {
			id := ""
			if !c.isText {
				id = c.number.Key().ID()
			}
			out[r] = append(out[r], id)
			if i < len(intervals) && intervals[i] {
				out[r] = append(out[r], Beside+id, Beside+id)
			}
		}
	}
	return out
}
