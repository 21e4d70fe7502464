// The smallest document that Observable Plot can draw in, for an engine without
// a browser: elements, text, attributes and children, and writing them as XML.
// In a browser the real document is used instead.

const SVG = "http://www.w3.org/2000/svg";

class Text {
  constructor(ownerDocument, data) {
    this.ownerDocument = ownerDocument;
    this.parentNode = null;
    this.nodeType = 3;
    this.data = data;
  }
  remove() {
    this.parentNode?.removeChild(this);
  }
  get textContent() {
    return this.data;
  }
}

export class Element {
  constructor(ownerDocument, namespaceURI, name) {
    this.ownerDocument = ownerDocument;
    this.parentNode = null;
    this.nodeType = 1;
    this.namespaceURI = namespaceURI;
    this.tagName = this.nodeName = this.localName = name;
    this.names = []; // of the attributes, in order
    this.values = Object.create(null);
    this.childNodes = [];
  }
  get style() {
    return {
      setProperty: (key, value) => {
        const before = this.getAttribute("style");
        this.setAttribute("style", `${before ? before + ";" : ""}${key}:${value}`);
      },
      removeProperty() {},
      getPropertyValue: () => ""
    };
  }
  remove() {
    this.parentNode?.removeChild(this);
  }
  get children() {
    return this.childNodes.filter((c) => c.nodeType === 1);
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get nextSibling() {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }
  setAttribute(name, value) {
    if (!(name in this.values)) this.names.push(name);
    this.values[name] = value;
  }
  setAttributeNS(_, name, value) {
    this.setAttribute(name, value);
  }
  getAttribute(name) {
    return name in this.values ? String(this.values[name]) : null;
  }
  hasAttribute(name) {
    return name in this.values;
  }
  removeAttribute(name) {
    this.names = this.names.filter((n) => n !== name);
    delete this.values[name];
  }
  appendChild(child) {
    return this.insertBefore(child, null);
  }
  insertBefore(child, next) {
    if (child.parentNode !== null) child.remove();
    const at = next ? this.childNodes.indexOf(next) : -1;
    if (at < 0) this.childNodes.push(child);
    else this.childNodes.splice(at, 0, child);
    child.parentNode = this;
    return child;
  }
  removeChild(child) {
    const at = this.childNodes.indexOf(child);
    if (at >= 0) this.childNodes.splice(at, 1);
    child.parentNode = null;
    return child;
  }
  get textContent() {
    return this.childNodes.map((c) => c.textContent).join("");
  }
  set textContent(value) {
    for (const c of this.childNodes) c.parentNode = null;
    this.childNodes = [];
    if (value != null && value !== "") this.appendChild(new Text(this.ownerDocument, String(value)));
  }
  querySelector() {
    return null;
  }
  querySelectorAll() {
    return [];
  }
  addEventListener() {}
}

export class Document {
  constructor() {
    this.nodeType = 9;
    this.documentElement = new Element(this, "http://www.w3.org/1999/xhtml", "html");
    this.defaultView = null;
  }
  createElementNS(namespace, name) {
    return new Element(this, namespace, name);
  }
  createElement(name) {
    return new Element(this, this.documentElement.namespaceURI, name);
  }
  createTextNode(data) {
    return new Text(this, String(data));
  }
}

// Raw is XML that was written before.
export class Raw {
  constructor(xml) {
    this.parentNode = null;
    this.nodeType = 0;
    this.xml = xml;
  }
  remove() {
    this.parentNode?.removeChild(this);
  }
}

// What XML 1.0 has no way to write, not even escaped.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"};
const plain = /^[^&<>"\u0000-\u001f\ufffe\uffff]*$/;

const escape = (text, which) => (plain.test(text) ? text : text.replace(unwritable, "\ufffd").replace(which, (c) => entities[c]));

// A hundredth of a pixel is enough, and hides the last bits of the arithmetic.
const round = (x) => String(Math.round(x * 100) / 100 || 0);

function attribute(name, value) {
  if (typeof value === "number") return round(value);
  value = String(value);
  if (name === "d" || name === "transform") return value.replace(/-?\d+\.\d\d\d+(e-?\d+)?/g, (x) => round(+x));
  return escape(value, /[&<>"\n\r\t]/g);
}

// serialise writes an element as XML. The namespace stands on the outermost one.
export function serialise(node, outermost = true) {
  if (node.nodeType === 3) return escape(node.data, /[&<>\r]/g);
  if (node.nodeType === 0) return node.xml;
  let out = "<" + node.tagName;
  if (outermost) out += ` xmlns="${SVG}"`;
  const {names, values, childNodes} = node;
  for (let i = 0; i < names.length; i++) out += " " + names[i] + '="' + attribute(names[i], values[names[i]]) + '"';
  if (childNodes.length === 0) return out + "/>";
  out += ">";
  for (let i = 0; i < childNodes.length; i++) out += serialise(childNodes[i], false);
  return out + "</" + node.tagName + ">";
}
