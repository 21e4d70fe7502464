package table

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"bidrag/publish/disclose"
)

// A Locale writes numbers as readers of a language are used to: 19 316 and
// 73 % and 1,58 in Norwegian, 19,316 and 73% and 1.58 in English.
type Locale struct {
	lang    string // "nb" or "en"
	printer *message.Printer
}

// NewLocale returns the locale of "nb" or "en". Any other language is nb.
func NewLocale(lang string) Locale {
	if lang != "en" {
		lang = "nb" // never "no", which x/text formats as English
	}
	return Locale{lang, message.NewPrinter(language.MustParse(lang))}
}

// Lang returns the language, "nb" or "en".
func (l Locale) Lang() string { return l.lang }

const (
	minus = "\u2212"
	nbsp  = "\u00a0"
)

// The signs of a cell without a number.
const (
	SuppressedSign = ":"
	AbsentSign     = "–"
)

// Decimal writes a number with so many decimals, halves away from zero, with a
// real minus sign and never as minus zero.
func (l Locale) Decimal(x float64, decimals int) string {
	switch {
	case math.IsNaN(x):
		return AbsentSign
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return minus + "∞"
	}
	text := l.printer.Sprint(number.Decimal(round(math.Abs(x), decimals), number.Scale(decimals)))
	if x < 0 && strings.ContainsAny(text, "123456789") {
		return minus + text
	}
	return text
}

// round rounds halves away from zero, as the figures do.
func round(x float64, decimals int) float64 {
	unit := math.Pow(10, float64(decimals))
	if scaled := x * unit; scaled < 1<<52 {
		return math.Round(scaled) / unit
	}
	return x
}

// Percent writes a share as a percentage: 0.73 is 73 %. A share that is above 0
// or below 1 is not written as though it were 0 or 1.
func (l Locale) Percent(share float64, decimals int) string {
	return l.percent(share, decimals) + l.percentSign()
}

// percent is Percent without the sign.
func (l Locale) percent(share float64, decimals int) string {
	smallest := math.Pow(10, -float64(decimals))
	switch p := share * 100; {
	case p > 0 && round(p, decimals) == 0:
		return "<" + nbsp + l.Decimal(smallest, decimals)
	case p < 100 && round(p, decimals) == 100:
		return ">" + nbsp + l.Decimal(100-smallest, decimals)
	default:
		return l.Decimal(p, decimals)
	}
}

func (l Locale) percentSign() string {
	if l.lang == "en" {
		return "%"
	}
	return nbsp + "%"
}

// Points writes a difference of shares as percentage points with its sign:
// 0.042 is +4,2.
func (l Locale) Points(difference float64) string { return l.points(difference, 1) }

// WholePoints is Points without decimals: 0.042 is +4.
func (l Locale) WholePoints(difference float64) string { return l.points(difference, 0) }

func (l Locale) points(difference float64, decimals int) string {
	text := l.Decimal(difference*100, decimals)
	if difference > 0 && strings.ContainsAny(text, "123456789") {
		return "+" + text
	}
	return text
}

// Count writes a whole number.
func (l Locale) Count(n float64) string { return l.Decimal(n, 0) }

// PValue writes a probability with three decimals, and one that is smaller as
// < 0,001.
func (l Locale) PValue(p float64) string {
	if p < 0.0005 {
		return "<" + nbsp + l.Decimal(0.001, 3)
	}
	return l.Decimal(p, 3)
}

// Decimals returns how many decimals to write a number with so that the given
// size, such as its standard error, keeps two digits: at least least, at most 8.
func Decimals(size float64, least int) int {
	if !(size > 0) || math.IsInf(size, 0) {
		return least
	}
	return min(max(least, 1-int(math.Floor(math.Log10(size)))), 8)
}

// Cell writes what stands in a cell: the number, its interval in brackets when
// the format says so, or the sign that there is none to show.
func (l Locale) Cell(n disclose.Number, f Format) string {
	if n.State() == disclose.Suppressed {
		return SuppressedSign
	}
	if !Has(n) {
		return AbsentSign
	}
	text := l.one(f.value(n), f, l.percentSign())
	low, high := n.Interval()
	if !f.Interval || math.IsNaN(low) || math.IsNaN(high) {
		return text
	}
	return text + " (" + l.Interval(low, high, f) + ")"
}

// Interval writes the two ends of an interval, with "til" or "to" between them
// when a dash would stand beside a minus sign.
func (l Locale) Interval(low, high float64, f Format) string {
	a, b := l.one(low, f, ""), l.one(high, f, "")
	if low >= 0 && f.Kind != Points && f.Kind != WholePoints {
		return a + "–" + b
	}
	if l.lang == "en" {
		return a + " to " + b
	}
	return a + " til " + b
}

// one writes one number of a format.
func (l Locale) one(x float64, f Format, sign string) string {
	switch f.Kind {
	case Percent:
		return l.percent(x, f.Decimals) + sign
	case Points:
		return l.Points(x)
	case WholePoints:
		return l.WholePoints(x)
	case PValue:
		return l.PValue(x)
	case Count, Base:
		return l.Count(x)
	default:
		return l.Decimal(x, f.Decimals)
	}
}

// raw writes a number for a machine, with the language's decimal sign and all
// its digits.
func (l Locale) raw(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if l.lang == "nb" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}
