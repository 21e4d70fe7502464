// Package study is what a study is: the YAML that its author writes, read and
// checked with line and column.
//
// A study is a folder with two files:
//
//   - study.yaml: the schemes that are compared, the extracts, who counts as a
//     participant, how municipalities are linked, samples, models, what is
//     described and how contributions are computed;
//   - codebook.yaml: every variable of the analysis set, with labels, type and
//     unit, and for each scheme where it comes from and how it is recoded.
//
// Load reads both and reports every problem at once. Nothing here opens an
// extract. docs/study.md tells authors how a study is written.
package study

import "io/fs"

// A Study is one study as its author described it.
type Study struct {
	FS  fs.FS  // holds study.yaml, codebook.yaml and, unless told otherwise, the extracts
	Dir string // the folder as the user named it; problems are shown below it

	Name         string
	Title        Text
	Subtitle     Text
	Source       Text    // the line under every figure and table
	Period       *Period // nil when the study has no years
	Schemes      Map[Scheme]
	Extracts     Map[Extract]
	Participants Map[Participants] // by scheme
	Places       *Places           // nil when participants belong to no place
	Complete     string            // the model whose variables a complete row knows
	Samples      Map[Sample]
	Models       Map[Model]
	Profiles     Map[Profile]
	Missing      *Missing // nil when nothing is asked of incomplete rows
	Context      Map[Context]
	Describe     Describe
	Contribution *Contribution // nil when the study has no projects
	Cases        *Cases        // nil when no case municipalities are chosen

	Imputation    *Imputation // nil when gaps are left as they are
	Decomposition Map[Decomposition]
	Matching      Map[Matching]
	Sensitivity   *Sensitivity // nil when nothing is asked of what is not observed
	Certainty     Map[Certainty]

	Disclosure Disclosure

	Codebook *Codebook
	Targets  Map[Target] // where published numbers stand in the results; empty without targets.yaml

	studyDoc, codebookDoc *document
}

// A Period is the years of leaving that the study covers, both ends included.
type Period struct {
	From int `yaml:"from"`
	To   int `yaml:"to"`
}

// Years returns the years of the period in order; none for a nil period.
func (p *Period) Years() []int {
	var years []int
	if p != nil {
		for y := p.From; y <= p.To; y++ {
			years = append(years, y)
		}
	}
	return years
}

// A Scheme is one of the programmes compared.
type Scheme struct {
	Label        Text `yaml:"label"`        // "Jobbsjansen"
	Participants Text `yaml:"participants"` // "deltakerne i Jobbsjansen"
	Reference    bool `yaml:"reference"`    // the scheme that the others are compared with; exactly one
}

// An Extract is one file, or several of one kind put under each other.
type Extract struct {
	Label     Text        `yaml:"label"`
	File      string      `yaml:"file"`
	Files     Map[string] `yaml:"files"`      // several files, by the value that FileColumn gets
	FileValue string      `yaml:"file_value"` // name of the whole-number column that tells the files apart
	Format    string      `yaml:"format"`     // csv, xlsx, json-stat, klass-codes, klass-changes, klass-centrality
	Delimiter string      `yaml:"delimiter"`
	Encoding  string      `yaml:"encoding"`
	Decimal   string      `yaml:"decimal"`
	Date      string      `yaml:"date"`    // dd.mm.yyyy or yyyy-mm-dd
	Missing   []string    `yaml:"missing"` // texts that mean missing, besides the empty cell
	Sheet     string      `yaml:"sheet"`   // xlsx: the whole-number column that holds the sheet's name
	Columns   Map[string] `yaml:"columns"` // type by column name
	Link      *Link       `yaml:"link"`    // csv with many rows a person
	Checks    []Check     `yaml:"checks"`
}

// A Link says which column of an extract names a row of another.
type Link struct {
	Column string `yaml:"column"`
	To     string `yaml:"to"` // extract
	On     string `yaml:"on"` // column there, which names a row
}

