package figure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

// gate sends values through the disclosure gate, as the report does, and gives
// them back by place.
func gate(values ...result.Value) []disclose.Number {
	set := result.NewSet()
	for i, v := range values {
		v.Key.Term = fmt.Sprint(i)
		if err := set.Add("test", v); err != nil {
			panic(err)
		}
	}
	return disclose.Clear(set, disclose.DefaultRules).Numbers()
}

func one(v result.Value) disclose.Number { return gate(v)[0] }

func estimate(x, low, high float64, n int) disclose.Number {
	return one(result.Estimate(result.Key{Quantity: "estimate"}, result.Number, x, n).WithInterval(low, high))
}

// rate is a share with its Wilson interval; suppressed when the counts are small.
func rate(part, n int) disclose.Number {
	v := result.Proportion(result.Key{Quantity: "rate"}, part, n)
	p, m, z := v.Value, float64(n), 1.96
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return one(v.WithInterval(middle-half, middle+half))
}

func share(part, n int) disclose.Number {
	return one(result.Proportion(result.Key{Quantity: "share"}, part, n))
}

// in chooses the text of the language.
func in(lang, nb, en string) string {
	if lang == "nb" {
		return nb
	}
	return en
}

func schemes(lang string) []Series {
	return []Series{
		{"jobbsjansen", "Jobbsjansen", Focus},
		{"intro", in(lang, "Introduksjonsprogrammet", "Introduction programme"), Reference},
	}
}

var originsNB = []string{"Europa", "Asia for øvrig", "Afrika sør for Sahara", "Sørøst-Asia", "Vest-Asia", "Latin-Amerika og Karibia", "Sør-Asia", "Nord-Afrika", "Nord-Amerika", "Statsløs"}
var originsEN = []string{"Europe", "Other Asia", "Sub-Saharan Africa", "Southeast Asia", "West Asia", "Latin America and the Caribbean", "South Asia", "North Africa", "North America", "Stateless"}

func categories(labels []string) []Category {
	out := make([]Category, len(labels))
	for i, l := range labels {
		out[i] = Category{fmt.Sprint("c", i), l}
	}
	return out
}

func origins(lang string) []Category {
	if lang == "nb" {
		return categories(originsNB)
	}
	return categories(originsEN)
}

// grid fills categories × series with counts that a function makes.
func fill(cs []Category, ss []Series, number func(c, s int) disclose.Number) []Mark {
	var out []Mark
	for i, c := range cs {
		for j, s := range ss {
			out = append(out, Mark{c.Key, s.Key, number(i, j)})
		}
	}
	return out
}

func sampleDots(lang string) Figure {
	n := [2][]int{{80, 140, 280, 75, 320, 41, 260, 62, 3, 70}, {610, 1500, 6100, 480, 6900, 90, 900, 210, 10, 640}}
	p := [2][]float64{{.66, .72, .64, .81, .61, .70, .63, .47, .5, .65}, {.52, .55, .46, .66, .38, .51, .42, .27, .7, .36}}
	cs, ss := origins(lang), schemes(lang)
	return Figure{
		ID: "attainment-origin", Lang: lang,
		Title:    in(lang, "Jobbsjansens deltakere når målet oftere, uansett hvor de kommer fra", "Jobbsjansen's participants attain the goal more often, wherever they come from"),
		Subtitle: in(lang, "Andel i arbeid eller utdanning ved avslutning, etter landbakgrunn. 95 % konfidensintervall. n = 19 316", "Share in work or education on leaving, by origin. 95% confidence intervals. n = 19,316"),
		Note:     in(lang, "Kilde: NIR og Jobbsjansens rapportering. 10 458 personer uten opplysning om utdanning eller norsknivå er holdt utenfor.", "Source: NIR and Jobbsjansen's reports. 10,458 persons without education or Norwegian level are left out."),
		Alt:      in(lang, "Prikkdiagram med ti landbakgrunner og to ordninger.", "Dot plot of ten origins and two schemes."),
		Plot: Dots{Series: ss, Categories: cs, Zero: true, Axis: in(lang, "Andel med måloppnåelse", "Share with goal attainment"),
			Reference: &Line{in(lang, "Alle", "All"), share(8113, 19316)},
			Marks: fill(cs, ss, func(c, s int) disclose.Number {
				return rate(int(math.Round(p[s][c]*float64(n[s][c]))), n[s][c])
			})},
	}
}

