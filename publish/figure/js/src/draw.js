// draw turns the spec of a figure into one SVG element. The spec is what the Go
// side writes (spec.go): texts, the kind of plot, and numbers that have passed
// the gate.

import {plot} from "@observablehq/plot";
import {caterpillar} from "./caterpillar.js";
import {forest} from "./forest.js";
import {funnel} from "./funnel.js";
import {lines} from "./lines.js";
import {fontFamily, fontSize, haloAttributes, ink, muted, paper, small} from "./look.js";
import {element, textLines} from "./marks.js";
import {numbers, words} from "./number.js";
import {quadrant} from "./quadrant.js";
import {bars, dots} from "./rows.js";
import {scatter} from "./scatter.js";
import {steps} from "./steps.js";
import {block} from "./text.js";

const kinds = {dots, bars, lines, forest, quadrant, scatter, funnel, caterpillar, steps};

// draw returns the SVG element of a spec. Of the spec's form:
//   page    a file of its own, with title, subtitle and note
//   wide    the plot alone
//   narrow  the plot alone, laid out for a phone
export function draw(spec, document) {
  return assemble(spec, compose(spec, document), document);
}

// assemble puts the texts of the figure's form around a drawing.
export function assemble(spec, drawing, document) {
  return spec.form === "page" ? page(spec, drawing, document) : alone(spec, drawing, document);
}

// compose lets Plot draw, and puts what stands outside the plot around it. The
// drawing {width, height, children} is the same for a page and for the plot
// alone.
export function compose(spec, document) {
  const narrow = spec.form === "narrow";
  const context = {
    width: narrow ? 360 : 720,
    narrow,
    tooltips: !narrow,
    words: words(spec.lang),
    numbers: numbers(spec.lang, spec.plot.format),
    numbersOf: (format) => numbers(spec.lang, format)
  };
  const kind = kinds[spec.plot.kind];
  if (!kind) throw new Error(`no such kind of plot: ${spec.plot.kind}`);
  const {frame, x, y, marks, under, extra, empty} = kind(spec.plot, context);
  const {width, height, marginTop, marginRight, marginBottom, marginLeft} = frame;
  const drawn = plot({
    document,
    width,
    height,
    marginTop,
    marginRight,
    marginBottom,
    marginLeft,
    className: "plot",
    x: {...x, axis: null},
    y: y ? {...y, axis: null} : {type: "identity", axis: null},
    r: {type: "identity"},
    marks: marks.flat(Infinity).filter(Boolean)
  });
  const children = [...drawn.childNodes].filter((c) => c.tagName === "g");
  for (const c of children) c.removeAttribute("aria-label");
  if (empty) children.push(nothing(document, frame, context));
  return {width, height, children: [...under(document), ...children, ...extra(document)]};
}

// nothing says that a plot has nothing to show.
function nothing(document, {width, height, marginTop, marginRight, marginBottom, marginLeft}, {words}) {
  const x = (marginLeft + width - marginRight) / 2;
  const y = (marginTop + height - marginBottom) / 2 + 4;
  return textLines(document, [words.none], x, y, fontSize, {fill: muted, "text-anchor": "middle", ...haloAttributes});
}

function root(document, spec, width, height, attributes) {
  return element(document, "svg", {
    viewBox: `0 0 ${width} ${Math.ceil(height)}`,
    role: "img",
    ...attributes,
    "xml:lang": spec.lang,
    lang: spec.lang,
    "font-family": fontFamily,
    "font-size": fontSize,
    fill: ink,
    "text-anchor": "middle"
  });
}

// alone is the plot for a page that writes its caption itself. It has no ids.
function alone(spec, {width, height, children}, document) {
  const svg = root(document, spec, width, height, {
    "aria-label": spec.alt || spec.title
  });
  for (const c of children) svg.appendChild(c);
  return svg;
}

const PAD = 18;

// page is a file of its own.
function page(spec, {width, height, children}, document) {
  const full = width + 2 * PAD;
  const texts = [];
  let y = PAD;
  const add = (text, size, leading, attributes) => {
    if (text === "") return;
    const {lines} = block(text, width, size, attributes["font-weight"] === 700);
    texts.push(textLines(document, lines, PAD, y + size * 0.95, size, attributes));
    y += lines.length * size * 1.22 + leading;
  };
  add(spec.title, 18, 5, {"font-weight": 700});
  add(spec.subtitle, 13.5, 4, {fill: muted});
  y += 12;
  const body = element(document, "g", {transform: `translate(${PAD},${y})`}, ...children);
  y += height + 12;
  add(spec.note, small, 0, {fill: muted});
  const id = "figure-" + spec.id;
  const svg = root(document, spec, full, y + PAD - 4, {
    width: full,
    height: Math.ceil(y + PAD - 4),
    "aria-labelledby": `${id}-title ${id}-desc`
  });
  svg.appendChild(element(document, "title", {id: `${id}-title`}, spec.title));
  svg.appendChild(element(document, "desc", {id: `${id}-desc`}, spec.alt));
  svg.appendChild(element(document, "rect", {width: "100%", height: "100%", fill: paper}));
  for (const t of texts) svg.appendChild(t);
  svg.appendChild(body);
  return svg;
}