// A Check is something that must hold of every row of an extract, or of every
// row of a long extract joined to the row it links to (as "linked").
type Check struct {
	Name    string `yaml:"name"`
	Require string `yaml:"require"` // SQL; a row where it is false is a problem, unknown is not
	Column  string `yaml:"column"`  // where the problem is shown
	Say     Text   `yaml:"say"`
	Count   bool   `yaml:"count"` // count such rows and tell how many, instead of refusing them
	Among   string `yaml:"among"` // what is counted: participants who count (the default), or rows of the extract
}

// Participants says which rows of an extract are participants of a scheme.
type Participants struct {
	Extract string `yaml:"extract"`
	Person  string `yaml:"person"` // column that names a person; a person twice is an error
	Select  string `yaml:"select"` // SQL: the rows that belong to the scheme, when the extract holds several
	Losses  []Loss `yaml:"losses"` // rows that are not leavers with a result, in order
}

// A Loss is a reason why a row is not among the leavers studied.
type Loss struct {
	Name  string `yaml:"name"`
	Keep  string `yaml:"keep"` // SQL on the extract's columns and the codebook's variables; rows where it is not true are lost
	Label Text   `yaml:"label"`
}

// Places says how participants belong to municipalities and projects.
type Places struct {
	Variable  string   `yaml:"variable"`  // the codebook variable that holds the municipality's code
	Codes     string   `yaml:"codes"`     // extract (klass-codes): codes with their validity
	Changes   string   `yaml:"changes"`   // extract (klass-changes), for better messages
	Districts []string `yaml:"districts"` // municipalities that may be given as a six-digit district code
	Project   bool     `yaml:"project"`   // one scheme in one municipality is a project
}

// A Sample is a part of the data set.
type Sample struct {
	Label Text   `yaml:"label"`
	Where string `yaml:"where"` // SQL on the data set's columns; window functions allowed
}

// A Model is one regression of the study: a formula, or another model with
// changes.
type Model struct {
	Label   Text           `yaml:"label"`
	Formula string         `yaml:"formula"`
	Family  string         `yaml:"family"`
	Link    string         `yaml:"link"`
	Sample  string         `yaml:"sample"`
	Groups  Map[TermGroup] `yaml:"groups"` // how the terms are arranged for a reader

	// Like names a model that lends everything that is not given here: the
	// formula without the variables (or groups of them) in Drop and with the
	// terms in Add, family, link, sample, quadrature, cluster, groups and scaling,
	// the last two with those given here put to them.
	Like string   `yaml:"like"`
	Drop []string `yaml:"drop"`
	Add  string   `yaml:"add"`

	Quadrature   int           `yaml:"quadrature"`   // points of adaptive quadrature; 0 and 1 are Laplace
	Standardize  []Standardize `yaml:"standardize"`  // variables that enter as z-scores
	Cluster      string        `yaml:"cluster"`      // column of clusters for robust standard errors beside the model's own
	Pooling      bool          `yaml:"pooling"`      // fit it also without groups and with a coefficient for every group
	Interactions []string      `yaml:"interactions"` // variables at whose levels the schemes' difference is asked for
	Chapter      *bool         `yaml:"chapter"`      // whether it is reported by itself; default: a model that is like no other

	Changes []Change `yaml:"-"` // Drop and Add of this model and those it is like, the first first
}

// A Change is variables taken out of a formula and terms put to it.
type Change struct {
	Model string // the model whose drop and add they are
	Drop  []string
	Add   string
}

// Standardize says that variables enter a model less their mean and divided by
// their standard deviation. These are of the persons of a sample, or of the
// units that they form: each municipality and year once.
type Standardize struct {
	Variables []string `yaml:"variables"`
	By        []string `yaml:"by"`     // columns whose values tell the units apart; empty is persons
	Sample    string   `yaml:"sample"` // default: the model's
}

// HasChapter tells whether a model is reported by itself, with effects and tests of
// its assumptions, and not only beside the one that it is like.
func (m Model) HasChapter() bool {
	if m.Chapter == nil {
		return m.Like == ""
	}
	return *m.Chapter
}