var measuresNB = []string{"Norskopplæring", "Samfunnskunnskap", "Språkpraksis", "Yrkesrettet kurs", "Ordinært arbeid", "Arbeidspraksis i skjermet virksomhet", "Arbeidspraksis i ordinær virksomhet", "Arbeidsmarkedsopplæring (AMO-kurs)", "Sosial nettverksbygging", "Helsefremmende tiltak", "Barn og familie", "Kultur og fritid", "Godkjenning/realkompetansevurdering av tidligere utdanning", "Fag i grunnskolen", "Fag i videregående skole"}
var measuresEN = []string{"Norwegian training", "Social studies", "Language placement", "Vocational course", "Ordinary work", "Work placement, sheltered", "Work placement, ordinary business", "Labour market course", "Social network building", "Health promotion", "Children and family", "Culture and leisure", "Recognition or validation of earlier education and prior learning", "Lower secondary subjects", "Upper secondary subjects"}

func sampleBars(lang string) Figure {
	labels := measuresEN
	if lang == "nb" {
		labels = measuresNB
	}
	p := [2][]float64{{.95, .62, .55, .34, .22, .05, .48, .12, .31, .44, .2, .09, .11, .13, .07}, {.99, .93, .61, .18, .14, .04, .29, .06, .12, .22, .08, .19, .06, .33, .12}}
	cs, ss := categories(labels), schemes(lang)
	return Figure{
		ID: "measures", Lang: lang,
		Title:    in(lang, "Jobbsjansens deltakere får oftere arbeidspraksis i ordinær virksomhet", "Jobbsjansen's participants more often have a work placement in an ordinary business"),
		Subtitle: in(lang, "Andel av ordningens deltakere som fikk tiltaket", "Share of the scheme's participants who received the measure"),
		Note:     in(lang, "Kilde: NIR.", "Source: NIR."),
		Alt:      in(lang, "Søylediagram med femten tiltak.", "Bar chart of fifteen measures."),
		Plot: Bars{Series: ss, Categories: cs, Marks: fill(cs, ss, func(c, s int) disclose.Number {
			n := []int{1420, 17896}[s]
			return share(int(p[s][c]*float64(n)), n)
		})},
	}
}

func sampleLines(lang string) Figure {
	cs, ss := categories([]string{"2017", "2018", "2019", "2020"}), schemes(lang)
	p := [2][]float64{{.67, .69, .66, .61}, {.44, .45, .47, .41}}
	return Figure{
		ID: "attainment-year", Lang: lang,
		Title:    in(lang, "Måloppnåelsen falt i pandemiåret i begge ordninger", "Attainment fell in the year of the pandemic in both schemes"),
		Subtitle: in(lang, "Andel i arbeid eller utdanning ved avslutning, etter år", "Share in work or education on leaving, by year"),
		Alt:      in(lang, "Linjediagram over fire år.", "Line chart of four years."),
		Plot: Lines{Series: ss, Categories: cs, Zero: true, Marks: fill(cs, ss, func(c, s int) disclose.Number {
			n := []int{390, 7000}[s]
			return rate(int(p[s][c]*float64(n)), n)
		})},
	}
}

