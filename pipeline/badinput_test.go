package pipeline

import (
	"errors"
	"os"
	"strings"
	"testing"

	"bidrag/study/problem"
)

// TestBadInput changes one thing in a good study and looks for the one line
// that tells of it: file:line:column, what is wrong, and what to do about it.
func TestBadInput(t *testing.T) {
	cases := []struct {
		name   string
		change func(mini)
		want   []string // lines, or beginnings of lines
	}{
		{"missing file", func(m mini) { m.check(os.Remove(m.path("extracts/measures.csv"))) },
			[]string{"mini/study.yaml:25:11: the file measures.csv of extract \"measures\" is not in mini/extracts"}},
		{"missing column", func(m mini) { m.replace("extracts/register.csv.gz", "Kjønn", "Kjonn") },
			[]string{`mini/extracts/register.csv.gz:1:1: no column "Kjønn"; did you mean "Kjonn"?`}},
		{"unknown code with its count", func(m mini) {
			m.write("extracts/pilot_2019.csv", strings.ReplaceAll(pilotText(2019), ";N;", ";Nei;"))
		}, []string{`mini/extracts/pilot_2019.csv:3:24: no rule knows the code "Nei" of result (8 rows, this is the first); name it at mini/codebook.yaml:14`}},
		{"unknown code of a measure", func(m mini) { m.replace("extracts/measures.csv", "100;Skole;Kurs", "100;Skole;Krus") },
			[]string{`mini/extracts/measures.csv:2:11: no rule knows the code "Skole: Krus" of Tiltak (1 row); name it at mini/codebook.yaml:`}},
		{"a region that is none of the columns' codes", func(m mini) { m.replace("extracts/pilot_2019.csv", ";J;1;0;", ";J;2;0;") },
			[]string{`mini/extracts/pilot_2019.csv:2:24: no rule knows the code "2" of north (1 row)`}},
		{"two regions at once", func(m mini) { m.replace("extracts/pilot_2019.csv", ";J;1;0;", ";J;1;1;") },
			[]string{`mini/extracts/pilot_2019.csv:2:24: several of the columns north, south are 1; exactly one may be (1 row)`}},
		{"text where a number belongs", func(m mini) { m.replace("extracts/register.csv.gz", ";0,5\r\n", ";mange\r\n") },
			[]string{`mini/extracts/register.csv.gz:2:69: column "Timer": "mange" is no number with decimal ","`}},
		{"a decimal point where a comma belongs", func(m mini) { m.replace("extracts/register.csv.gz", ";0,5\r\n", ";0.5\r\n") },
			[]string{`mini/extracts/register.csv.gz:2:69: column "Timer": "0.5" is no number with decimal ","`}},
		{"a date that is none", func(m mini) { m.replace("extracts/register.csv.gz", "14.06.2019", "31.06.2019") },
			[]string{`mini/extracts/register.csv.gz:2:46: column "Slutt": "31.06.2019" is no date written as dd.mm.yyyy`}},
		{"a date before birth", func(m mini) { m.replace("extracts/register.csv.gz", "14.06.2019", "14.06.1919") },
			[]string{`mini/extracts/register.csv.gz:2:46: the end lies before birth; correct it`,
				`mini/extracts/register.csv.gz:2:46: participation ends before it starts; correct it`}},
		{"an end before the start", func(m mini) { m.replace("extracts/register.csv.gz", "15.02.2018;14.06.2019", "15.07.2019;14.06.2019") },
			[]string{`mini/extracts/register.csv.gz:2:46: participation ends before it starts; correct it, or take the row out`}},
		{"a person twice", func(m mini) { m.replace("extracts/register.csv.gz", "10000000007;107;", "10000000003;107;") },
			[]string{`mini/extracts/register.csv.gz:9:1: the person of this row (Fødselsnr) is also on line 5 of register.csv.gz; there are 1 such rows. Keep one row of each person`}},
		{"a case number twice", func(m mini) { m.replace("extracts/register.csv.gz", ";107;", ";103;") },
			[]string{`mini/extracts/register.csv.gz:9:13: the person of this row (Løpenr) is also on line 5`}},
		{"a municipality that is none", func(m mini) { m.replace("extracts/register.csv.gz", ";0301;", ";0310;") },
			[]string{`mini/extracts/register.csv.gz:2:64: municipality "0310" is used in 2019 (1 row): there is no such code. Write the code in force that year; did you mean "0301"?`}},
		{"a municipality of another year", func(m mini) { m.replace("extracts/register.csv.gz", ";1102;", ";1101;") },
			[]string{`mini/extracts/register.csv.gz:53:65: municipality "1101" is used in 2020 (1 row): it was in force until 2020-01-01; it became 1102. Write the code in force that year`}},
		{"a municipality too early", func(m mini) { m.replace("extracts/register.csv.gz", ";1101;", ";1102;") },
			[]string{`mini/extracts/register.csv.gz:3:64: municipality "1102" is used in 2019 (1 row): it is in force from 2020-01-01 only; before, it was 1101. Write the code in force that year`}},
		{"a district of a municipality without districts", func(m mini) { m.replace("extracts/pilot_2019.csv", "030102", "110102") },
			[]string{`mini/extracts/pilot_2019.csv:3:8: municipality "110102" is used in 2019 (1 row): there is no such code`}},
		{"counts for a municipality that is none", func(m mini) { m.replace("extracts/counts.csv", ";1103;", ";9999;") },
			[]string{`mini/extracts/counts.csv:4:8: municipality "9999" is used in 2019 (1 row): there is no such code. Write`}},
		{"a table of another period", func(m mini) { m.replace("extracts/table.json", `["2019","2020"]`, `["2009","2010"]`) },
			[]string{`mini/extracts/table.json:1:1: the table has 0 of the 3 municipalities in force in 2019: its regions or years belong to another period.`,
				`mini/extracts/table.json:1:1: the table has 0 of the 3 municipalities in force in 2020`}},
		{"a table with a region of another year", func(m mini) {
			m.replace("extracts/table.json", `"9":510`, `"8":505,"9":510`)
			m.replace("extracts/table.json", `"8":".",`, ``)
		}, []string{`mini/extracts/table.json:3:59: the table has a number for region "1102" in 2019: it is in force from 2020-01-01 only; before, it was 1101. The table belongs to another period`}},
		{"a half-written gzip", func(m mini) {
			content, err := os.ReadFile(m.path("extracts/register.csv.gz"))
			m.check(err)
			m.check(os.WriteFile(m.path("extracts/register.csv.gz"), content[:len(content)/2], 0o644))
		}, []string{`mini/extracts/register.csv.gz:25:1: the compressed data end too early`}},
		{"an empty extract", func(m mini) { m.write("extracts/counts.csv", "") }, []string{`mini/extracts/counts.csv:1:1: is empty: fetch the file again`}},
		{"an extract with a header only", func(m mini) { m.write("extracts/counts.csv", "Ordning;Kommunenummer;År;Antall\r\n") },
			[]string{`mini/extracts/counts.csv:1:1: has a header but no rows`}},
		{"a table that is no JSON", func(m mini) { m.write("extracts/table.json", "{") }, []string{`mini/extracts/table.json:1:2: the JSON ends too early`}},
		{"a workbook that is none", func(m mini) { m.write("extracts/accounts.xlsx", "x") }, []string{`mini/extracts/accounts.xlsx:1:1: is no Excel workbook (.xlsx)`}},
		{"a YAML typo", func(m mini) { m.replace("study.yaml", "delimiter", "delimeter") },
			[]string{`mini/study.yaml:14:5: unknown name "delimeter"; did you mean "delimiter"?`}},
		{"a duplicate key", func(m mini) { m.replace("codebook.yaml", "  age:", "  male:") },
			[]string{`mini/codebook.yaml:23:3: the key "male" stands twice; it is first on line 16. Remove one`}},
		{"YAML that is none", func(m mini) { m.replace("study.yaml", "schemes:", "schemes: [") }, []string{`mini/study.yaml:8:1: not valid YAML: `}},
		{"an unknown variable in a formula", func(m mini) { m.replace("study.yaml", "scheme + male", "scheme + mael") },
			[]string{`mini/study.yaml:69:52: the formula of model "main" names "mael", which is no variable of the codebook; did you mean "male"?`}},
		{"a formula that is none", func(m mini) { m.replace("study.yaml", "scheme + male", "scheme + + * male") },
			[]string{`mini/study.yaml:69:52: the formula of model "main": column `}},
		{"SQL that is none", func(m mini) { m.replace("codebook.yaml", "year(Slutt)", "yaer(Slutt)") },
			[]string{`mini/codebook.yaml:5:50: the SQL is not understood: `}},
		{"SQL of a sample that is none", func(m mini) { m.replace("study.yaml", "complete = 1 AND", "complet = 1 AND") },
			[]string{`mini/study.yaml:67:35:`}},
		{"a condition on who counts that is none", func(m mini) { m.replace("study.yaml", "Slutt IS NOT NULL", "Slut IS NOT NULL") },
			[]string{`mini/study.yaml:60:5: a condition on who counts in regular is not understood: `}},
		{"a category that the table does not have", func(m mini) { m.replace("codebook.yaml", "Contents: Folk", "Contents: Flok") },
			[]string{`mini/codebook.yaml:51:63: the dimension Contents of table.json has no category "Flok"; did you mean "Folk"?`}},
		{"a person's number in the wrong column", func(m mini) { m.replace("extracts/register.csv.gz", ";K;", ";01019012345;") },
			[]string{`mini/extracts/register.csv.gz:2:28: no rule knows the code (a text of 11 characters with a long number, not shown) of Kjønn (1 row)`}},
		{"a person's number as a municipality", func(m mini) { m.replace("extracts/register.csv.gz", ";0301;", ";01019012345;") },
			[]string{`mini/extracts/register.csv.gz:2:64: municipality (a text of 11 characters with a long number, not shown) is used in 2019`}},
		{"a person without a number", func(m mini) { m.replace("extracts/register.csv.gz", "10000000007;107;", ";107;") },
			[]string{`mini/extracts/register.csv.gz:9:1: Fødselsnr is empty (1 row), so that nobody can tell whether the person is here twice`}},
		{"a number for a place twice", func(m mini) { m.replace("extracts/counts.csv", "Forsøk;1103;2019;10", "Forsøk;0301;2019;10") },
			[]string{`mini/extracts/counts.csv:4:8: the same municipality and year as on line 2; keep one row, or set sum: true`}},
		{"a code of a lookup that is not there", func(m mini) { m.replace("codebook.yaml", "where: {Ordning: Forsøk}", "where: {Ordning: Forsøg}") },
			[]string{`mini/codebook.yaml:61:110: no row of counts has "Forsøg" in Ordning; did you mean "Forsøk"?`}},
		{"a random term of an unknown grouping", func(m mini) {
			m.replace("study.yaml", "scheme + male", "scheme + (1 | municipalty) + male")
		},
			[]string{`mini/study.yaml:69:52: the formula of model "main" names "municipalty", which is no variable of the codebook; did you mean "municipality"?`}},
		{"SQL that fails on a row", func(m mini) {
			m.replace("codebook.yaml", `regular: {sql: year(Slutt)}`, `regular: {sql: "coalesce(year(Slutt), CAST(Kjønn AS INTEGER))"}`)
		},
			[]string{`mini/codebook.yaml:5:50: the SQL fails on a row, or gives no year: Conversion Error: Could not convert string '…'`}},
		{"a dropped variable that is not in the model", func(m mini) { m.replace("study.yaml", "drop: [scheme]", "drop: [months]") },
			[]string{`mini/study.yaml:82:35: the variant "without_scheme" of model "main": no term of the formula holds months; take it out of drop`}},
		{"a link that the family does not have", func(m mini) {
			m.replace("study.yaml", "models:\n", "models:\n  counts: {label: Antall, family: poisson, link: probit, sample: complete, formula: outcome ~ age}\n")
		},
			[]string{`mini/study.yaml:69:50: model "counts": the family poisson has no link "probit"; choose one of log`}},
		{"quadrature of nothing", func(m mini) {
			m.replace("study.yaml", "main: {label: Modell, ", "main: {label: Modell, quadrature: 5, ")
		},
			[]string{`mini/study.yaml:69:37: the formula of model "main" has no random term, so there is nothing to integrate; leave quadrature out`}},
		{"nobody left", func(m mini) { m.replace("study.yaml", "keep: Slutt IS NOT NULL", "keep: Slutt IS NULL") },
			[]string{`mini/study.yaml:57:3: nobody of the scheme regular counts: `}},
		{"a row of no scheme", func(m mini) {
			m.replace("study.yaml", "extract: register\n", "extract: register\n    select: Kjønn = 'K'\n")
		},
			[]string{`mini/extracts/register.csv.gz:3:1: the row belongs to 0 of the schemes regular (30 rows, this is the first); each must belong to one: see select in study.yaml:59`}},
		{"a dimension left open", func(m mini) { m.replace("codebook.yaml", ", where: {Contents: Folk}", "") },
			[]string{`mini/codebook.yaml:51:20: the table table.json has 2 categories of Contents; say which under where`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := newMini(t)
			c.change(m)
			r, err := m.checked()
			if err == nil {
				r.Close()
				t.Fatal("nothing is said")
			}
			var list problem.List
			if !errors.As(err, &list) {
				var one problem.Problem
				if !errors.As(err, &one) {
					t.Fatalf("an error without a place: %v", err)
				}
				list = problem.List{one}
			}
			lines := strings.Split(list.Error(), "\n")
			if len(lines) != len(c.want) {
				t.Errorf("%d lines, want %d:\n%s", len(lines), len(c.want), list.Error())
			}
			for i, want := range c.want {
				if i < len(lines) && !strings.HasPrefix(lines[i], want) {
					t.Errorf("line %d is\n%s\nwant\n%s", i, lines[i], want)
				}
			}
			if strings.Contains(list.Error(), "100000000") {
				t.Errorf("the text tells who it is:\n%s", list.Error())
			}
		})
	}
}