// A Profile is a made-up person whose expected attainment models are asked for.
type Profile struct {
	Label   Text        `yaml:"label"` // "a woman of 32 with some schooling …"
	Models  []string    `yaml:"models"`
	Schemes []string    `yaml:"schemes"` // in which the person takes part; default all
	Values  Map[string] `yaml:"values"`  // number, level or "mean" by variable, or by group of the models' variables
}

// Mean is the value of a Profile that stands for the mean of the persons in the
// model.
const Mean = "mean"

// Missing says what is asked of persons with and without missing values in the
// variables of the complete model.
type Missing struct {
	By    []string `yaml:"by"`    // the share with missing values at each level of these
	Means []string `yaml:"means"` // the mean of these with and without
}

// A Context describes the units that participants belong to, such as a
// municipality in a year.
type Context struct {
	Label        Text       `yaml:"label"`
	Unit         Text       `yaml:"unit"` // what one is called, in the plural: "municipality-years"
	By           []string   `yaml:"by"`   // columns whose values tell the units apart
	Sample       string     `yaml:"sample"`
	MinPersons   int        `yaml:"min_persons"`  // units with fewer persons, of all schemes together, are left out
	Variables    []string   `yaml:"variables"`    // the same for everyone in a unit, or in a scheme of it
	Correlations [][]string `yaml:"correlations"` // pairs
}

// A TermGroup is variables shown together under a heading.
type TermGroup struct {
	Label     Text     `yaml:"label"`
	Variables []string `yaml:"variables"`
}

// Describe says what is described, by scheme.
type Describe struct {
	Outcome   string     `yaml:"outcome"` // the 0/1 variable
	Kinds     string     `yaml:"kinds"`   // the variable that splits the outcome, if any
	Verb      Text       `yaml:"verb"`    // what those who attain it did: "went on to work or education"
	Sample    string     `yaml:"sample"`
	Variables []Grouping `yaml:"variables"` // composition and attainment by level
	Measures  []string   `yaml:"measures"`  // 0/1 variables shown together

	MeasuresBy []string   `yaml:"measures_by"` // measures and their attainment at each level of these
	Crossed    [][]string `yaml:"crossed"`     // pairs of 0/1 variables counted against each other
}

// A Grouping is a variable and how its values are made into few levels.
type Grouping struct {
	Variable  string    `yaml:"variable"`
	Quantiles int       `yaml:"quantiles"` // that many groups of nearly equal size within each scheme
	Breaks    []float64 `yaml:"breaks"`    // groups [−∞, b1), [b1, b2), …, [bk, ∞)
	Round     bool      `yaml:"round"`     // the nearest whole number, halves up
}

// A Codebook is the variables of the analysis set in the order of its columns.
type Codebook struct {
	Variables Map[Variable]     `yaml:"variables"`
	Unused    Map[[]UnusedCode] `yaml:"unused"` // by extract: combinations that are known and enter no variable
}

// UnusedCode is codes of a long extract that are known and not used.
type UnusedCode struct {
	Where Map[Codes] `yaml:"where"`
	Why   Text       `yaml:"why"`
}

// Types of variables.
const (
	Binary       = "binary" // 0/1
	Integer      = "integer"
	NumberType   = "number"
	Ordinal      = "ordinal"      // whole numbers with a label each
	Category     = "category"     // text with a label each
	Municipality = "municipality" // text, checked against the list of codes
	Year         = "year"
)

// Person says of an amount that each person has one.
const Person = "person"

// A Variable is one column of the analysis set.
type Variable struct {
	Label      Text        `yaml:"label"`
	Short      Text        `yaml:"short"` // for axes; Label when empty
	Unit       Text        `yaml:"unit"`
	Type       string      `yaml:"type"`
	Amount     string      `yaml:"amount"` // of a number that is an amount of money: who has it, Person or a column such as the municipality; "" for all others
	Levels     Map[Text]   `yaml:"levels"` // of binary, ordinal, category
	Indicators *Indicators `yaml:"indicators"`
	Source     Text        `yaml:"source"` // table of the report, number of the contradiction
	From       Map[Rule]   `yaml:"from"`   // by scheme, "place" for what municipality and year give, or DatasetRule
}

