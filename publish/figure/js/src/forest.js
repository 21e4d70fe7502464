// Forest: estimates with intervals, one to a row, under small headings, with the
// numbers written at the right. Odds ratios stand on a log axis with a dashed
// line at 1; differences on a linear one with a dashed line at 0.

import {ruleX} from "@observablehq/plot";
import {fontSize, halo, ink, lineHeight, muted, style} from "./look.js";
import {atLeft, estimates, footer, hairlines, intervals, remarks, tooltip, valueAxis, written} from "./marks.js";
import {linear, log, values} from "./scale.js";
import {block, width} from "./text.js";

export function forest(plot, context) {
  const {numbers, words, narrow} = context;
  const figures = plot.rows.map((r) => describe(r.number, context));
  const column = Math.ceil(Math.max(0, ...figures.map((f) => width(f.text, fontSize)))) + 6;
  const frame = {width: context.width, marginLeft: narrow ? 18 : 0, marginRight: narrow ? 18 : column + 14};
  const laid = layOut(plot, context, frame, column);
  const range = [frame.marginLeft, frame.width - frame.marginRight];
  const shown = values(plot.rows.map((r) => r.number));
  const axis = plot.log
    ? log(shown, range, {count: narrow ? 6 : 8})
    : linear(shown, range, {zero: true, unit: plot.format === "points" || plot.format === "percent" ? 1 : 10, count: narrow ? 4 : 6});

  const top = 2;
  const look = style({style: "focus"});
  const data = plot.rows.flatMap((r, i) => {
    if (r.number?.state !== "shown") return [];
    const part = axis.clip(r.number);
    return [{y: laid.rows[i].mark + top, x: part.value, ...part, title: tooltip([r.label], r.number, context)}];
  });
  const hidden = plot.rows.flatMap((r, i) => (r.number?.state === "suppressed" ? [{y: laid.rows[i].mark + top, text: ":", suppressed: true}] : []));
  const bottom = top + laid.height;
  const foot = footer(frame, bottom + 24, plot.axis, remarks([...data, ...hidden], words));
  Object.assign(frame, {marginTop: top, height: bottom + 24 + foot.height, marginBottom: 24 + foot.height});

  const texts = laid.rows.map((r, i) => ({y: r.number + top, ...figures[i]}));
  const right = {frameAnchor: "right", textAnchor: "end", dx: frame.marginRight, ...halo};
  return {
    frame,
    empty: plot.rows.length === 0,
    x: {type: axis.type, domain: axis.domain},
    marks: [
      valueAxis(axis, (t) => (plot.log ? numbers.logTick(t) : numbers.tick(t, axis.step))),
      ruleX([plot.log ? 1 : 0], {stroke: ink, strokeDasharray: "4 3"}),
      atLeft(laid.headings.map((h) => ({y: h.y + top, text: h.text})), frame, {fontWeight: 700, ...halo}),
      atLeft(laid.rows.map((r) => ({y: r.label + top, text: r.text})), frame, halo),
      intervals(data, look.color),
      estimates(data, look, {title: "title", r: 4}),
      atLeft(hidden, frame, {left: frame.marginLeft + 3, fill: look.color, fontWeight: 700, fontSize: fontSize + 2}),
      written(texts.filter((t) => t.estimated), right),
      written(texts.filter((t) => !t.estimated), {...right, fill: muted})
    ],
    under: (document) => hairlines(document, laid.lines.map((y) => y + top), frame),
    extra: (document) => foot.draw(document)
  };
}

// describe is what the right column says of a number.
function describe(number, {numbers, words}) {
  if (number?.state === "shown") return {estimated: true, text: numbers.full(number.v, number.lo, number.hi)};
  return {estimated: false, text: number?.state === "suppressed" ? ":" : words.absent};
}

// layOut places headings and rows from 0 downwards and decides the left margin.
function layOut(plot, context, frame, column) {
  const {narrow} = context;
  const widest = narrow ? context.width - column - 10 : Math.min(270, context.width * 0.4);
  const blocks = plot.rows.map((r) => block(r.label, widest, fontSize));
  if (!narrow) frame.marginLeft = Math.ceil(Math.max(0, ...blocks.map((b) => b.width))) + 16;
  const line = fontSize * lineHeight;
  const gap = narrow ? 11 : 5;
  const out = {rows: [], headings: [], lines: [], height: 0};
  let y = 0;
  let group = "";
  plot.rows.forEach((r, i) => {
    if (r.group !== group) {
      group = r.group;
      if (i > 0) out.lines.push(y + 3);
      if (group !== "") {
        const heading = block(group, context.width, fontSize, true);
        const height = heading.lines.length * line + 12;
        out.headings.push({y: y + height / 2 + 3, text: heading.text});
        y += height + 1;
      } else y += 6;
    }
    const text = blocks[i].lines.length * line;
    const height = text + gap + (narrow ? 14 : 0);
    const middle = y + gap / 2 + text / 2;
    out.rows.push({text: blocks[i].text, label: middle, number: narrow ? y + gap / 2 + line / 2 : middle, mark: narrow ? y + gap / 2 + text + 7 : middle});
    y += height;
  });
  out.height = Math.max(y, 24);
  return out;
}
