// The key of a figure's signs that are no series: lines, shapes and pale marks.

import {muted, pale, small, style} from "./look.js";
import {element, textLines} from "./marks.js";
import {block, width} from "./text.js";

// key lays items {label, wide, draw(document, x, y)} out in lines from the left,
// below what is above it. An item's sign is drawn in a box `wide` pixels wide
// around the middle of its line, its label beside it. It returns its height and
// what to draw.
export function key(items, frame, top) {
  const line = 18;
  let x = 0;
  let y = top + 9;
  let drawn = 0; // height of the last line
  const places = items
    .filter((i) => i.label !== "")
    .map((item) => {
      const text = block(item.label, frame.width - item.wide - 6, small);
      const need = item.wide + 6 + text.width + 18;
      if (x > 0 && x + need > frame.width) [x, y] = [0, y + line];
      const place = {item, text, x, y};
      if (text.lines.length > 1) [x, y] = [frame.width, y + (text.lines.length - 1) * 14];
      else x += need;
      drawn = y;
      return place;
    });
  if (!places.length) return {height: 0, draw: () => []};
  return {
    height: drawn - top + 13,
    draw: (document) => places.flatMap(({item, text, x, y}) => [...item.draw(document, x, y), textLines(document, text.lines, x + item.wide + 6, y + 4, small, {fill: muted})])
  };
}

// stroke is the sign of a line.
export function stroke(label, {color, dash, weight}) {
  const wide = 26;
  return {label, wide, draw: (document, x, y) => [element(document, "line", {x1: x, x2: x + wide, y1: y, y2: y, stroke: color, "stroke-width": weight, "stroke-dasharray": dash})]};
}

// paleMarks is the sign of marks that are drawn pale, one of each series.
export function paleMarks(label, series, r) {
  const wide = Math.max(1, series.length) * (2 * r + 5) - 5;
  return {
    label,
    wide,
    draw: (document, x, y) =>
      series.map((s, i) => {
        const look = style(s);
        return element(document, "circle", {cx: x + r + i * (2 * r + 5), cy: y, r, fill: pale(look).fill, stroke: pale(look).color, "stroke-width": 1.3});
      })
  };
}

// shape is the sign of a class: up, down or level.
export function shape(label, kind, color) {
  const wide = 9;
  const paths = {up: (x, y) => `M${x},${y + 4}h9l-4.5,-8z`, down: (x, y) => `M${x},${y - 4}h9l-4.5,8z`};
  return {
    label,
    wide,
    draw: (document, x, y) => [kind === "level" ? element(document, "circle", {cx: x + 4.5, cy: y, r: 2.6, fill: color}) : element(document, "path", {d: paths[kind](x, y), fill: color})]
  };
}
