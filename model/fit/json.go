package fit

import (
	"encoding/json"
	"math"
)

// plain is a Result without its methods.
type plain Result

// written is a Result in JSON: numbers that are not finite are absent.
type written struct {
	*plain
	LogLik   *float64 `json:"log_lik,omitempty"`
	Deviance *float64 `json:"deviance,omitempty"`
	AIC      *float64 `json:"aic,omitempty"`
	BIC      *float64 `json:"bic,omitempty"`
}

// MarshalJSON leaves out what is not finite, for which JSON has no word.
func (r Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(written{(*plain)(&r), finite(r.LogLik), finite(r.Deviance), finite(r.AIC), finite(r.BIC)})
}

// UnmarshalJSON reads what [Result.MarshalJSON] wrote; an absent number is NaN.
func (r *Result) UnmarshalJSON(text []byte) error {
	w := written{plain: (*plain)(r)}
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	for _, f := range []struct {
		to   *float64
		from *float64
	}{{&r.LogLik, w.LogLik}, {&r.Deviance, w.Deviance}, {&r.AIC, w.AIC}, {&r.BIC, w.BIC}} {
		*f.to = math.NaN()
		if f.from != nil {
			*f.to = *f.from
		}
	}
	return nil
}
