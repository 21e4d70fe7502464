// Scatter: points on two numeric axes, with what they are held against: a line
// (dashed when it means no effect) and a band. Several panels stand as small
// multiples, each with an x axis of its own and all with the same y axis.
//
// The panels have different scales, so everything is laid out in pixels and
// Plot's own scales are the identity.

import {areaY, dot, link} from "@observablehq/plot";
import {gridline, ink, muted, small, style} from "./look.js";
import {footer, legend, remarks, textLines, tooltip} from "./marks.js";
import {linear} from "./scale.js";
import {block} from "./text.js";

const MANY = 100; // with more points than this in a panel they are small
const TICKS = 22; // room for the ticks of an x axis

export function scatter(plot, context) {
  const {words, narrow} = context;
  const numbers = {X: context.numbersOf(plot.formatX), Y: context.numbers};
  const panels = plot.panels.map((p) => ({...p, points: p.points.filter(drawn), band: p.band.filter(drawn)}));
  const frame = {width: context.width, marginLeft: 0, marginRight: 0};
  const head = legend(plot.series.filter((s) => s.label !== ""), frame, "dot");
  const axisTitle = block(plot.axisY, frame.width, small);
  const top = head.height + (plot.axisY ? axisTitle.lines.length * 14 + 8 : 0);
  const grid = places(panels, top, frame.width, narrow);
  const ys = panels.flatMap((p) => [...p.points.flatMap(ends), ...p.band.flatMap(ends)]);
  const xs = panels.flatMap((p) => [...p.points, ...p.band].map((d) => d.x.v));
  for (const g of grid.panels) lay(g, plot, xs, ys, narrow);
  const data = grid.panels.map((g) => points(g, plot, {...context, numbers: numbers.Y}, numbers));
  const foot = footer(frame, grid.bottom, grid.panels.length === 1 ? grid.panels[0].axis : "", remarks(data.flat(), words));
  Object.assign(frame, {height: grid.bottom + foot.height, marginTop: 0, marginBottom: 0});
  return {
    frame: {...frame, marginTop: top, marginBottom: frame.height - grid.bottom},
    empty: panels.every((p) => p.points.length === 0),
    x: {type: "identity"},
    y: {type: "identity"},
    marks: grid.panels.map((g, i) => [
      rules(g),
      band(g),
      against(g, plot.line),
      plot.series.map((s) => marks(data[i].filter((d) => d.series === s.key), style(s), data[i].length > MANY))
    ]),
    under: () => [],
    extra: (document) => [
      ...head.draw(document),
      ...(plot.axisY ? [textLines(document, axisTitle.lines, 0, head.height + 12, small, {fill: muted})] : []),
      ...grid.panels.flatMap((g) => texts(document, g, numbers, grid.panels.length > 1)),
      ...foot.draw(document)
    ]
  };
}

const usable = (n) => n?.state === "shown" && n.v != null && Number.isFinite(n.v) && Math.abs(n.v) <= 1e12;
const drawn = (d) => usable(d.x) && usable(d.y);
const ends = (d) => [d.y.v, d.y.lo, d.y.hi].filter((v) => v != null && Number.isFinite(v) && Math.abs(v) <= 1e12);
const unit = (format) => (format === "percent" || format === "points" ? 1 : 10);

// places gives every panel its rectangle, in rows of up to three.
function places(panels, top, width, narrow) {
  const n = panels.length;
  const columns = narrow || n === 1 ? 1 : n === 2 || n === 4 ? 2 : 3;
  const left = 46;
  const gap = columns === 1 ? 0 : 14;
  const each = (width - gap * (columns - 1)) / columns;
  const height = n === 1 ? (narrow ? 270 : 340) : narrow ? 170 : 180;
  const out = [];
  let y = top;
  for (let row = 0; row * columns < n; row++) {
    const inRow = panels.slice(row * columns, (row + 1) * columns).map((p) => ({
      ...p,
      heading: block(p.title, each - left, small, true),
      label: n === 1 ? block("", each, small) : block(p.axis, each - left, small)
    }));
    const above = Math.max(...inRow.map((p) => (p.title ? p.heading.lines.length * 14 + 6 : 8)));
    const below = TICKS + Math.max(...inRow.map((p) => (p.label.text ? p.label.lines.length * 14 + 12 : 4)));
    inRow.forEach((p, i) => out.push({...p, x0: i * (each + gap) + left, x1: i * (each + gap) + each - 14, y0: y + above, y1: y + above + height}));
    y += above + height + below;
  }
  return {panels: out, bottom: n ? y : top + 120};
}

