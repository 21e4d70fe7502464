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
	Random       []Random           `json:"random,omitempty"`
	ICC          map[string]float64 `json:"icc,omitempty"`

	Status           string    `json:"status"` // converged, separated or not_converged
	Boundary         []string  `json:"boundary,omitempty"`
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

// A Random is the variance components of one grouping factor.
type Random struct {
	Group string      `json:"group"`
	Terms []string    `json:"terms"`
	SD    []float64   `json:"sd"`
	Cor   [][]float64 `json:"cor,omitempty"`
}

// A Warning is something a careful reader must know of a fit: what kind, which
// term or variable, and in plain words what it means and what to do.
type Warning struct {
	Code    string `json:"code"`
	Subject string `json:"subject"`
	Message string `json:"message"`
}
