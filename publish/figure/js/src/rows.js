// Dots and bars: one row per category, one lane per series within it.

import {rectX, ruleX} from "@observablehq/plot";
import {border, fontSize, halo, ink, lineHeight, style} from "./look.js";
import {atLeft, estimates, footer, hairlines, intervals, legend, referenceLine, remarks, tooltip, valueAxis, written} from "./marks.js";
import {linear, values} from "./scale.js";
import {block, width} from "./text.js";

const BESIDE = 9; // from the end of a mark to the number beside it

// dots draws rates or other estimates by category: a mark with its interval.
export const dots = (plot, context) => rows(plot, context, {lane: 16, gap: 10, bars: false});

// bars draws shares by category as bars from zero.
export const bars = (plot, context) => rows(plot, context, {lane: 17, gap: 11, bars: true});

function rows(plot, context, looks) {
  const {numbers, words} = context;
  const frame = {width: context.width, marginLeft: context.narrow ? 12 : 0, marginRight: context.narrow ? 46 : 54};
  const lanes = layOut(plot, context, looks, frame);
  const rate = plot.format === "percent";
  const axis = linear(values([...plot.marks.map((m) => m.number), plot.reference?.number]), [frame.marginLeft, frame.width - frame.marginRight], {
    zero: plot.zero || looks.bars,
    unit: rate || plot.format === "points" ? 1 : 10,
    count: context.narrow ? 4 : 6,
    least: rate ? 0 : undefined,
    most: rate ? 1 : undefined
  });
  const data = plot.series.map((s) => datums(plot, s, lanes, axis, context));
  const names = nameSeries(plot.series, data, axis, frame, looks.bars ? [false] : [false, true]);
  const head = names ? legend([], frame) : legend(plot.series, frame, looks.bars ? "bar" : "dot");
  const line = referenceLine(plot.reference, axis, frame, context);
  const top = head.height + line.height + 2;
  for (const d of data.flat()) d.y += top;

  const all = data.flat();
  const bottom = top + lanes.height;
  const foot = footer(frame, bottom + 24, plot.axis, remarks(all, words));
  Object.assign(frame, {marginTop: top, height: bottom + 24 + foot.height, marginBottom: 24 + foot.height});

  const [low, high] = axis.domain;
  const noEffect = plot.format === "points" && low <= 0 && high >= 0;
  return {
    frame,
    empty: all.length === 0,
    x: {type: "linear", domain: axis.domain},
    marks: [
      valueAxis(axis, (t) => numbers.tick(t, axis.step)),
      noEffect ? ruleX([0], {stroke: ink, strokeDasharray: "4 3"}) : low === 0 && ruleX([0], {stroke: border}),
      line.mark,
      labels(lanes, top, frame),
      plot.series.map((s, i) => drawSeries(data[i], style(s), looks)),
      plot.series.map((s, i) => writeSeries(data[i], style(s), s.label, names?.get(s.key), frame))
    ],
    under: (document) => (looks.bars ? [] : hairlines(document, lanes.rows.slice(1).map((r) => r.top + top), frame)),
    extra: (document) => [...head.draw(document), ...line.draw(document, head.height), ...foot.draw(document)]
  };
}

// layOut places every row and lane, from 0 downwards, and decides the left margin.
function layOut(plot, context, looks, frame) {
  const {narrow} = context;
  const widest = narrow ? context.width : Math.min(250, context.width * 0.36);
  const blocks = plot.categories.map((c) => block(c.label, widest, fontSize));
  if (!narrow) frame.marginLeft = Math.ceil(Math.max(0, ...blocks.map((b) => b.width))) + 16;
  const gap = plot.categories.length > 12 ? looks.gap - 2 : looks.gap;
  const inLanes = Math.max(1, plot.series.length) * looks.lane;
  let y = 0;
  const rows = blocks.map((b) => {
    const text = b.lines.join("") === "" ? 0 : b.lines.length * fontSize * lineHeight;
    const height = (narrow ? text + 3 + inLanes : Math.max(text, inLanes)) + gap;
    const first = narrow ? y + gap / 2 + text + 3 : y + (height - inLanes) / 2;
    const row = {
      text: b.text,
      top: y,
      label: narrow ? y + gap / 2 + text / 2 : y + height / 2,
      lanes: plot.series.map((_, i) => first + (i + 0.5) * looks.lane)
    };
    y += height;
    return row;
  });
  return {rows, height: Math.max(y, 24)};
}

