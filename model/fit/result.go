package fit

// A Result is what one fit says: the JSON of `bidrag fit` and of the "models"
// in results.json. Numbers are in full precision; a field is absent where it
// has no meaning for the model. Its fields are described in docs/fit.md.
type Result struct {
	Formula    string `json:"formula"`
	Family     string `json:"family"`
	Link       string `json:"link"`
	Method     string `json:"method"` // laplace, quadrature or irls
	Quadrature int    `json:"quadrature,omitempty"`

	NObs      int            `json:"n_obs"` // rows of the fit that have weight, or the sum of frequency weights
	NDropped  int            `json:"n_dropped"`
	DroppedBy map[string]int `json:"dropped_by,omitempty"` // rows with a missing value, by column; a row may count in several
	Groups    map[string]int `json:"groups,omitempty"`     // number of levels by grouping factor

	LogLik     float64            `json:"log_lik"` // with AIC and BIC not finite, and absent, when a Gaussian or gamma model fits exactly
	Deviance   float64            `json:"deviance"`
	AIC        float64            `json:"aic"`
	BIC        float64            `json:"bic"`
	DF         int                `json:"df"`
	Sigma      *float64           `json:"sigma,omitempty"`
	Dispersion *float64           `json:"dispersion,omitempty"`
	RSquared   map[string]float64 `json:"r_squared,omitempty"`

	Coefficients []Coefficient      `json:"coefficients"`
	Random       []Random           `json:"random,omitempty"` // one for each random term
	ICC          map[string]float64 `json:"icc,omitempty"`    // adjusted intraclass correlation by grouping factor

	Profile         []Profile        `json:"profile,omitempty"`
	LikelihoodRatio *LikelihoodRatio `json:"likelihood_ratio,omitempty"`

	Status           string    `json:"status"`             // converged, separated or not_converged
	Reason           string    `json:"reason,omitempty"`   // not_converged: why it stopped
	Boundary         []string  `json:"boundary,omitempty"` // random effects without a variance of their own, as "g: (Intercept)"
	Iterations       int       `json:"iterations"`
	GradientMax      *float64  `json:"gradient_max,omitempty"`
	HessianCondition *float64  `json:"hessian_condition,omitempty"`
	Seconds          float64   `json:"seconds"`
	Warnings         []Warning `json:"warnings"`
}

// A Coefficient is one fixed effect. The numbers of an aliased term are nil.
type Coefficient struct {
	Term      string   `json:"term"`
	Estimate  *float64 `json:"estimate,omitempty"`
	StdError  *float64 `json:"std_error,omitempty"`
	Statistic *float64 `json:"statistic,omitempty"`
	PValue    *float64 `json:"p_value,omitempty"`
	ConfLow   *float64 `json:"conf_low,omitempty"`
	ConfHigh  *float64 `json:"conf_high,omitempty"`
}

// A Random is the variance components of one random term.
type Random struct {
	Group string       `json:"group"`
	Terms []string     `json:"terms"`
	SD    []float64    `json:"sd"`
	Cor   [][]*float64 `json:"cor,omitempty"` // correlations, when there are several terms; nil with one whose standard deviation is 0
}

// A Profile is a profile-likelihood interval; a bound that does not exist is nil.
type Profile struct {
	Term  string   `json:"term"` // a coefficient, or a standard deviation as "g: (Intercept)"
	Level float64  `json:"level"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

// A LikelihoodRatio is the test of a smaller model within the one of the result.
type LikelihoodRatio struct {
	Formula        string   `json:"formula"` // of the smaller model
	Statistic      float64  `json:"statistic"`
	DF             int      `json:"df"`
	PValue         float64  `json:"p_value"`
	PValueBoundary *float64 `json:"p_value_boundary,omitempty"` // when one of the parameters is a variance, which cannot be negative
}

// A Warning is something a careful reader must know of a fit: what kind, which
// term or variable, and in plain words what it means and what to do.
type Warning struct {
	Code    string `json:"code"`
	Subject string `json:"subject"`
	Message string `json:"message,omitempty"`
}