func sampleForest(lang string) Figure {
	type term struct {
		nb, en string
		or, se float64
	}
	group := func(nb, en string, terms ...term) []ForestRow {
		var out []ForestRow
		for _, t := range terms {
			b := math.Log(t.or)
			out = append(out, ForestRow{in(lang, t.nb, t.en), in(lang, nb, en), estimate(t.or, math.Exp(b-1.96*t.se), math.Exp(b+1.96*t.se), 19316)})
		}
		return out
	}
	rows := group("Ordning", "Scheme", term{"Jobbsjansen (mot introduksjonsprogrammet)", "Jobbsjansen (against the introduction programme)", 1.58, .07})
	rows = append(rows, group("Individuelle kjennetegn", "Individual characteristics",
		term{"Mann", "Male", 1.98, .036}, term{"Alder (år)", "Age (years)", .97, .002}, term{"Botid (år)", "Years in Norway", 1.01, .009},
		term{"Varighet (måneder)", "Duration (months)", 1.00, .002}, term{"Norsknivå (per nivå)", "Norwegian level (per level)", 2.32, .022},
		term{"Utdanningsnivå (per spor)", "Education (per track)", 1.21, .026}, term{"Høyt fravær (10 prosent eller mer)", "High absence (10 per cent or more)", .52, .045})...)
	for i, o := range []float64{1.09, .94, 1.72, .97, 1.3, .91, .68, .9} {
		j := i + 1
		if j >= 8 {
			j = 9
		}
		rows = append(rows, ForestRow{in(lang, originsNB[j], originsEN[j]), in(lang, "Landbakgrunn (mot Europa og Nord-Amerika)", "Origin (against Europe and North America)"), estimate(o, o*math.Exp(-.2-.05*float64(i)), o*math.Exp(.2+.05*float64(i)), 19316)})
	}
	for i, o := range []float64{.8, 1.1, .93, 1.35, 3.1, .78, 1.29, 1.12, .95, .7, .88, 1.02, 1.14, .85, 1.62} {
		rows = append(rows, ForestRow{in(lang, measuresNB[i], measuresEN[i]), in(lang, "Tiltak", "Measures"), estimate(o, o*math.Exp(-.1-.01*float64(i)), o*math.Exp(.1+.01*float64(i)), 19316)})
	}
	return Figure{
		ID: "odds-ratios", Lang: lang,
		Title:    in(lang, "Deltakelse i Jobbsjansen henger sammen med 58 prosent høyere odds for å nå målet", "Taking part in Jobbsjansen goes with 58 per cent higher odds of attaining the goal"),
		Subtitle: in(lang, "Oddsrater fra den logistiske individmodellen, 95 % konfidensintervall. n = 19 316", "Odds ratios of the logistic individual model, 95% confidence intervals. n = 19,316"),
		Note:     in(lang, "Den stiplede linjen (1) betyr ingen sammenheng.", "The dashed line (1) means no association."),
		Alt:      in(lang, "Oddsrater for 31 variabler.", "Odds ratios of 31 variables."),
		Plot:     Forest{Rows: rows, Format: Ratio, Log: true, Axis: in(lang, "Oddsrate (logaritmisk skala)", "Odds ratio (log scale)")},
	}
}

func sampleQuadrant(lang string) Figure {
	r := rand.New(rand.NewPCG(1, 2))
	var points []Point
	for i := range 411 {
		s, base := "intro", .43
		if i%5 == 0 {
			s, base = "jobbsjansen", .65
		}
		n := 5 + int(math.Exp(r.NormFloat64()*1.1+3.4))
		expected := base + r.NormFloat64()*.07
		actual := math.Min(1, math.Max(0, expected+r.NormFloat64()*(.09+.6/math.Sqrt(float64(n)))))
		c := actual - expected
		points = append(points, Point{
			Series: s, Label: fmt.Sprintf("Fjordvik %d", i), Named: i == 10 || i == 33,
			X:    one(result.Estimate(result.Key{}, result.Share, actual, n)),
			Y:    estimate(c, c-.5/math.Sqrt(float64(n)), c+.5/math.Sqrt(float64(n)), n),
			Size: one(result.PersonCount(result.Key{}, n)),
		})
	}
	return Figure{
		ID: "contribution", Lang: lang,
		Title:    in(lang, "Fire av ti prosjekter bidrar mer enn deltakerne skulle tilsi", "Four in ten projects contribute more than their participants would lead one to expect"),
		Subtitle: in(lang, "Bidragsindikator og måloppnåelse for 411 prosjekter med minst fem deltakere", "Contribution indicator and attainment of 411 projects with at least five participants"),
		Note:     in(lang, "Sirkelens areal viser antall deltakere.", "The area of a circle shows the number of participants."),
		Alt:      in(lang, "Firefeltsfigur med 411 prosjekter.", "Quadrant plot of 411 projects."),
		Plot: Quadrant{Series: schemes(lang), Points: points, FormatX: Percent, FormatY: Points,
			Mean:  Line{in(lang, "Snitt", "Mean"), share(8400, 19316)},
			AxisX: in(lang, "Faktisk måloppnåelse", "Actual attainment"), AxisY: in(lang, "Bidrag (faktisk minus forventet måloppnåelse, prosentpoeng)", "Contribution (actual minus expected attainment, percentage points)"),
			Corners: [4]string{
				in(lang, "Bedre enn forventet, under snittet", "Above expectation, below the mean"), in(lang, "Bedre enn forventet, over snittet", "Above expectation, above the mean"),
				in(lang, "Svakere enn forventet, under snittet", "Below expectation, below the mean"), in(lang, "Svakere enn forventet, over snittet", "Below expectation, above the mean")}},
	}
}

