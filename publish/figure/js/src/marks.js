// The marks all kinds of figure are made of, as Observable Plot marks with our
// looks, and the pieces that stand outside the plot: the legend and its like.

import {axisX, dot, gridX, link, ruleX, text} from "@observablehq/plot";
import {fontSize, gridline, ink, lineHeight, muted, small, style} from "./look.js";
import {block, width} from "./text.js";

// intervals draws estimates' intervals; an arrow where one runs off the axis.
// Every datum has y, x (the estimate or null), low, high, offLow, offHigh.
export function intervals(data, color, strokeWidth = 1.75) {
  const drawn = data.filter((d) => d.low != null && d.high != null);
  const arrows = [
    ...drawn.filter((d) => d.offLow).map((d) => ({x: d.low, y: d.y, turn: -90})),
    ...drawn.filter((d) => d.offHigh).map((d) => ({x: d.high, y: d.y, turn: 90}))
  ];
  return [
    drawn.length && link(drawn, {x1: "low", x2: "high", y1: "y", y2: "y", stroke: color, strokeWidth}),
    arrows.length && dot(arrows, {x: "x", y: "y", symbol: "triangle", rotate: "turn", r: 3.4, fill: color})
  ];
}

// estimates draws the marks of one series.
export function estimates(data, look, {r = 4.6, title} = {}) {
  const drawn = data.filter((d) => d.x != null);
  return drawn.length && dot(drawn, {x: "x", y: "y", r, symbol: look.symbol, fill: look.fill, stroke: look.color, strokeWidth: 2, title});
}

// written draws text at places of the plot. Options are those of Plot.text.
export function written(data, options) {
  return data.length && text(data, {y: "y", text: "text", fill: ink, fontSize, lineHeight, textAnchor: "start", fontVariant: "normal", dy: -0.9, ...options});
}

// atLeft draws text from a pixel to the right of the figure's left edge.
export function atLeft(data, frame, options = {}) {
  return written(data, {frameAnchor: "left", dx: (options.left ?? 0) - frame.marginLeft, ...options});
}

// valueAxis draws the axis at the bottom with its grid.
export function valueAxis(axis, format) {
  return [
    gridX({ticks: axis.ticks, stroke: gridline, strokeOpacity: 1}),
    axisX({ticks: axis.ticks, tickFormat: format, tickSize: 0, tickPadding: 7, label: null, fontSize: small, fill: muted, fontVariant: "normal"})
  ];
}

// element makes an SVG element with attributes and children.
export function element(document, name, attributes = {}, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) e.setAttribute(key, value);
  for (const c of children) e.appendChild(typeof c === "string" ? document.createTextNode(c) : c);
  return e;
}

// textLines makes a text element of several lines; y is the first baseline.
export function textLines(document, lines, x, y, size, attributes = {}) {
  const t = element(document, "text", {x, y, "font-size": size, fill: ink, "text-anchor": "start", ...attributes});
  if (lines.length === 1) t.appendChild(document.createTextNode(lines[0]));
  else lines.forEach((line, i) => t.appendChild(element(document, "tspan", {x, y: y + i * size * lineHeight}, line)));
  return t;
}

// glyph draws the mark of a series as the legend shows it, in a box 14 wide.
function glyph(document, look, kind, x, y) {
  const stroke = {stroke: look.color, "stroke-width": kind === "dot" ? 2 : 1.5};
  if (kind === "bar") return element(document, "rect", {x, y: y - 5.5, width: 14, height: 11, fill: look.area, ...stroke});
  if (kind === "step") {
    return element(document, "path", {d: `M${x},${y + 5.5}v-11h14v11`, fill: look.dash ? "none" : look.color, "fill-opacity": 0.22, stroke: look.color, "stroke-width": 2, "stroke-dasharray": look.dash});
  }
  if (look.symbol === "diamond") return element(document, "path", {d: `M${x + 7},${y - 6}l5,6l-5,6l-5,-6z`, fill: look.fill, ...stroke});
  return element(document, "circle", {cx: x + 7, cy: y, r: 4.6, fill: look.fill, ...stroke});
}

// legend lays the series out in lines from the left; kind is dot, bar or step. It
// returns its height and what to draw.
export function legend(series, frame, kind) {
  const line = 20;
  let x = 0;
  let y = 9;
  const places = series.map((s) => {
    const need = 14 + 6 + width(s.label, fontSize, true) + 18;
    if (x > 0 && x + need > frame.width) [x, y] = [0, y + line];
    const place = {s, x, y};
    x += need;
    return place;
  });
  if (!places.length) return {height: 0, draw: () => []};
  return {
    height: y + 17,
    right: x,
    draw: (document) =>
      places.flatMap(({s, x, y}) => [
        glyph(document, style(s), kind, x, y),
        textLines(document, [s.label], x + 20, y + 4.5, fontSize, {fill: style(s).color, "font-weight": 600})
      ])
  };
}

// footer lays out what stands below the axis: its label and the meaning of the
// signs that the figure uses.
export function footer(frame, top, axisLabel, remarks) {
  let height = 0;
  const drawn = [];
  const add = (lines, x, attributes) => {
    const y = top + height + 11;
    drawn.push((document) => textLines(document, lines, x, y, small, {fill: muted, ...attributes}));
    height += lines.length * small * lineHeight + 4;
  };
  if (axisLabel) {
    const {lines, width: w} = block(axisLabel, frame.width, small);
    const middle = (frame.marginLeft + frame.width - frame.marginRight) / 2;
    add(lines, Math.max(w / 2, Math.min(middle, frame.width - w / 2)), {"text-anchor": "middle"});
  }
  for (const remark of remarks) add(block(remark, frame.width, small).lines, 0);
  return {height, draw: (document) => drawn.map((f) => f(document))};
}

// hairlines draws thin lines across the figure, between its rows.
export function hairlines(document, ys, frame) {
  return ys.map((y) => element(document, "line", {x1: 0, x2: frame.width, y1: y, y2: y, stroke: gridline, "stroke-width": 1}));
}

// referenceLine lays out a line to compare with, such as the mean of all, and
// its label above the plot.
export function referenceLine(reference, axis, frame, {numbers}) {
  const x = reference?.number?.v;
  if (x == null || !(x >= axis.domain[0] && x <= axis.domain[1])) return {height: 0, mark: null, draw: () => []};
  const label = [reference.label, numbers.value(x)].filter((s) => s !== "").join(" ");
  const half = width(label, small) / 2;
  const at = Math.max(frame.marginLeft + half, Math.min(axis.at(x), frame.width - half));
  return {
    height: 17,
    mark: ruleX([x], {stroke: muted, strokeWidth: 1}),
    draw: (document, y) => [textLines(document, [label], at, y + 11, small, {fill: muted, "text-anchor": "middle"})]
  };
}

// tooltip tells a mark in words, for whoever points at it; null when the figure
// has no use for it.
export function tooltip(names, {v, lo, hi, n}, {numbers, words, tooltips}) {
  if (!tooltips) return null;
  const name = names.filter((s) => s !== "").join(", ");
  return (name && name + ": ") + numbers.full(v, lo, hi) + (n > 0 ? `, ${words.n} = ${numbers.count(n)}` : "");
}

// remarks are the meanings of the signs that the data need.
export function remarks(data, words) {
  const off = data.some((d) => d.offLow || d.offHigh);
  return [data.some((d) => d.suppressed) && `:  ${words.suppressed}`, off && `▸  ${words.outside}`].filter(Boolean);
}
