// Caterpillar: the estimates of many units with their intervals, from the lowest
// to the highest, in a panel for every series. Shape and colour tell which
// intervals are above or below zero.

import {dot, link} from "@observablehq/plot";
import {key, paleMarks, shape} from "./key.js";
import {gridline, ink, muted, pale, small, style} from "./look.js";
import {element, footer, legend, remarks, textLines, tooltip} from "./marks.js";
import {linear} from "./scale.js";
import {block} from "./text.js";

const WIDEST = 18; // pixels between units that are few
const LEFT = 46; // room for the ticks of the value axis

export function caterpillar(plot, context) {
  const {narrow, numbers, words} = context;
  const points = plot.points.filter((p) => drawable(p.number));
  const frame = {width: context.width, marginLeft: 0, marginRight: 0};
  const signs = ["up", "level", "down"].map((kind, i) => shape(plot.classes[i], kind, kind === "level" ? level.color : ink));
  if (points.some((p) => p.faint)) signs.push(paleMarks(plot.faint, plot.series, 3.4));
  const head = key(points.length ? signs : [], frame, 0);
  const axisTitle = block(plot.axis, frame.width, small);
  const top = head.height + (head.height ? 4 : 0) + (plot.axis ? axisTitle.lines.length * 14 + 8 : 0);

  const height = narrow ? 190 : 220;
  const values = points.flatMap((p) => [p.number.v, p.number.lo, p.number.hi]);
  const panels = [];
  let bottom = top;
  for (const s of plot.series) {
    const of = points.filter((p) => p.series === s.key);
    if (!of.length) continue;
    const name = legend(s.label === "" ? [] : [s], frame, "dot");
    const y0 = bottom + name.height + 2;
    const y = linear(values, [y0 + height - 4, y0 + 4], {zero: true, unit: plot.format === "percent" || plot.format === "points" ? 1 : 10, count: narrow ? 5 : 8});
    panels.push({series: s, name, nameTop: bottom, y, y0, y1: y0 + height, ...places(of, s, y, frame, context)});
    bottom = y0 + height + 14;
  }
  if (!panels.length) bottom += 80;
  const foot = footer(frame, bottom - 4, plot.order, remarks(panels.flatMap((p) => p.data), words));
  return {
    frame: {...frame, marginTop: top, height: bottom + foot.height, marginBottom: foot.height},
    empty: panels.length === 0,
    x: {type: "identity"},
    y: {type: "identity"},
    marks: panels.map((p) => [rules(p, frame), marks(p)]),
    under: () => [],
    extra: (document) => [
      ...head.draw(document),
      ...(plot.axis ? [textLines(document, axisTitle.lines, 0, top - axisTitle.lines.length * 14 + 4, small, {fill: muted})] : []),
      ...panels.flatMap((p) => texts(document, p, numbers)),
      ...foot.draw(document)
    ]
  };
}

const drawable = (n) => n?.state === "shown" && n.v != null && Number.isFinite(n.v) && Math.abs(n.v) <= 1e12;
const finite = (x) => x != null && !Number.isNaN(x);

// level is the look of those that are as expected.
const level = {color: "#7d8790", fill: "#7d8790", pale: "#c9ced3", symbol: "circle"};

// places orders the units of a panel and gives each its place in pixels.
function places(points, series, y, frame, context) {
  const order = points.map((p, i) => ({p, i})).sort((a, b) => a.p.number.v - b.p.number.v || a.i - b.i);
  const pitch = Math.min(WIDEST, (frame.width - LEFT - 8) / order.length);
  const at = (v) => (v == null ? null : y.at(v));
  const data = order.map(({p}, k) => {
    const {value, low, high, offLow, offHigh} = y.clip(p.number);
    return {
      kind: kindOf(p.number),
      faint: p.faint === true,
      x: LEFT + 4 + (k + 0.5) * pitch,
      y: at(value),
      low: at(low),
      high: at(high),
      offLow,
      offHigh,
      title: tooltip([p.label, series.label], p.number, context)
    };
  });
  return {data, pitch};
}

// kindOf tells what the interval says.
function kindOf({lo, hi}) {
  if (!finite(lo) || !finite(hi)) return "level";
  if (Math.min(lo, hi) > 0) return "up";
  return Math.max(lo, hi) < 0 ? "down" : "level";
}

function rules({y, y0, y1}, frame) {
  const [x1, x2] = [LEFT, frame.width];
  const across = y.ticks.map((t) => ({x1, x2, y: y.at(t)}));
  const ends = {x1: "x1", x2: "x2", y1: "y", y2: "y"};
  return [link(across, {...ends, stroke: gridline}), link([{x1, x2, y: y.at(0)}], {...ends, stroke: ink, strokeDasharray: "4 3"})];
}

// marks draws a panel: first those that are as expected, then the others.
function marks({data, pitch, series}) {
  const thin = Math.max(0.6, Math.min(1.6, pitch * 0.5));
  const small = Math.max(1.3, Math.min(3, pitch * 0.4));
  const large = Math.max(2.1, Math.min(4.2, pitch * 0.6));
  return ["level", "down", "up"].flatMap((kind) =>
    [true, false].map((faint) => {
      const own = kind === "level" ? level : style(series);
      const color = faint ? pale(own).color : own.color;
      const of = data.filter((d) => d.kind === kind && d.faint === faint);
      const whiskers = of.filter((d) => d.low != null && d.high != null);
      const shown = of.filter((d) => d.y != null);
      const sign = kind === "level" ? {symbol: "circle", r: small} : {symbol: "triangle", r: large, rotate: kind === "down" ? 180 : 0};
      return [
        whiskers.length && link(whiskers, {x1: "x", x2: "x", y1: "low", y2: "high", stroke: color, strokeWidth: thin, strokeOpacity: kind === "level" ? 0.7 : 1}),
        shown.length && dot(shown, {x: "x", y: "y", ...sign, fill: color, title: "title"})
      ];
    })
  );
}

// texts are the name of a panel and the ticks of its value axis.
function texts(document, {name, nameTop, y}, numbers) {
  const ticks = y.ticks.map((t) => textLines(document, [numbers.tick(t, y.step)], LEFT - 7, y.at(t) + 4, small, {fill: muted, "text-anchor": "end"}));
  return [element(document, "g", {transform: `translate(0,${nameTop})`}, ...name.draw(document)), ...ticks];
}
