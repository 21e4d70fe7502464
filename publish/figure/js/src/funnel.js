// Funnel: what is judged of every unit against its precision, with limits that
// narrow as the precision grows. Limits that chance alone would keep are thin;
// those that also hold what units differ beyond chance are dark.

import {axisX, axisY, dot, gridX, gridY, line, ruleY} from "@observablehq/plot";
import {key, paleMarks, stroke} from "./key.js";
import {gridline, ink, muted, pale, small, style} from "./look.js";
import {footer, legend, textLines, tooltip} from "./marks.js";
import {linear, positive} from "./scale.js";
import {block} from "./text.js";

const PIECES = 64; // of a limit's curve

export function funnel(plot, context) {
  const {narrow, numbers} = context;
  const points = plot.points.filter((p) => drawable(p.x) && drawable(p.y) && p.x.v > 0);
  const frame = {width: context.width, marginLeft: 46, marginRight: 14};
  const limits = plot.limits.filter((l) => drawable(plot.sd) && (!l.spread || drawable(plot.tau2)));

  const head = legend(plot.series.filter((s) => s.label !== ""), frame, "dot");
  const signs = limits.map((l) => stroke(l.label, looks(l)));
  if (points.some((p) => p.faint)) signs.push(paleMarks(plot.faint, plot.series, 3.4));
  const under = key(signs, frame, head.height);
  const axisTitle = block(plot.axisY, frame.width, small);
  const titleTop = head.height + under.height + (under.height ? 4 : 0);
  const top = titleTop + (plot.axisY ? axisTitle.lines.length * 14 + 8 : 6);
  const bottom = top + (narrow ? 300 : 400);
  const x = positive(points.map((p) => p.x.v), [frame.marginLeft, frame.width - frame.marginRight], {count: narrow ? 6 : 9});
  const y = linear(points.map((p) => p.y.v), [bottom, top], {zero: true, unit: plot.format === "percent" || plot.format === "points" ? 1 : 10, count: narrow ? 5 : 8});
  const foot = footer(frame, bottom + 24, plot.axisX, []);
  Object.assign(frame, {marginTop: top, height: bottom + 24 + foot.height, marginBottom: 24 + foot.height});

  const data = points.map((p) => ({series: p.series, faint: p.faint, x: p.x.v, y: p.y.v, title: tooltip([p.label, label(plot, p)], p.y, context)}));
  const axisText = {tickSize: 0, label: null, fontSize: small, fill: muted, fontVariant: "normal", tickPadding: 7};
  const behind = [...plot.series].reverse(); // the first series is on top
  return {
    frame,
    empty: points.length === 0,
    x: {type: "log", domain: x.domain},
    y: {type: "linear", domain: y.domain},
    marks: [
      gridX({ticks: x.ticks, stroke: gridline, strokeOpacity: 1}),
      gridY({ticks: y.ticks, stroke: gridline, strokeOpacity: 1}),
      axisX({ticks: x.ticks, tickFormat: (t) => numbers.count(t), ...axisText}),
      axisY({ticks: y.ticks, tickFormat: (t) => numbers.tick(t, y.step), ...axisText}),
      ruleY([0], {stroke: ink, strokeDasharray: "4 3"}),
      points.length && limits.map((l) => [1, -1].map((side) => curve(l, side, plot, x, y))),
      behind.map((s) => circles(data.filter((d) => d.series === s.key && d.faint), pale(style(s)), 2.6)),
      behind.map((s) => circles(data.filter((d) => d.series === s.key && !d.faint), style(s), 3.4))
    ],
    under: () => [],
    extra: (document) => [
      ...head.draw(document),
      ...under.draw(document),
      ...(plot.axisY ? [textLines(document, axisTitle.lines, 0, titleTop + 12, small, {fill: muted})] : []),
      ...foot.draw(document)
    ]
  };
}

const drawable = (n) => n?.state === "shown" && n.v != null && Number.isFinite(n.v) && Math.abs(n.v) <= 1e12;
const label = (plot, p) => plot.series.find((s) => s.key === p.series)?.label ?? "";

// looks are those of a limit: 95 % dashed, 99.8 % dotted.
function looks({z, spread}) {
  return {color: spread ? ink : "#7d8790", weight: spread ? 1.6 : 1.1, dash: z < 2.5 ? "7 4" : "1.5 3"};
}

// curve is one side of a limit, from where it comes into the plot.
function curve(limit, side, plot, x, y) {
  const tau2 = limit.spread ? Math.max(0, plot.tau2.v) : 0;
  const edge = Math.abs(side > 0 ? y.domain[1] : y.domain[0]) / limit.z;
  const room = edge * edge - tau2;
  if (!(room > 0)) return null;
  const [low, high] = x.domain;
  const from = Math.max(low, (plot.sd.v * plot.sd.v) / room);
  if (!(from < high)) return null;
  const path = [];
  for (let i = 0; i <= PIECES; i++) {
    const at = Math.min(high, from * Math.pow(high / from, i / PIECES));
    path.push({x: at, y: side * limit.z * Math.sqrt((plot.sd.v * plot.sd.v) / at + tau2)});
  }
  const {color, weight, dash} = looks(limit);
  return line(path, {x: "x", y: "y", stroke: color, strokeWidth: weight, strokeDasharray: dash});
}

function circles(data, look, r) {
  return data.length && dot(data, {x: "x", y: "y", r, symbol: look.symbol, fill: look.fill, fillOpacity: look.fill === look.color ? 0.85 : 0.6, stroke: look.color, strokeWidth: 1.2, title: "title"});
}
