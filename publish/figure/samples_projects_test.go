package figure

import (
	"fmt"
	"math"
	"math/rand/v2"

	"bidrag/evaluate/result"
	"bidrag/publish/disclose"
)

// unit is one made-up project: its scheme, persons, contribution and the error of it.
type unit struct {
	series string
	n      int
	c, se  float64
}

func units() []unit {
	r := rand.New(rand.NewPCG(7, 8))
	out := make([]unit, 411)
	for i := range out {
		u := unit{series: "intro", n: 5 + int(math.Exp(r.NormFloat64()*1.1+3.4))}
		if i%7 == 0 {
			u.series = "jobbsjansen"
		}
		u.se = .47 / math.Sqrt(float64(u.n))
		u.c = r.NormFloat64() * math.Sqrt(u.se*u.se+.08*.08)
		out[i] = u
	}
	return out
}

func variance(x float64) disclose.Number {
	return one(result.Estimate(result.Key{}, result.Number, x, 19316))
}

func sampleFunnel(lang string) Figure {
	var points []FunnelPoint
	for i, u := range units() {
		points = append(points, FunnelPoint{Series: u.series, Label: fmt.Sprintf("Fjordvik %d", i), Faint: u.n < 30, X: estimate(float64(u.n)*1.1, nan, nan, u.n), Y: estimate(u.c, nan, nan, u.n)})
	}
	return Figure{
		ID: "funnel", Lang: lang,
		Title:    in(lang, "De fleste prosjektene ligger innenfor det tilfeldigheter og vanlige forskjeller kan forklare", "Most projects lie within what chance and ordinary differences can explain"),
		Subtitle: in(lang, "Bidrag for 411 prosjekter etter hvor presist det er målt", "Contribution of 411 projects by how precisely it is measured"),
		Alt:      in(lang, "Traktdiagram med 411 prosjekter.", "Funnel plot of 411 projects."),
		Plot: Funnel{Series: schemes(lang), Points: points, SD: variance(.47), Tau2: variance(.08 * .08), Format: Points,
			Limit95:  FunnelLimit{in(lang, "95 %, bare tilfeldigheter", "95%, chance alone"), in(lang, "95 %, også forskjeller mellom prosjekter", "95%, differences between projects too")},
			Limit998: FunnelLimit{in(lang, "99,8 %, bare tilfeldigheter", "99.8%, chance alone"), in(lang, "99,8 %, også forskjeller mellom prosjekter", "99.8%, differences between projects too")},
			Faint:    in(lang, "for få deltakere til å stole på", "too few participants to rely on"),
			AxisX:    in(lang, "Presisjon, som antall deltakere (logaritmisk skala)", "Precision, as a number of participants (log scale)"),
			AxisY:    in(lang, "Bidrag, prosentpoeng", "Contribution, percentage points")},
	}
}

func sampleCaterpillar(lang string) Figure {
	var points []CaterpillarPoint
	for i, u := range units() {
		reliability := .08 * .08 / (.08*.08 + u.se*u.se)
		half := 1.96 * .08 * math.Sqrt(1-reliability)
		points = append(points, CaterpillarPoint{Series: u.series, Label: fmt.Sprintf("Fjordvik %d", i), Faint: reliability < .7, Number: estimate(u.c*reliability, u.c*reliability-half, u.c*reliability+half, u.n)})
	}
	return Figure{
		ID: "caterpillar", Lang: lang,
		Title:    in(lang, "Få prosjekter kan skilles fra det som er forventet", "Few projects can be told from what is expected"),
		Subtitle: in(lang, "Bidrag trukket mot det forventede, med 95 % intervall. 411 prosjekter", "Contribution drawn towards what is expected, with 95% intervals. 411 projects"),
		Alt:      in(lang, "Sortert intervalldiagram.", "Sorted interval plot."),
		Plot: Caterpillar{Series: schemes(lang), Points: points, Format: Points,
			Classes: Classes{in(lang, "over forventet", "above expectation"), in(lang, "som forventet", "as expected"), in(lang, "under forventet", "below expectation")},
			Faint:   in(lang, "for få deltakere til å stole på", "too few participants to rely on"),
			Axis:    in(lang, "Bidrag, prosentpoeng", "Contribution, percentage points"),
			Order:   in(lang, "Prosjektene fra lavest til høyest", "Projects from the lowest to the highest")},
	}
}

// sampleFaintQuadrant is the quadrant with its small projects drawn pale.
func sampleFaintQuadrant(lang string) Figure {
	f := sampleQuadrant(lang)
	f.ID = "contribution-faint"
	q := f.Plot.(Quadrant)
	for i := range q.Points {
		q.Points[i].Faint = q.Points[i].Size.Value() < 30
	}
	q.Faint = in(lang, "for få deltakere til å stole på", "too few participants to rely on")
	f.Plot = q
	return f
}
