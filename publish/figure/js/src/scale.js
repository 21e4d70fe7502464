// Axes: which part of the line a figure shows, where its ticks stand, and what
// becomes of an interval that goes beyond it.

import {nice, ticks, tickStep} from "d3";

const LARGEST = 1e12; // beyond this a linear axis says nothing; drawn as running off it

const usable = (x) => x != null && Number.isFinite(x) && Math.abs(x) <= LARGEST;

// linear returns the axis {domain, ticks, step, at, clip} for values (numbers,
// some of which may be missing or infinite) drawn between two pixels.
export function linear(values, [from, to], {zero = false, unit = 1, count = 5, least, most} = {}) {
  const shown = values.filter(usable);
  if (zero) shown.push(0);
  let low = shown.length ? Math.min(...shown) : 0;
  let high = shown.length ? Math.max(...shown) : unit;
  const spread = Math.max(1e-6 * unit, 1e-6 * Math.max(Math.abs(low), Math.abs(high)));
  if (high - low < spread) {
    const room = Math.max(0.05 * unit, Math.abs(high) * 0.1);
    if (!(zero && low === 0)) low -= room;
    high += room;
  }
  [low, high] = nice(low, high, count);
  if (least !== undefined && Math.min(...shown) >= least) low = Math.max(low, least);
  if (most !== undefined && Math.max(...shown) <= most) high = Math.min(high, most);
  return {
    type: "linear",
    domain: [low, high],
    ticks: ticks(low, high, count),
    step: tickStep(low, high, count),
    at: (x) => from + ((x - low) / (high - low)) * (to - from),
    clip: clipper(low, high)
  };
}

// Ticks of a log axis, by how many times the axis grows from end to end.
const logTicks = [
  {upTo: 3.5, ticks: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3]},
  {upTo: 14, ticks: [0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15]},
  {upTo: 200, ticks: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]},
  {upTo: Infinity, ticks: [0.01, 0.1, 1, 10, 100]}
];

// log returns the axis for ratios. It always shows 1, and no more than from a
// hundredth to a hundred: a term that separates the outcome must not squeeze
// all others into one point.
export function log(values, [from, to], {count = 6} = {}) {
  const shown = values.filter((x) => x >= 0.01 && x <= 100).concat(1);
  let low = Math.min(...shown) / 1.08;
  let high = Math.max(...shown) * 1.08;
  if (high / low < 1.5) [low, high] = [low / 1.2, high * 1.2];
  low = Math.max(low, 0.0095);
  high = Math.min(high, 105);
  const candidates = logTicks.find((c) => high / low <= c.upTo).ticks.filter((t) => t >= low && t <= high);
  const one = candidates.indexOf(1);
  const every = Math.ceil(candidates.length / count);
  const chosen = candidates.filter((_, i) => (i - one) % every === 0);
  return {
    type: "log",
    domain: [low, high],
    ticks: chosen,
    at: (x) => from + (Math.log(x / low) / Math.log(high / low)) * (to - from),
    clip: clipper(low, high)
  };
}

// positive returns the log axis for numbers above zero, such as persons. Its ticks
// are 1, 2 and 5 times the powers of ten, or fewer of them.
export function positive(values, [from, to], {count = 8} = {}) {
  const shown = values.filter((x) => usable(x) && x > 0);
  let low = (shown.length ? Math.min(...shown) : 1) / 1.15;
  let high = (shown.length ? Math.max(...shown) : 10) * 1.15;
  if (high / low < 4) [low, high] = [low / 1.5, high * 1.5];
  const decades = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) decades.push(e);
  const of = (steps) => decades.flatMap((e) => steps.map((s) => +(s + "e" + e))).filter((t) => t >= low && t <= high);
  const chosen = [[1, 2, 5], [1, 3], [1]].map(of).find((t) => t.length <= count) ?? of([1]);
  const every = Math.ceil(chosen.length / count);
  return {
    type: "log",
    domain: [low, high],
    ticks: chosen.filter((_, i) => i % every === 0),
    at: (x) => from + (Math.log(x / low) / Math.log(high / low)) * (to - from)
  };
}

// clipper returns what of an estimate and its interval is drawn on the axis:
// the part within it, and whether it runs off at either end. An estimate beyond
// the axis has no mark of its own (value null), only the arrow.
function clipper(low, high) {
  const within = (x) => Math.min(Math.max(x, low), high);
  return ({v, lo, hi}) => {
    const interval = lo != null && hi != null && !Number.isNaN(lo) && !Number.isNaN(hi);
    const [a, b] = interval ? [Math.min(lo, hi), Math.max(lo, hi)] : [v, v];
    return {
      value: v >= low && v <= high ? v : null,
      low: interval || a < low || b > high ? within(a) : null,
      high: interval || a < low || b > high ? within(b) : null,
      offLow: Math.min(a, v) < low,
      offHigh: Math.max(b, v) > high,
      end: within(Math.max(b, v)),
      start: within(Math.min(a, v))
    };
  };
}

// values lists what an axis must have room for: the shown numbers and their ends.
export function values(numbers) {
  const out = [];
  for (const n of numbers) if (n && n.v != null) out.push(n.v, n.lo, n.hi);
  return out.filter((x) => x != null && !Number.isNaN(x));
}
