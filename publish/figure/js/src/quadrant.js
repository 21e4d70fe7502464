// Quadrant: the contribution of each project against its attainment. The corners
// are named; the lines between them are the mean attainment and no contribution.

import {axisX, axisY, dot, gridX, gridY, link, ruleX, ruleY, text} from "@observablehq/plot";
import {key, paleMarks} from "./key.js";
import {fontSize, gridline, halo, haloAttributes, ink, muted, pale, small, style} from "./look.js";
import {element, footer, legend, textLines} from "./marks.js";
import {linear} from "./scale.js";
import {block, width} from "./text.js";

const MANY = 40; // with more points than this, their intervals would hide them

export function quadrant(plot, context) {
  const {words, narrow, tooltips} = context;
  const X = context.numbersOf(plot.formatX);
  const Y = context.numbersOf(plot.formatY);
  const points = plot.points.filter((p) => drawable(p.x) && drawable(p.y));
  const intervals = points.length <= MANY;
  const mean = drawable(plot.mean) ? plot.mean.v : null;

  const frame = {width: context.width, marginLeft: 52, marginRight: 14};
  const xs = points.map((p) => p.x.v).concat(mean ?? []);
  const ys = points.flatMap((p) => (intervals ? [p.y.v, p.y.lo, p.y.hi].filter(finite) : [p.y.v]));
  const head = legend(plot.series, frame, "dot");
  const sizes = sizeLegend(points, context, frame, head);
  const corners = cornerLines(plot.corners, frame);
  const axisTitle = block(plot.axisY, frame.width, small);
  const keyTop = sizes.below ? head.height + sizes.height : Math.max(head.height, sizes.height);
  const faint = key(points.some((p) => p.faint) ? [paleMarks(plot.faint, plot.series, 4.6)] : [], frame, keyTop);
  const titleTop = keyTop + faint.height;
  const top = titleTop + (plot.axisY ? axisTitle.lines.length * 14 + 6 : 0) + (mean != null ? 16 : 0);
  const inner = Math.round((frame.width - frame.marginLeft - frame.marginRight) * (narrow ? 1.3 : 0.72));
  const bottom = top + inner;

  const xAxis = linear(xs, [frame.marginLeft + 14, frame.width - frame.marginRight - 14], {unit: unit(plot.formatX), count: narrow ? 4 : 7, least: 0, most: plot.formatX === "percent" ? 1 : undefined});
  const yAxis = linear(ys, [bottom - corners.height, top + corners.height], {zero: true, unit: unit(plot.formatY), count: narrow ? 5 : 8});
  const foot = footer(frame, bottom + 24, plot.axisX, []);
  Object.assign(frame, {marginTop: top, height: bottom + 24 + foot.height, marginBottom: 24 + foot.height});

  const most = Math.max(1, ...points.map((p) => size(p.n)));
  const data = points
    .map((p, i) => ({i, series: p.series, x: p.x.v, y: p.y.v, lo: p.y.lo, hi: p.y.hi, r: radius(size(p.n), most, narrow), label: p.label, named: p.named, faint: p.faint, title: tooltips ? tell(p, plot, words, X, Y) : null}))
    .sort((a, b) => b.r - a.r || a.i - b.i);
  const axisText = {tickSize: 0, label: null, fontSize: small, fill: muted, fontVariant: "normal"};
  return {
    frame,
    empty: points.length === 0,
    x: {type: "linear", domain: xAxis.domain, insetLeft: 14, insetRight: 14},
    y: {type: "linear", domain: yAxis.domain, insetTop: corners.height, insetBottom: corners.height},
    marks: [
      gridX({ticks: xAxis.ticks, stroke: gridline, strokeOpacity: 1}),
      gridY({ticks: yAxis.ticks, stroke: gridline, strokeOpacity: 1}),
      axisX({ticks: xAxis.ticks, tickFormat: (t) => X.tick(t, xAxis.step), tickPadding: 7, ...axisText}),
      axisY({ticks: yAxis.ticks, tickFormat: (t) => Y.tick(t, yAxis.step), tickPadding: 7, ...axisText}),
      mean != null && ruleX([mean], {stroke: muted}),
      ruleY([0], {stroke: ink, strokeDasharray: "4 3"}),
      intervals && whiskers(data, plot.series),
      plot.series.map((s) => circles(data.filter((d) => d.series === s.key && d.faint), pale(style(s)))),
      plot.series.map((s) => circles(data.filter((d) => d.series === s.key && !d.faint), style(s))),
      names(data.filter((d) => d.named && d.label !== ""), xAxis, frame)
    ],
    under: () => [],
    extra: (document) => [
      ...head.draw(document),
      ...sizes.draw(document),
      ...faint.draw(document),
      ...(plot.axisY ? [textLines(document, axisTitle.lines, 0, titleTop + 12, small, {fill: muted})] : []),
      ...drawCorners(document, corners, frame, top, bottom),
      ...meanLabel(document, plot, mean, X, xAxis, frame, top),
      ...foot.draw(document)
    ]
  };
}

const finite = (x) => x != null && Number.isFinite(x);
const drawable = (n) => n?.state === "shown" && finite(n.v) && Math.abs(n.v) <= 1e12;
const size = (n) => (drawable(n) && n.v > 0 ? n.v : 1);
const radius = (n, most, narrow) => Math.max(narrow ? 2.1 : 2.8, Math.sqrt(n / most) * (narrow ? 10 : 15));
const unit = (format) => (format === "percent" || format === "points" ? 1 : 10);

