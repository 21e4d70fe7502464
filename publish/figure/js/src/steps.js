// Steps: the distribution of a number in each scheme, as shares of equal bins.

import {axisX, axisY, gridY, line, rect, ruleY, text} from "@observablehq/plot";
import {border, fontSize, gridline, muted, small, style} from "./look.js";
import {footer, legend, remarks, tooltip} from "./marks.js";
import {linear, values} from "./scale.js";

export function steps(plot, context) {
  const {numbers, words, narrow} = context;
  const X = context.numbersOf("count");
  const frame = {width: context.width, marginLeft: 46, marginRight: 16};
  const shown = plot.bins.filter((b) => b.number?.state === "shown" && Number.isFinite(b.number.v));
  const head = legend(plot.series, frame, "step");
  const top = head.height + 8;
  const bottom = top + (narrow ? 200 : 260);
  const xs = linear(shown.flatMap((b) => [b.x0, b.x1]), [frame.marginLeft, frame.width - frame.marginRight], {unit: 10, count: narrow ? 5 : 8});
  const low = shown.length ? Math.min(...shown.map((b) => b.x0)) : xs.domain[0];
  const high = shown.length ? Math.max(...shown.map((b) => b.x1)) : xs.domain[1];
  const ys = linear(values(shown.map((b) => ({v: b.number.v}))), [bottom, top], {zero: true, unit: plot.format === "percent" ? 1 : 10, count: 5});
  const data = plot.series.map((s) => {
    const own = shown.filter((b) => b.series === s.key).sort((a, b) => a.x0 - b.x0);
    return own.map((b) => ({x0: b.x0, x1: b.x1, zero: 0, y: b.number.v, title: tooltip([s.label, `${edge(b.x0, X)}–${edge(b.x1, X)}`], b.number, context)}));
  });
  // A suppressed bin is told only between shown ones: beyond them its place
  // would be something that is not shown.
  const hidden = plot.series.map((s) => plot.bins.filter((b) => b.series === s.key && b.number?.state === "suppressed" && b.x0 >= low && b.x1 <= high).map((b) => ({x: (b.x0 + b.x1) / 2, suppressed: true})));
  const foot = footer(frame, bottom + 24, plot.axis, remarks(hidden.flat(), words));
  Object.assign(frame, {marginTop: top, height: bottom + 24 + foot.height, marginBottom: 24 + foot.height});
  const axisText = {tickSize: 0, tickPadding: 7, label: null, fontSize: small, fill: muted, fontVariant: "normal"};
  return {
    frame,
    empty: shown.length === 0,
    x: {type: "linear", domain: [low, high]},
    y: {type: "linear", domain: ys.domain},
    marks: [
      gridY({ticks: ys.ticks, stroke: gridline, strokeOpacity: 1}),
      axisY({ticks: ys.ticks, tickFormat: (t) => numbers.tick(t, ys.step), ...axisText}),
      axisX({ticks: xs.ticks.filter((t) => t >= low && t <= high), tickFormat: (t) => X.tick(t, xs.step), ...axisText}),
      data.map((d, i) => d.length && rect(d, {x1: "x0", x2: "x1", y1: "zero", y2: "y", fill: style(plot.series[i]).color, fillOpacity: filled(plot.series[i]) ? 0.22 : 0, title: "title"})),
      data.map((d, i) => d.length && line(outline(d.filter((b) => b.y > 0)), {x: "x", y: "y", z: null, stroke: style(plot.series[i]).color, strokeWidth: 2, strokeDasharray: style(plot.series[i]).dash ?? undefined})),
      ruleY([0], {stroke: border}),
      hidden.map((d, i) => d.length && text(d, {x: "x", frameAnchor: "bottom", dx: (i - (hidden.length - 1) / 2) * 8, dy: -5, text: () => ":", fill: style(plot.series[i]).color, fontWeight: 700, fontSize: fontSize + 2}))
    ],
    under: () => [],
    extra: (document) => [...head.draw(document), ...foot.draw(document)]
  };
}

const filled = (series) => series.style === "focus";
const edge = (x, X) => X.tick(x, Number.isInteger(x) ? 1 : 0.1);

// outline is the upper edge of the bins: down to the axis where one is missing.
function outline(bins) {
  const out = [];
  bins.forEach((b, i) => {
    const before = bins[i - 1];
    if (!before || b.x0 - before.x1 > 1e-9 * (b.x1 - b.x0)) {
      if (before) out.push({x: before.x1, y: 0}, {x: b.x0, y: null});
      out.push({x: b.x0, y: 0});
    }
    out.push({x: b.x0, y: b.y}, {x: b.x1, y: b.y});
  });
  if (bins.length) out.push({x: bins[bins.length - 1].x1, y: 0});
  return out;
}
