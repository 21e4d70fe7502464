package study

// Methods of filling gaps in a variable.
const (
	Logistic    = "logistic"    // of a binary variable
	OrdinalFill = "ordinal"     // proportional odds, of an ordinal variable
	Multinomial = "multinomial" // of a category
	GaussianFit = "gaussian"    // a normal draw, of a number
	PMM         = "pmm"         // predictive mean matching: the value of a person of whom nearly the same is expected
)

// Imputation says how gaps in the data are filled, several times, so that the
// models can be fitted to everyone and the uncertainty of the filling is kept:
// multiple imputation by chained equations.
type Imputation struct {
	Sample      string       `yaml:"sample"`      // the persons; default gross
	Imputations int          `yaml:"imputations"` // completed data sets; default 20
	Iterations  int          `yaml:"iterations"`  // rounds of the chain; default 10
	Variables   Map[Imputed] `yaml:"variables"`   // those that are filled
	Predictors  []string     `yaml:"predictors"`  // what they are filled by, beside each other, the outcome and the scheme
	Cluster     string       `yaml:"cluster"`     // the column whose level enters every imputation model, as the municipality
	Level       string       `yaml:"level"`       // how it enters: mean (the default) or intercept, a random one

	// Models are fitted again to the completed data, by name, each to the
	// persons of a sample that does not ask for complete rows.
	Models Map[string] `yaml:"models"`

	// Deltas are what is added to filled values of a number or an ordinal
	// variable to see what follows if those who lack it differ from those who
	// are like them in everything else, in the variable's own unit; of a binary
	// variable in log-odds.
	Deltas Map[[]float64] `yaml:"deltas"`
}

// Imputed is how one variable is filled.
type Imputed struct {
	Method string `yaml:"method"` // default by type: logistic, ordinal, multinomial; pmm for numbers
	Min    string `yaml:"min"`    // a number or a variable: no filled value is smaller
	Max    string `yaml:"max"`    // a number or a variable: no filled value is larger
}

// A Decomposition splits the raw difference between two schemes into what goes
// with each block of variables, and what remains.
type Decomposition struct {
	Label      Text           `yaml:"label"`
	Model      string         `yaml:"model"`      // its sample and terms, with the scheme
	Blocks     Map[TermGroup] `yaml:"blocks"`     // every variable of the model, but scheme, in one of them
	Tables     []string       `yaml:"tables"`     // categories by which rates are standardized, each by itself
	Orderings  int            `yaml:"orderings"`  // of Fairlie's decomposition; default 100
	Replicates int            `yaml:"replicates"` // of the bootstrap; default 500
	Cluster    string         `yaml:"cluster"`    // what the bootstrap draws; default the model's, else persons
}

// Kinds of comparison of like with like.
const (
	Nearest   = "nearest"   // each person of the scheme with the nearest of the reference
	Weighting = "weighting" // inverse-probability weights
	Overlap   = "overlap"   // overlap weights
	AIPW      = "aipw"      // augmented inverse-probability weights: doubly robust
)

// A Matching compares persons of a scheme with persons of the reference who are
// like them.
type Matching struct {
	Label      Text        `yaml:"label"`
	Sample     string      `yaml:"sample"`
	Outcome    string      `yaml:"outcome"`    // default the described one
	Covariates string      `yaml:"covariates"` // of the propensity score: the right side of a formula
	Adjust     string      `yaml:"adjust"`     // of the outcome model; default the same
	Balance    []string    `yaml:"balance"`    // shown in the balance table beside the covariates
	Cluster    string      `yaml:"cluster"`    // of robust errors and the bootstrap; default persons
	Replicates int         `yaml:"replicates"` // of the bootstrap; default 500
	Methods    Map[Method] `yaml:"methods"`
}

// A Method is one way to compare like with like.
type Method struct {
	Label    Text      `yaml:"label"`
	Kind     string    `yaml:"kind"`     // Nearest, Weighting, Overlap or AIPW
	Distance string    `yaml:"distance"` // nearest: propensity (the default) or mahalanobis
	Ratio    int       `yaml:"ratio"`    // nearest: persons of the reference for each; default 1
	Replace  bool      `yaml:"replace"`  // nearest: a person of the reference may stand for several
	Caliper  float64   `yaml:"caliper"`  // nearest: largest distance, in standard deviations of the propensity score; 0 is none
	Exact    []string  `yaml:"exact"`    // nearest: columns that must be equal
	Estimand string    `yaml:"estimand"` // weighting and aipw: treated (the default) or all
	Trim     []float64 `yaml:"trim"`     // weighting and aipw: two propensity scores between which persons are kept
}

// Sensitivity asks how strong something that is not observed must be to explain
// the schemes' difference.
type Sensitivity struct {
	Models    []string   `yaml:"models"`    // whose difference has an E-value
	Benchmark *Benchmark `yaml:"benchmark"` // against observed variables
	Bounds    []Bounds   `yaml:"bounds"`    // Rosenbaum's, of matched pairs
}

// A Benchmark measures what is not observed by variables that are.
type Benchmark struct {
	Model     string    `yaml:"model"`
	Variables []string  `yaml:"variables"` // or groups of the model's
	Times     []float64 `yaml:"times"`     // as strong as the variable so many times; default 1, 2, 3
}

// Bounds are the odds of being in the scheme by which two persons of a pair may
// differ for what is not observed.
type Bounds struct {
	Matching string    `yaml:"matching"`
	Method   string    `yaml:"method"` // of kind Nearest, without replacement
	Gammas   []float64 `yaml:"gammas"` // from 1
}

// A Certainty is one estimate of what the scheme is worth to its participants,
// shown beside the others. Exactly one of Raw, Model, Imputed and Matching is given.
type Certainty struct {
	Label    Text   `yaml:"label"`    // default that of the model or method
	Assumes  Text   `yaml:"assumes"`  // in a line; default by kind
	Raw      string `yaml:"raw"`      // the difference of rates in a sample
	Model    string `yaml:"model"`    // of a model, among the scheme's participants
	Imputed  string `yaml:"imputed"`  // of a model with gaps filled
	Matching string `yaml:"matching"` // of a matching
	Method   string `yaml:"method"`   // which of its methods
}
