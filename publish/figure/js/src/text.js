// How wide text is, without a browser to ask, and where it breaks.

// Widths in hundredths of the font size, for common sans-serif faces; a little
// generous, since the reader's face is not known.
const widths = {};
const put = (width, characters) => [...characters].forEach((c) => (widths[c] = width));
put(26, "ijl|'’.,:;!");
put(32, "ft/()[]I \u00a0\u202f");
put(38, "r-\u00ad");
put(54, "sczxvykJ");
put(58, "aeg0123456789bdhnopquøåéL*·–?\"“”«»ø");
put(62, "EFTPSBZ+\u2212<>=~");
put(68, "ABKXYVRÅ");
put(75, "CDGHNUOQØw&");
put(88, "mMÆæW%—");
put(110, "@…");

// width returns the estimated width of a line of text in pixels.
export function width(text, size, bold = false) {
  let sum = 0;
  for (const c of text) sum += widths[c] ?? (c.codePointAt(0) > 0x2e7f ? 110 : 62);
  return ((sum * size) / 100) * (bold ? 1.07 : 1);
}

const soft = "\u00ad";

// wrap breaks text into lines no wider than max pixels: at spaces, after
// hyphens, dashes and slashes, at soft hyphens, and within a word only when the
// word alone is too wide. There is always one line, if only an empty one.
export function wrap(text, max, size, bold = false) {
  const fits = (line) => width(line, size, bold) <= max;
  const lines = [];
  let line = "";
  const flush = () => {
    if (line.trim() !== "") lines.push(clean(line));
    line = "";
  };
  for (const paragraph of String(text).split(/\r\n?|\n/)) {
    for (const piece of paragraph.split(/(?<=[ \-–/\u00ad])/)) {
      if (line !== "" && !fits(visible(line + piece))) flush();
      if (fits(visible(piece))) {
        line += piece;
        continue;
      }
      let part = "";
      for (const c of piece) {
        if (part !== "" && !fits(part + c + "-")) {
          lines.push(clean(part) + (/[\p{L}]$/u.test(part) ? "-" : ""));
          part = "";
        }
        part += c;
      }
      line = part;
    }
    flush();
  }
  return lines.length ? lines : [""];
}

// visible is a line as it is drawn: a soft hyphen shows only at the end.
function visible(line) {
  const shown = line.replace(/\s+$/, "");
  return shown.slice(0, -1).replaceAll(soft, "") + (shown.endsWith(soft) ? "-" : shown.slice(-1));
}

const clean = (line) => visible(line.trim());

// block measures wrapped lines.
export function block(text, max, size, bold = false) {
  const lines = wrap(text, max, size, bold);
  return {lines, text: lines.join("\n"), width: Math.max(...lines.map((l) => width(l, size, bold)))};
}
