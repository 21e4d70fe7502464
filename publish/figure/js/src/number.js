// Numbers and fixed words in the reader's language.

const MINUS = "\u2212";
const NBSP = "\u00a0";

const languages = {
  nb: {
    decimal: ",",
    thousands: NBSP,
    percent: NBSP + "%",
    to: " til ",
    n: "n",
    suppressed: "vises ikke, av hensyn til personvernet",
    outside: "går utenfor aksen",
    none: "Ingen tall å vise",
    absent: "ikke anslått"
  },
  en: {
    decimal: ".",
    thousands: ",",
    percent: "%",
    to: " to ",
    n: "n",
    suppressed: "not shown, to protect privacy",
    outside: "extends beyond the axis",
    none: "No numbers to show",
    absent: "not estimated"
  }
};

// words returns the fixed words of a language; Norwegian unless it is English.
export function words(lang) {
  return languages[lang] ?? languages.nb;
}

// fixed writes x with a number of decimals; very large numbers as a power of ten.
function fixed(x, decimals, language) {
  if (Number.isNaN(x)) return "";
  const sign = x < 0 ? MINUS : "";
  const size = Math.abs(x);
  if (size >= Number.MAX_VALUE) return sign + "∞";
  if (size >= 1e9) return sign + power(size, language);
  const text = size.toFixed(decimals);
  const [whole, part] = text.split(".");
  const grouped = whole.length > 3 ? whole.replace(/\B(?=(\d{3})+$)/g, language.thousands) : whole;
  const shown = part ? grouped + language.decimal + part : grouped;
  return (/[1-9]/.test(shown) ? sign : "") + shown;
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function power(size, language) {
  const [mantissa, exponent] = size.toExponential(0).split("e");
  const raised = [...exponent.replace("+", "")].map((c) => superscripts[c] ?? "⁻").join("");
  return (mantissa === "1" ? "" : mantissa + NBSP + "·" + NBSP) + "10" + raised;
}

function signed(text, x) {
  return x > 0 && /[1-9∞]/.test(text) ? "+" + text : text;
}

// An odds ratio beyond what two decimals can tell is told as a bound.
function ratio(x, language) {
  if (x > 0 && x < 0.005) return "<" + NBSP + fixed(0.01, 2, language);
  if (x >= 1000 && x < Number.MAX_VALUE) return ">" + NBSP + fixed(1000, 0, language);
  return fixed(x, 2, language);
}

// The formats, by the name the Go side gives them.
const formats = {
  percent: (x, l) => fixed(x * 100, 0, l) + l.percent,
  points: (x, l) => signed(fixed(x * 100, 1, l), x),
  ratio,
  count: (x, l) => fixed(x, 0, l),
  decimal: (x, l) => fixed(x, 1, l)
};

const scale = {percent: 100, points: 100};

// numbers returns the functions that write the numbers of one figure.
export function numbers(lang, format) {
  const language = words(lang);
  const write = formats[format] ?? formats.decimal;
  const value = (x) => (Number.isNaN(x) || x == null ? "" : write(x, language));
  // The range of an interval, as in «1,31–1,90» or «−3,1 til 2,0».
  const range = (low, high) => {
    if (low == null || high == null || Number.isNaN(low) || Number.isNaN(high)) return "";
    const bare = format === "percent" ? (x) => fixed(x * 100, 0, language) : value;
    const ends = [bare(low), value(high)];
    return ends.join(format === "points" || /[<>−]/.test(ends) ? language.to : "–");
  };
  return {
    value,
    range,
    count: (x) => fixed(x, 0, language),
    // A value with its interval, as a tooltip tells it.
    full: (x, low, high) => {
      const r = range(low, high);
      return r ? `${value(x)} (${r})` : value(x);
    },
    // A tick carries the decimals that its step needs, and no more.
    tick: (x, step) => {
      const k = scale[format] ?? 1;
      const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step * k) - 1e-9)));
      const text = fixed(x * k, decimals, language);
      if (format === "percent") return text + language.percent;
      return format === "points" ? signed(text, x) : text;
    },
    // A tick of a log axis is written as short as it can be.
    logTick: (x) => {
      const [, part = ""] = String(x).split(".");
      return fixed(x, part.length, language);
    }
  };
}
