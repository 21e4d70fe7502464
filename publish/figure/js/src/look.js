// The looks that every figure shares: colours, sizes and the shapes of marks.
// Text colours have a contrast of at least 4.5:1 on white.

export const ink = "#1b1f24";
export const muted = "#4b545d";
export const gridline = "#e3e6ea";
export const border = "#9aa3ad";
export const paper = "#ffffff";

export const fontFamily = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
export const fontSize = 13;
export const small = 11.5;
export const lineHeight = 1.22;

// halo keeps text readable over lines: as options of Plot and as attributes.
export const halo = {stroke: paper, strokeWidth: 4};

export const haloAttributes = {stroke: paper, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke"};

// The three styles of a series. Shape and filling differ as well as colour, so
// that a figure can be read in grey. Area and dash are those of bars and steps.
const styles = {
  focus: {color: "#0b5cad", fill: "#0b5cad", pale: "#a3c3e3", area: "#0b5cad", symbol: "circle", dash: null},
  reference: {color: "#a35c00", fill: paper, pale: "#e0bf95", area: "#f8dfb8", symbol: "circle", dash: "6 3"},
  neutral: {color: "#565f69", fill: "#565f69", pale: "#c0c6cc", area: "#d5d9de", symbol: "diamond", dash: "2 3"}
};

export function style(series) {
  return styles[series?.style] ?? styles.neutral;
}

// pale is the look of the marks of a series that are not to be relied on: in the
// same shape and hue, and lighter.
export function pale(look) {
  return {...look, color: look.pale, fill: look.fill === look.color ? look.pale : look.fill};
}