function whiskers(data, series) {
  return series.map((s) => {
    const drawn = data.filter((d) => d.series === s.key && finite(d.lo) && finite(d.hi));
    return drawn.length && link(drawn, {x1: "x", x2: "x", y1: "lo", y2: "hi", stroke: style(s).color, strokeOpacity: 0.55});
  });
}

// circles draws one series: the filled ones let others be seen through them.
function circles(data, look) {
  const filled = look.fill === look.color;
  return (
    data.length &&
    dot(data, {
      x: "x",
      y: "y",
      r: "r",
      symbol: look.symbol,
      fill: look.fill,
      fillOpacity: filled ? 0.65 : 0.35,
      stroke: filled ? "white" : look.color,
      strokeWidth: filled ? 0.5 : 1.3,
      title: "title"
    })
  );
}

// names writes the labels of the points that are singled out.
function names(data, axis, frame) {
  const middle = (frame.marginLeft + frame.width - frame.marginRight) / 2;
  const look = {x: "x", y: "y", text: "label", fontSize, fill: ink, ...halo};
  const left = data.filter((d) => axis.at(d.x) > middle);
  const right = data.filter((d) => axis.at(d.x) <= middle);
  return [
    ...right.map((d) => text([d], {...look, textAnchor: "start", dx: d.r + 4})),
    ...left.map((d) => text([d], {...look, textAnchor: "end", dx: -d.r - 4}))
  ];
}

// tell puts a point into words: «Fjordvik: 62 %, +12,3 (1,0 til 20,4), n = 45».
function tell(p, plot, words, X, Y) {
  const series = plot.series.find((s) => s.key === p.series)?.label;
  const name = [p.label, series].filter(Boolean).join(", ");
  const n = drawable(p.n) ? `, ${words.n} = ${X.count(p.n.v)}` : "";
  return `${name && name + ": "}${X.value(p.x.v)}, ${Y.full(p.y.v, p.y.lo, p.y.hi)}${n}`;
}

// sizeLegend shows how many persons three sizes of circle stand for.
function sizeLegend(points, {narrow, words, numbers}, frame, head) {
  const none = {height: 0, draw: () => []};
  const all = points.filter((p) => drawable(p.n)).map((p) => p.n.v);
  if (!all.length) return none;
  const most = Math.max(1, ...all);
  if (most < 2) return none;
  const round = (x) => +x.toPrecision(1);
  const steps = [...new Set([round(most / 30), round(most / 5), round(most)])].filter((n) => n >= 1 && n <= most * 1.2);
  let x = 0;
  const items = steps.map((n) => {
    const r = radius(n, most, narrow);
    const item = {n, r, x: x + r};
    x += 2 * r + 5 + width(numbers.count(n), small) + 12;
    return item;
  });
  const title = `${words.n} =`;
  const start = width(title, small) + 8;
  const below = head.right + start + x + 20 > frame.width;
  const tall = Math.max(...items.map((i) => i.r)) * 2 + 4;
  const left = below ? 0 : frame.width - start - x;
  const y = below ? head.height + tall / 2 : Math.max(tall / 2, 9);
  return {
    height: below ? tall + 6 : Math.max(head.height, tall + 6),
    below,
    draw: (document) => [
      textLines(document, [title], left, y + 4, small, {fill: muted}),
      ...items.flatMap((i) => [
        element(document, "circle", {cx: left + start + i.x, cy: y, r: i.r, fill: "none", stroke: muted}),
        textLines(document, [numbers.count(i.n)], left + start + i.x + i.r + 5, y + 4, small, {fill: muted})
      ])
    ]
  };
}

// cornerLines wraps the names of the quadrants, each into its half of the width.
function cornerLines(corners, frame) {
  const half = (frame.width - frame.marginLeft - frame.marginRight) / 2 - 18;
  const blocks = corners.map((c) => block(c, half, small, true));
  const lines = Math.max(...blocks.map((b) => (b.text === "" ? 0 : b.lines.length)));
  return {blocks, height: lines ? lines * 14 + 14 : 16};
}

// drawCorners writes them: over the points at the top, under them at the bottom.
function drawCorners(document, {blocks}, frame, top, bottom) {
  return blocks.flatMap((b, i) => {
    if (b.text === "") return [];
    const right = i % 2 === 1;
    const y = i < 2 ? top + 13 : bottom - 7 - (b.lines.length - 1) * small * 1.22;
    const x = right ? frame.width - frame.marginRight - 4 : frame.marginLeft + 6;
    return [textLines(document, b.lines, x, y, small, {fill: ink, "font-weight": 600, "text-anchor": right ? "end" : "start", ...haloAttributes})];
  });
}

// meanLabel writes what the vertical line is, over the frame.
function meanLabel(document, plot, mean, X, axis, frame, top) {
  if (mean == null) return [];
  const label = [plot.meanLabel, X.value(mean)].filter((s) => s !== "").join(" ");
  const half = width(label, small) / 2;
  const x = Math.max(frame.marginLeft + half, Math.min(axis.at(mean), frame.width - half));
  return [textLines(document, [label], x, top - 5, small, {fill: muted, "text-anchor": "middle"})];
}
