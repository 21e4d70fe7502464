package figure

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/dop251/goja"
)

// Bundle is the drawing program for a page that draws figures live: it defines
// bidragFigure.draw(spec), which returns an SVG element.
//
//go:embed js/dist/figure.js
var Bundle string

// Licenses are the licences of what the bundle contains.
//
//go:embed js/dist/LICENSES.txt
var Licenses string

// CSS must stand once in the style sheet of a page with Inline figures: it
// shows the form of a figure that suits the width it has.
const CSS = `.figure-plot{container-type:inline-size}
.figure-plot svg{display:block;width:100%;height:auto}
.figure-wide{max-width:760px}
.figure-narrow{display:none;max-width:540px}
@container (max-width:540px){.figure-wide{display:none}.figure-narrow{display:block}}
`

// compiled is the bundle, compiled once for the whole program.
var compiled = sync.OnceValues(func() (*goja.Program, error) {
	return goja.Compile("figure.js", Bundle, false)
})

// A Renderer draws figures. It is for one goroutine; several may work side by
// side. What it draws depends on the figure alone.
type Renderer struct {
	vm     *goja.Runtime
	render goja.Callable
}

// NewRenderer starts a drawing engine.
func NewRenderer() (*Renderer, error) {
	program, err := compiled()
	if err != nil {
		return nil, fmt.Errorf("the drawing program: %w", err)
	}
	vm := goja.New()
	if _, err := vm.RunProgram(program); err != nil {
		return nil, fmt.Errorf("the drawing program: %w", err)
	}
	render, ok := goja.AssertFunction(vm.Get("bidragFigure").ToObject(vm).Get("render"))
	if !ok {
		return nil, fmt.Errorf("the drawing program has no function render")
	}
	return &Renderer{vm: vm, render: render}, nil
}

// SVG draws the figure as a file of its own: title, subtitle, plot and note,
// with title and alternative text for assistive technology.
func (r *Renderer) SVG(f Figure) (string, error) {
	svg, err := r.draw(f, "page")
	if err != nil {
		return "", err
	}
	return svg + "\n", nil
}

// Inline draws the plot alone, for a page that writes the caption itself: an
// HTML fragment with the plot in a wide form, and in a narrow one for a phone
// or a column; the page needs CSS. It has no ids. The alternative text is its label.
func (r *Renderer) Inline(f Figure) (string, error) {
	wide, err := r.draw(f, "wide")
	if err != nil {
		return "", err
	}
	narrow, err := r.draw(f, "narrow")
	if err != nil {
		return "", err
	}
	return `<div class="figure-plot"><div class="figure-wide">` + wide + `</div><div class="figure-narrow">` + narrow + "</div></div>\n", nil
}

func (r *Renderer) draw(f Figure, form string) (string, error) {
	texts, plot, err := f.marshal(form)
	if err != nil {
		return "", fmt.Errorf("figure %q: %w", f.ID, err)
	}
	svg, err := r.call(texts, plot)
	if err != nil {
		return "", fmt.Errorf("figure %q: %w", f.ID, err)
	}
	return svg, nil
}

// call runs the drawing program. A failure of it, and of the engine itself, is
// an error of this figure.
func (r *Renderer) call(texts, plot string) (svg string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the drawing engine failed: %v", p)
		}
	}()
	value, err := r.render(goja.Undefined(), r.vm.ToValue(texts), r.vm.ToValue(plot))
	if err != nil {
		return "", err
	}
	return value.String(), nil
}
