// The bundle's doors: bidragFigure.render for Go, which has no document, and
// bidragFigure.draw for a page that has one.

import "./shim.js";
import {Document, serialise} from "./dom.js";
import {draw} from "./draw.js";

globalThis.bidragFigure = {
  draw: (spec, document = globalThis.document) => draw(spec, document),
  render: (json) => serialise(draw(JSON.parse(json), new Document()))
};