func sampleSteps(lang string) Figure {
	var bins []Bin
	for i := range 20 {
		x := float64(i) * 3
		a := math.Exp(-(x-14)*(x-14)/90) * 210
		b := math.Exp(-(x-27)*(x-27)/120)*4300 + 20
		bins = append(bins, Bin{"jobbsjansen", x, x + 3, share(int(a), 1420)}, Bin{"intro", x, x + 3, share(int(b), 28000)})
	}
	return Figure{
		ID: "duration", Lang: lang,
		Title:    in(lang, "Jobbsjansens deltakere er kortere tid i ordningen", "Jobbsjansen's participants stay a shorter time"),
		Subtitle: in(lang, "Andel av ordningens deltakere etter varighet i måneder", "Share of the scheme's participants by duration in months"),
		Alt:      in(lang, "Fordeling av varighet.", "Distribution of duration."),
		Plot:     Steps{Series: schemes(lang), Bins: bins, Axis: in(lang, "Måneder", "Months")},
	}
}

// sampleScatter is small multiples of residuals along two numbers.
func sampleScatter(lang string) Figure {
	r := rand.New(rand.NewPCG(3, 4))
	panel := func(title, axis string, from, to float64) Panel {
		p := Panel{Title: title, Axis: axis}
		for i := range 40 {
			x, y := from+(to-from)*float64(i)/39, .02*r.NormFloat64()
			p.Points = append(p.Points, ScatterPoint{Series: "all", X: estimate(x, nan, nan, 480), Y: estimate(y, y-.04, y+.04, 480)})
		}
		return p
	}
	return Figure{
		ID: "residuals", Lang: lang,
		Title:    in(lang, "Langs alder og botid treffer modellen", "The model is right along age and years in Norway"),
		Subtitle: in(lang, "Faktisk minus forventet måloppnåelse, prosentpoeng", "Actual minus expected attainment, percentage points"),
		Alt:      in(lang, "To punktdiagrammer.", "Two scatter plots."),
		Plot: Scatter{Series: []Series{{"all", "", Neutral}}, Line: ZeroLine, FormatX: Decimal, FormatY: Points, AxisY: in(lang, "Prosentpoeng", "Percentage points"),
			Panels: []Panel{panel(in(lang, "Alder", "Age"), in(lang, "år", "years"), 18, 60), panel(in(lang, "Botid", "Residence"), in(lang, "år i Norge", "years in Norway"), 0, 12)}},
	}
}

// sampleQuantiles is one panel with a band: random effects against the normal distribution.
func sampleQuantiles(lang string) Figure {
	r := rand.New(rand.NewPCG(5, 6))
	values := make([]float64, 200)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	slices.Sort(values)
	p := Panel{Axis: in(lang, "Forventet", "Expected")}
	for i, v := range values {
		expected := 5 * (float64(i) - 99.5) / 200
		x := estimate(expected, expected-.3, expected+.3, 50)
		p.Points = append(p.Points, ScatterPoint{Series: "groups", X: x, Y: estimate(v, nan, nan, 50)})
		p.Band = append(p.Band, BandPoint{X: x, Y: x})
	}
	return Figure{
		ID: "quantiles", Lang: lang,
		Title:    in(lang, "Kommunene er fordelt som modellen forutsetter", "Municipalities are distributed as the model assumes"),
		Subtitle: in(lang, "Standardiserte avvik. n = 200 kommuner", "Standardized deviations. n = 200 municipalities"),
		Alt:      in(lang, "Kvantilplott.", "Quantile plot."),
		Plot: Scatter{Series: []Series{{"groups", in(lang, "Kommuner", "Municipalities"), Focus}}, Line: Identity, FormatX: Decimal, FormatY: Decimal,
			AxisY: in(lang, "Avvik", "Deviation"), Panels: []Panel{p}},
	}
}

// samples are one realistic figure of every kind.
func samples(lang string) []Figure {
	return []Figure{sampleDots(lang), sampleBars(lang), sampleLines(lang), sampleForest(lang), sampleQuadrant(lang), sampleScatter(lang), sampleQuantiles(lang), sampleFunnel(lang), sampleCaterpillar(lang), sampleFaintQuadrant(lang), sampleSteps(lang)}
}
