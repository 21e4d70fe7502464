// What an engine without a browser lacks and Plot asks for while it loads. Our
// figures format every number themselves (number.js): none of these is used to
// write anything a reader sees.

if (typeof globalThis.Intl === "undefined") {
  class Plain {
    format(value) {
      return String(value);
    }
  }
  globalThis.Intl = {NumberFormat: Plain, DateTimeFormat: Plain};
}
if (typeof globalThis.console === "undefined") {
  globalThis.console = {log() {}, warn() {}, error() {}};
}