// DatasetRule is the key of a rule that makes a variable of the data set's other
// columns, by SQL in which window functions see all persons who count.
const DatasetRule = "dataset"

// Indicators are 0/1 columns made of a category: prefix_level for each level
// that is not among the reference levels.
type Indicators struct {
	Prefix    string   `yaml:"prefix"`
	Reference []string `yaml:"reference"`
}

// A Rule is how a variable is made from one scheme's extract. Exactly one of
// Column, Columns, Choose, Years, Months, Exists, Lookup, SQL, Value and Missing
// is given.
type Rule struct {
	Column  string      `yaml:"column"`
	Columns []string    `yaml:"columns"`
	Combine string      `yaml:"combine"` // of Columns: first, mean, any
	Recode  *Recode     `yaml:"recode"`
	Choose  Map[string] `yaml:"choose"` // level → 0/1 column
	Years   *Span       `yaml:"years"`  // difference of calendar years
	Months  *Span       `yaml:"months"` // whole months
	Exists  *Exists     `yaml:"exists"`
	Lookup  *Lookup     `yaml:"lookup"`
	SQL     string      `yaml:"sql"`
	Value   string      `yaml:"value"`   // the same for every row
	Missing bool        `yaml:"missing"` // the scheme does not know the variable
}

// A Recode gives each new value the codes that become it.
type Recode struct {
	To      Map[Codes]
	Missing Codes // codes that mean that nothing is known
}

// A Span is from one date or year to another.
type Span struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

// Exists is 1 when a person has a row in a long extract with these codes.
type Exists struct {
	Extract string     `yaml:"extract"`
	Where   Map[Codes] `yaml:"where"`
}

// A Lookup is a number found in an extract by municipality and year.
type Lookup struct {
	Extract string     `yaml:"extract"`
	Value   string     `yaml:"value"`
	By      By         `yaml:"by"`
	Where   Map[Codes] `yaml:"where"` // several codes are added up
	Sum     bool       `yaml:"sum"`   // several rows of one municipality, year and code are added up; else they are an error
	Of      *Lookup    `yaml:"of"`    // the number is divided by this one
	Scale   float64    `yaml:"scale"` // and multiplied by this
}

// By names the columns that hold municipality and year; an empty one does not apply.
type By struct {
	Municipality string `yaml:"municipality"`
	Year         string `yaml:"year"`
}

// A Target says which result a published number is: one of Value (less Minus,
// or Over another), Sum, Mean, Falls (1 when the results fall), Highest (1 when
// all are higher than Than), Peaks (the Count highest peaks of a distribution), Sign (1 or
// −1 when the interval leaves out zero, else 0), Negative (1 when all are below
// zero), the number multiplied by Times;
// or why it is not computed.
type Target struct {
	Value       string   `yaml:"value"`
	Minus       string   `yaml:"minus"`
	Over        string   `yaml:"over"`
	Sum         []string `yaml:"sum"`
	Mean        []string `yaml:"mean"`
	Falls       []string `yaml:"falls"`
	Highest     []string `yaml:"highest"`
	Than        []string `yaml:"than"`
	Peaks       string   `yaml:"peaks"`
	Count       int      `yaml:"count"`
	Sign        string   `yaml:"sign"`
	Negative    []string `yaml:"negative"`
	Times       float64  `yaml:"times"`
	NotComputed string   `yaml:"not_computed"`
}

// Reference returns the name of the reference scheme.
func (s *Study) Reference() string {
	for _, e := range s.Schemes {
		if e.Value.Reference {
			return e.Key
		}
	}
	return ""
}

// Place returns the line and column of a value of study.yaml, or of the
// nearest value around it that is there, for messages about it.
func (s *Study) Place(path ...string) (file string, line, column int) {
	return s.studyDoc.place(path...)
}

// CodebookPlace is Place for codebook.yaml.
func (s *Study) CodebookPlace(path ...string) (file string, line, column int) {
	return s.codebookDoc.place(path...)
}