// lay fits the axes of a panel. Against the line of equal values both axes are
// the same.
function lay(g, plot, xs, ys, narrow) {
  const own = [...g.points, ...g.band].map((d) => d.x.v);
  const equal = plot.line === "identity" && plot.formatX === plot.format;
  const wide = g.x1 - g.x0 > 400;
  const share = (format) => (format === "percent" ? {least: 0, most: 1} : {});
  g.x = linear(equal ? xs.concat(ys) : own, [g.x0 + 8, g.x1 - 8], {unit: unit(plot.formatX), count: wide ? 8 : narrow ? 5 : 4, ...share(plot.formatX)});
  // A number of whole levels has ticks at these only.
  const whole = g.x.ticks.filter(Number.isInteger);
  if (own.every(Number.isInteger) && whole.length > 1) Object.assign(g.x, {ticks: whole, step: Math.max(1, g.x.step)});
  g.y = linear(equal ? xs.concat(ys) : ys, [g.y1 - 6, g.y0 + 6], {unit: unit(plot.format), zero: plot.line === "zero", count: 5, ...share(plot.format)});
}

// points are the marks of a panel in pixels.
function points(g, plot, context, numbers) {
  return g.points.map((p) => {
    const {value, low, high, offLow, offHigh} = g.y.clip(p.y);
    const series = plot.series.find((s) => s.key === p.series)?.label ?? "";
    const at = (v) => (v == null ? null : g.y.at(v));
    return {
      series: p.series,
      x: g.x.at(p.x.v),
      y: at(value),
      low: at(low),
      high: at(high),
      offLow,
      offHigh,
      title: tooltip([g.title, series, p.label, numbers.X.value(p.x.v)], p.y, context)
    };
  });
}

function rules(g) {
  const across = g.y.ticks.map((t) => ({x1: g.x0, x2: g.x1, y1: g.y.at(t), y2: g.y.at(t)}));
  const down = g.x.ticks.map((t) => ({x1: g.x.at(t), x2: g.x.at(t), y1: g.y0, y2: g.y1}));
  return link([...across, ...down], {x1: "x1", x2: "x2", y1: "y1", y2: "y2", stroke: gridline});
}

function band(g) {
  const within = g.band
    .filter((d) => d.y.lo != null && d.y.hi != null)
    .sort((a, b) => a.x.v - b.x.v)
    .map((d) => ({x: g.x.at(d.x.v), ...clipped(g, d.y)}));
  return within.length > 1 && areaY(within, {x: "x", y1: "low", y2: "high", fill: "#d5d9de", fillOpacity: 0.7});
}

function clipped(g, y) {
  const {low, high} = g.y.clip(y);
  return {low: g.y.at(low), high: g.y.at(high)};
}

// against is what the points are held against: no effect, or equal values.
function against(g, line) {
  const place = (a, b) => link([{x1: a[0], y1: a[1], x2: b[0], y2: b[1]}], {x1: "x1", x2: "x2", y1: "y1", y2: "y2", stroke: ink, strokeDasharray: line === "zero" ? "4 3" : undefined});
  const [low, high] = g.y.domain;
  if (line === "zero" && low <= 0 && high >= 0) return place([g.x0, g.y.at(0)], [g.x1, g.y.at(0)]);
  if (line !== "identity") return null;
  const from = Math.max(low, g.x.domain[0]);
  const to = Math.min(high, g.x.domain[1]);
  return from < to && place([g.x.at(from), g.y.at(from)], [g.x.at(to), g.y.at(to)]);
}

function marks(data, look, many) {
  const whiskers = data.filter((d) => d.low != null && d.high != null);
  const shown = data.filter((d) => d.y != null);
  return [
    whiskers.length && link(whiskers, {x1: "x", x2: "x", y1: "low", y2: "high", stroke: look.color, strokeWidth: 1.25, strokeOpacity: 0.75}),
    shown.length && dot(shown, {x: "x", y: "y", r: many ? 2 : 3.2, symbol: look.symbol, fill: look.fill, stroke: look.color, strokeWidth: many ? 1 : 1.4, title: "title"})
  ];
}

// texts are the heading of a panel, the ticks of its axes and the label below.
function texts(document, g, {X, Y}, labelled) {
  const middle = (g.x0 + g.x1) / 2;
  const out = g.x.ticks.map((t) => textLines(document, [X.tick(t, g.x.step)], g.x.at(t), g.y1 + 15, small, {fill: muted, "text-anchor": "middle"}));
  for (const t of g.y.ticks) out.push(textLines(document, [Y.tick(t, g.y.step)], g.x0 - 7, g.y.at(t) + 4, small, {fill: muted, "text-anchor": "end"}));
  if (g.title) out.push(textLines(document, g.heading.lines, g.x0, g.y0 - 6 - (g.heading.lines.length - 1) * 14, small, {"font-weight": 600}));
  if (labelled && g.label.text) out.push(textLines(document, g.label.lines, middle, g.y1 + TICKS + 9, small, {fill: muted, "text-anchor": "middle"}));
  return out;
}
