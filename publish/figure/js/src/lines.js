// Lines: a rate by year, one line per series, with the interval of every point.

import {axisY, gridY, line, link, ruleY, text} from "@observablehq/plot";
import {border, fontSize, gridline, halo, muted, small, style} from "./look.js";
import {estimates, footer, legend, remarks, textLines, tooltip} from "./marks.js";
import {linear, values} from "./scale.js";
import {block, width} from "./text.js";

const APART = 7; // pixels between series at one year, so that intervals do not cover each other

export function lines(plot, context) {
  const {numbers, words, narrow} = context;
  const frame = {width: context.width, marginLeft: 46, marginRight: 20};
  const direct = !narrow && plot.series.every((s) => s.label === "" || last(plot, s) !== null);
  const ends = direct ? plot.series.map((s) => block(s.label, 220, fontSize, true)) : [];
  if (direct) frame.marginRight = Math.max(24, ...ends.map((e) => e.width)) + 26;
  const head = legend(direct ? [] : plot.series, frame, "dot");
  const top = head.height + 24; // room for a value over the highest interval
  const bottom = top + (narrow ? 230 : 300);
  const rate = plot.format === "percent";
  const axis = linear(values(plot.marks.map((m) => m.number)), [bottom, top], {
    zero: plot.zero,
    unit: rate || plot.format === "points" ? 1 : 10,
    count: 6,
    least: rate ? 0 : undefined,
    most: rate ? 1 : undefined
  });
  const left = frame.marginLeft + 24;
  const right = frame.width - frame.marginRight - 24;
  const n = plot.categories.length;
  const at = plot.categories.map((_, i) => (n < 2 ? (left + right) / 2 : left + ((right - left) * i) / (n - 1)));
  const data = plot.series.map((s, k) => datums(plot, s, (k - (plot.series.length - 1) / 2) * APART, at, axis, bottom, context));
  placeValues(data, plot, at, narrow);

  const step = Math.max(1, Math.ceil((n * 44) / Math.max(1, right - left)));
  const ticks = plot.categories.map((c, i) => ({x: at[i], text: block(c.label, Math.max(44, ((right - left) / Math.max(1, n - 1)) * step - 6), small).text})).filter((_, i) => i % step === 0);
  const deep = Math.max(1, ...ticks.map((t) => t.text.split("\n").length)) * 14 + 14;
  const foot = footer(frame, bottom + deep, plot.axis, remarks(data.flat(), words));
  Object.assign(frame, {marginTop: top, height: bottom + deep + foot.height, marginBottom: deep + foot.height});
  const labels = separate(plot.series.map((s, k) => endLabel(data[k], axis, ends[k], style(s))).filter(Boolean), top, bottom);
  const value = {x: "x", text: "value", fontSize: small, ...halo, fontVariant: "normal"};
  return {
    frame,
    empty: !data.flat().some((d) => d.suppressed || d.title !== undefined),
    x: {type: "identity"},
    y: {type: "linear", domain: axis.domain},
    marks: [
      gridY({ticks: axis.ticks, stroke: gridline, strokeOpacity: 1}),
      axis.domain[0] === 0 && ruleY([0], {stroke: border}),
      axisY({ticks: axis.ticks, tickFormat: (t) => numbers.tick(t, axis.step), tickSize: 0, tickPadding: 8, label: null, fontSize: small, fill: muted, fontVariant: "normal"}),
      text(ticks, {x: "x", frameAnchor: "bottom", text: "text", dy: 10, lineAnchor: "top", fontSize: small, fill: muted, fontVariant: "normal"}),
      plot.series.map((s, k) => path(data[k], style(s))),
      plot.series.map((s, k) => whiskers(data[k], style(s))),
      plot.series.map((s, k) => estimates(data[k].filter((d) => !d.suppressed), style(s), {title: "title"})),
      plot.series.map((s, k) => {
        const shown = data[k].filter((d) => d.value);
        const hidden = data[k].filter((d) => d.suppressed);
        const fill = style(s).color;
        return [
          shown.length && text(shown.filter((d) => d.above), {...value, y: "high", dy: -8, lineAnchor: "bottom", fill}),
          shown.length && text(shown.filter((d) => !d.above), {...value, y: "low", dy: 9, lineAnchor: "top", fill}),
          hidden.length && text(hidden, {x: "x", frameAnchor: "bottom", dy: -6, text: () => ":", fill, fontWeight: 700, fontSize: fontSize + 2})
        ];
      })
    ],
    under: () => [],
    extra: (document) => [
      ...head.draw(document),
      ...labels.map((l) => textLines(document, l.lines, l.x, l.y - ((l.lines.length - 1) * 16) / 2 + 4.5, fontSize, {fill: l.color, "font-weight": 600})),
      ...foot.draw(document)
    ]
  };
}

const numberOf = (plot, series, category) => plot.marks.find((m) => m.series === series.key && m.category === category.key)?.number;

// last is the last shown number of a series, null when there is none.
function last(plot, series) {
  const shown = plot.categories.map((c) => numberOf(plot, series, c)).filter((x) => x?.state === "shown");
  return shown.length ? shown[shown.length - 1] : null;
}

function datums(plot, series, aside, at, axis, bottom, context) {
  return plot.categories.map((c, i) => {
    const number = numberOf(plot, series, c);
    const x = at[i] + aside;
    if (number?.state === "suppressed") return {x, y: null, suppressed: true};
    if (number?.state !== "shown") return {x, y: null};
    const {value, low, high, offLow, offHigh} = axis.clip(number);
    return {x, y: value, low: low ?? value, high: high ?? value, interval: low != null, offLow, offHigh, number, title: tooltip([series.label, c.label], number, context), text: context.numbers.value(number.v)};
  });
}

// placeValues decides which points have their value written, and on which side
// of the mark: the highest of a year above its interval, the lowest below.
function placeValues(data, plot, at, narrow) {
  const room = at.length < 2 ? Infinity : at[1] - at[0];
  const every = room > (narrow ? 38 : 46);
  at.forEach((_, i) => {
    const year = data.map((d) => d[i]).filter((d) => d.y != null);
    const top = Math.max(...year.map((d) => d.y));
    const low = Math.min(...year.map((d) => d.y));
    for (const d of year) {
      const edge = d.y === top || d.y === low;
      d.above = d.y === top;
      if ((every || i === at.length - 1) && edge) d.value = d.text;
    }
  });
}

function path(data, look) {
  return data.some((d) => d.y != null) && line(data, {x: "x", y: "y", stroke: look.color, strokeWidth: 2});
}

function whiskers(data, look) {
  const drawn = data.filter((d) => d.interval);
  return drawn.length && link(drawn, {x1: "x", x2: "x", y1: "low", y2: "high", stroke: look.color, strokeWidth: 1.5});
}

function endLabel(data, axis, lines, look) {
  const end = [...data].reverse().find((d) => d.y != null);
  if (!end || !lines || lines.text === "") return null;
  return {x: end.x + 14, y: axis.at(end.y), lines: lines.lines, color: look.color};
}

// separate moves labels apart until none covers another.
function separate(labels, top, bottom) {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  for (let i = 1; i < sorted.length; i++) {
    const need = (sorted[i - 1].lines.length + sorted[i].lines.length) * 8 + 2;
    if (sorted[i].y - sorted[i - 1].y < need) sorted[i].y = sorted[i - 1].y + need;
  }
  const over = sorted.length ? sorted[sorted.length - 1].y - bottom : 0;
  if (over > 0) for (const l of sorted) l.y = Math.max(top, l.y - over);
  return labels;
}
