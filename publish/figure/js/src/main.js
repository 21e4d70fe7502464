// The bundle's doors: bidragFigure.draw for a page that has a document, and
// bidragFigure.render for Go, which has none.

import "./shim.js";
import {Document, Raw, serialise} from "./dom.js";
import {assemble, compose, draw} from "./draw.js";

// The last drawing in wide form: a file and a page show the same one.
let last = {plot: null, lang: null, drawing: null};

// render writes a figure as XML. Its plot comes as JSON of its own.
function render(texts, plot) {
  const document = new Document();
  const spec = JSON.parse(texts);
  if (spec.form !== "narrow" && last.plot === plot && last.lang === spec.lang) {
    return serialise(assemble(spec, last.drawing, document));
  }
  spec.plot = JSON.parse(plot);
  const {width, height, children} = compose(spec, document);
  const drawing = {width, height, children: [new Raw(children.map((c) => serialise(c, false)).join(""))]};
  if (spec.form !== "narrow") last = {plot, lang: spec.lang, drawing};
  return serialise(assemble(spec, drawing, document));
}

globalThis.bidragFigure = {
  draw: (spec, document = globalThis.document) => draw(spec, document),
  render
};
