// Package bidrag is the house of the program. It has no code of its own; its
// tests hold the rules of the house.
//
// The floors, from the top. A package imports from its own floor and from
// those below, never from above:
//
//	cmd/bidrag/   commands; thin
//	publish/      what leaves the building: report, tables, figures, files, and the gate they pass
//	pipeline/     runs a study: the only place that knows the order of the steps
//	evaluate/     the questions a study asks
//	model/        the statistical engine, usable as a library without a study
//	data/         from files to one analysis set
//	study/        what a study is: the YAML its author writes
//
// Beside them stands studies/, the studies that are shipped with the program,
// and on top docs/, where a page may have a program beside it.
package bidrag
