// How wide text is, without a browser to ask, and where it breaks.

// Widths in hundredths of the font size by UTF-16 code, those of DejaVu Sans: it
// is among the widest faces a reader may get, so text that fits in it fits in
// the others. Half of a surrogate pair is half an emoji.
const widths = new Array(0x2fff).fill(62);
const put = (width, characters) => [...characters].forEach((c) => (widths[c.charCodeAt(0)] = width));
put(28, "ijl'|I");
put(33, " \u00a0\u202f,.:;/J");
put(39, "ft()[]r!\u00ad-");
put(50, "*–sz\"“”’");
put(56, "ckLvxy?F");
put(64, "bdghnpqu0123456789S");
put(69, "ABCKRVXZÅ");
put(77, "DGHNU&");
put(79, "OQØ");
put(82, "w+\u2212<>=~");
put(88, "M");
put(98, "mWæÆ%—…@");

const BOLD = 1.12;

// width returns the estimated width of a line of text in pixels.
export function width(text, size, bold = false) {
  let sum = 0;
  for (let i = 0, n = text.length; i < n; i++) {
    const code = text.charCodeAt(i);
    sum += code < 0x2fff ? widths[code] : code >= 0xd800 && code < 0xe000 ? 65 : 110;
  }
  return ((sum * size) / 100) * (bold ? BOLD : 1);
}

const soft = "\u00ad";

// wrap breaks text into lines no wider than max pixels: at spaces, after
// hyphens, dashes and slashes, at soft hyphens, and within a word only when the
// word alone is too wide. There is always one line, if only an empty one.
export function wrap(text, max, size, bold = false) {
  text = String(text);
  const fits = (line) => width(line, size, bold) <= max;
  if (!/[\s\u00ad]/.test(text.trim().replaceAll(" ", "")) && fits(text)) return [text.trim()];
  const lines = [];
  let line = "";
  const flush = () => {
    if (line.trim() !== "") lines.push(clean(line));
    line = "";
  };
  for (const paragraph of text.split(/\r\n?|\n/)) {
    for (const piece of paragraph.split(/(?<=[ \-–/\u00ad])/)) {
      if (line !== "" && !fits(visible(line + piece))) flush();
      if (fits(visible(piece))) {
        line += piece;
        continue;
      }
      let part = "";
      for (const c of piece) {
        if (part !== "" && !fits(part + c + "-")) {
          lines.push(clean(part) + (/[a-zæøåäöéü]$/i.test(part) ? "-" : ""));
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