// datums are the marks of one series, each in its lane.
function datums(plot, series, lanes, axis, context) {
  const column = plot.series.indexOf(series);
  const of = new Map(plot.marks.filter((m) => m.series === series.key).map((m) => [m.category, m.number]));
  return plot.categories.flatMap((c, row) => {
    const number = of.get(c.key);
    const y = lanes.rows[row].lanes[column];
    if (!number || number.state === "absent") return [];
    if (number.state === "suppressed") return [{y, row, suppressed: true, text: ":"}];
    const part = axis.clip(number);
    return [{y, row, x: part.value, ...part, text: context.numbers.value(number.v), title: tooltip([series.label, c.label], number, context)}];
  });
}

// nameSeries finds a row near the top where the name of every series fits
// beside its mark, so that no legend is needed: series key → {row, left}. It is
// null when there is no such row.
function nameSeries(series, data, axis, frame, sides) {
  for (let row = 0; row < 3; row++) {
    for (const left of sides) {
      const fits = series.every((s, i) => {
        if (s.label === "") return true;
        const d = data[i].find((d) => d.row === row && !d.suppressed);
        if (!d) return false;
        const name = width(s.label, fontSize, true) + 10;
        if (left) return axis.at(d.start) - BESIDE - name > frame.marginLeft;
        return axis.at(d.end) + BESIDE + width(d.text, fontSize) + name < frame.width;
      });
      if (fits) return new Map(series.map((s) => [s.key, {row, left}]));
    }
  }
  return null;
}

// drawSeries draws one series' marks.
function drawSeries(data, look, looks) {
  const shown = data.filter((d) => !d.suppressed);
  if (!looks.bars) return [intervals(shown, look.color), estimates(shown, look, {title: "title"})];
  const half = looks.lane / 2 - 1;
  const solid = shown.map((d) => ({...d, zero: 0, x: d.value ?? d.end, y1: d.y - half, y2: d.y + half}));
  return [
    solid.length && rectX(solid, {x1: "zero", x2: "x", y1: "y1", y2: "y2", fill: look.area, stroke: look.color, strokeWidth: 1.25, title: "title"}),
    intervals(shown, ink, 1.25)
  ];
}

// writeSeries writes the values beside the marks, the sign of a suppressed
// number at the left edge, and the name of the series where it has a place.
function writeSeries(data, look, label, place, frame) {
  const shown = data.filter((d) => !d.suppressed);
  const named = label === "" ? undefined : shown.find((d) => d.row === place?.row);
  const name = named && {y: named.y, x: place.left ? named.start : named.end, text: label};
  return [
    written(shown, {x: "end", dx: BESIDE, ...halo}),
    atLeft(data.filter((d) => d.suppressed), frame, {left: frame.marginLeft + 3, fill: look.color, fontWeight: 700, fontSize: fontSize + 2}),
    name &&
      written([name], {
        x: "x",
        dx: place.left ? -BESIDE : BESIDE + width(named.text, fontSize) + 8,
        textAnchor: place.left ? "end" : "start",
        fill: look.color,
        fontWeight: 600,
        ...halo
      })
  ];
}

// labels writes the categories' names: at the left, or over the lanes when narrow.
function labels(lanes, top, frame) {
  return atLeft(lanes.rows.map((r) => ({y: r.label + top, text: r.text})), frame, halo);
}
