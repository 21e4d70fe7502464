package report

import (
	"strings"

	"bidrag/publish/disclose"
)

// A kind is what a model describes and the scale on which it does so.
type kind struct {
	response   string // the left side of the formula; "" when it is not known
	attainment bool   // it is the probability of attaining the goal
	link       string
}

// odds tells whether the model is one of the odds of attaining the goal.
func (k kind) odds() bool { return k.attainment && k.link == "logit" }

// kind is what a model of the study describes.
func (w *writer) kind(model string) kind {
	m, _ := w.study.Models.Get(model)
	response, _, _ := strings.Cut(m.Formula, "~")
	k := kind{response: strings.Trim(strings.TrimSpace(response), "`"), link: m.Link}
	family := m.Family
	if fitted := w.numbers.Models()[model]; fitted != nil && fitted.Link != "" {
		k.link, family = fitted.Link, fitted.Family
	}
	if k.link == "" && (family == "" || family == "binomial") {
		k.link = "logit"
	}
	k.attainment = (family == "" || family == "binomial") && (k.response == "" || k.response == w.study.Describe.Outcome)
	return k
}

// outcomeSentence says what a model describes that is not one of odds.
func (w *writer) outcomeSentence(model string) string {
	k := w.kind(model)
	if k.attainment {
		return w.say("model.outcome", "verb", w.verb())
	}
	label, _ := w.termLabel(k.response, &term{model: model})
	return w.say("model.response", "variable", w.quote(label))
}

// reading says how the estimates of a model are to be read; "" for what it has
// no words for.
func (w *writer) reading(model string, terms []term) string {
	shown := false
	for _, t := range terms {
		shown = shown || t.name != "(Intercept)" && t.estimate.State() == disclose.Shown
	}
	switch {
	case !shown:
		return ""
	case !hasRatios(terms):
		return w.say("model.reading_plain")
	case w.kind(model).attainment:
		return w.say("model.reading")
	}
	return ""
}

// latentVariance is how much persons of one group are taken to vary on the
// scale of a model of a probability, as it is written; "" for other models.
func (k kind) latentVariance() string {
	return map[string]string{"logit": "π²/3", "probit": "1", "cloglog": "π²/6"}[k.link]
}

// scaleSentence says on which scale variation between groups is told.
func (w *writer) scaleSentence(model string) string {
	k := w.kind(model)
	switch variance := k.latentVariance(); {
	case k.link == "logit":
		return w.say("levels.scale")
	case variance != "":
		return w.say("levels.scale_of", "variance", variance)
	}
	return w.say("levels.scale_plain")
}

// inLogOdds is what stands after a number of a logit model: (log-odds).
func (w *writer) inLogOdds(model string) string {
	if w.kind(model).link == "logit" {
		return w.word("in_log_odds")
	}
	return ""
}
