// Package audit attacks an output folder as one would who wants to know of few
// persons what is not told of them: it takes the files that may be published, and
// looks for what can be read from them, or found by them, that may not be told.
//
// It trusts nothing of how the folder came to be. From results_full.json, which
// the attacker does not have, it learns what there is to find and how the counts are
// tied together; what is known it learns from the published files alone:
//
//  1. the folder: the manifest lists every file, with its hash, and marks none for
//     publication that has not passed the gate;
//  2. results.json, tables/*.csv and the tables of report.html: a number that is
//     suppressed is not shown, and one that is shown is that of the results;
//  3. figures/*.svg and those of report.html name no project or place all
//     numbers of which are suppressed;
//  4. no count that may not be told follows from what is shown, or can be bounded
//     to fewer persons than may be told (disclose.Attack);
//  5. no sum of amounts of money by which one who contributes to it could be found
//     is shown, follows, or can be bounded too closely (disclose.AmountAttack).
//  6. where small counts are rounded: rounded counts add up, and those of few persons,
//     and those that look so, are multiples of the base.
package audit

import (
	"fmt"
	"path"

	"bidrag/publish/disclose"
	"bidrag/publish/record"
	"bidrag/study/problem"
)

// A Verdict is how an attack went.
type Verdict struct {
	Files    int      `json:"files"`         // that were attacked
	Numbers  int      `json:"numbers"`       // that they show
	Known    int      `json:"known_counts"`  // that can be read from those
	Secrets  int      `json:"secret_counts"` // that may not be found
	Found    int      `json:"found"`         // what was found, or is wrong with the folder
	Findings []string `json:"findings,omitempty"`

	Problems problem.List `json:"-"` // the findings, in the order of the files
}

// String is the verdict as a line.
func (v *Verdict) String() string {
	found := "nothing found"
	if v.Found > 0 {
		found = fmt.Sprintf("%d found", v.Found)
	}
	return fmt.Sprintf("audit: %d files attacked; %d numbers, which tell of %d counts; %d counts that may not be told: %s", v.Files, v.Numbers, v.Known, v.Secrets, found)
}

// An auditor is an attack under way.
type auditor struct {
	dir      string
	manifest *manifest
	full     *fullResults
	ids      map[string]int          // of the full results
	shown    map[string]record.Value // of results.json, by id
	attack   *disclose.Attack
	amounts  *disclose.AmountAttack
	seen     map[string]bool // ids that were read, to count them
	unread   bool            // results.json is broken; nothing can be held against it
	names    map[string]bool // of projects and places that may not be named; nil until it is asked
	verdict  Verdict
}

// Folder attacks the output folder dir. It is an error when the folder cannot be
// attacked, for want of its manifest or full results.
func Folder(dir string) (*Verdict, error) {
	a := &auditor{dir: dir, ids: map[string]int{}, shown: map[string]record.Value{}, seen: map[string]bool{}}
	var err error
	if a.manifest, err = readManifest(dir); err != nil {
		return nil, err
	}
	if a.full, err = readFull(dir); err != nil {
		return nil, err
	}
	tellings := make([]disclose.Telling, len(a.full.Values))
	for i, v := range a.full.Values {
		a.ids[v.ID] = i
		tellings[i] = v.Telling()
	}
	a.attack = disclose.NewAttack(&a.full.Facts, tellings, disclose.Rules{Threshold: a.manifest.Settings.Threshold, Base: a.manifest.Settings.Base})
	if err := a.prepareAmounts(tellings); err != nil {
		return nil, err
	}
	a.inventory()
	for _, attack := range []func(name string, f file, text []byte){a.results, a.table, a.page, a.figure} {
		if a.unread {
			break
		}
		for _, f := range a.manifest.Files {
			if text, ok := a.open(f); ok {
				attack(f.File, f, text)
			}
		}
	}
	a.find()
	a.findAmounts()
	a.findRounded()
	v := &a.verdict
	v.Numbers, v.Known, v.Secrets = len(a.seen), a.attack.Known(), a.attack.Secrets()+a.amounts.Secrets()
	v.Found = len(v.Problems)
	for _, p := range v.Problems {
		v.Findings = append(v.Findings, p.Error())
	}
	return v, nil
}

func (a *auditor) found(file string, line int, format string, args ...any) {
	a.verdict.Problems.Add(file, line, 0, format, args...)
}

// see makes known what a shown number tells, if it is exact.
func (a *auditor) see(id string) (secret bool) {
	a.seen[id] = true
	i, ok := a.ids[id]
	if !ok {
		return false
	}
	ofAmounts := a.amounts.See(i)
	return a.attack.See(i) || ofAmounts
}

const mend = "this is a mistake of the gate or of a changed file: publish nothing of the folder, and run the study again; tell of it if it stays"

// find tells of what follows from all that was seen.
func (a *auditor) find() {
	for _, f := range a.attack.Find() {
		switch {
		case f.Beside != "":
			a.found("results.json", 0, "who is alone in one of them could find the number of persons in the other: (%s) and (%s), whose sum follows from what is shown; %s", f.Group, f.Beside, mend)
		case f.Rate:
			a.found("results.json", 0, "it follows from what is shown that all or none of a group are in (%s); %s", f.Group, mend)
		case f.Follows:
			a.found("results.json", 0, "the number of persons in (%s), fewer than %d, follows from what is shown; %s", f.Group, a.manifest.Settings.Threshold, mend)
		default:
			a.found("results.json", 0, "the number of persons in (%s) can be bounded to %d to %d, fewer than %d; %s", f.Group, f.Low, f.High, a.manifest.Settings.Threshold, mend)
		}
	}
}

// findRounded tells of what is wrong with the rounded counts taken together.
func (a *auditor) findRounded() {
	for _, wrong := range a.attack.FindRounded() {
		a.found("results.json", 0, "%s; %s", wrong, suppressAgain)
	}
}

// isTable tells whether a file is a table of the report.
func isTable(name string) bool { return path.Dir(name) == "tables" && path.Ext(name) == ".csv" }

// isFigure tells whether a file is a figure of the report.
func isFigure(name string) bool { return path.Dir(name) == "figures" && path.Ext(name) == ".svg" }
