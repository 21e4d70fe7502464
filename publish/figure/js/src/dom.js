// The smallest document that Observable Plot can draw in, for an engine without
// a browser: elements, text, attributes and children, and writing them as XML.
// In a browser the real document is used instead.

const SVG = "http://www.w3.org/2000/svg";

class Node {
  constructor(ownerDocument) {
    this.ownerDocument = ownerDocument;
    this.parentNode = null;
  }
  remove() {
    this.parentNode?.removeChild(this);
  }
}

class Text extends Node {
  constructor(ownerDocument, data) {
    super(ownerDocument);
    this.nodeType = 3;
    this.data = data;
  }
  get textContent() {
    return this.data;
  }
}

export class Element extends Node {
  constructor(ownerDocument, namespaceURI, name) {
    super(ownerDocument);
    this.nodeType = 1;
    this.namespaceURI = namespaceURI;
    this.tagName = this.nodeName = this.localName = name;
    this.attributes = new Map();
    this.childNodes = [];
    this.style = {
      setProperty: (key, value) => {
        const before = this.getAttribute("style");
        this.setAttribute("style", `${before ? before + ";" : ""}${key}:${value}`);
      },
      removeProperty() {},
      getPropertyValue: () => ""
    };
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
    this.attributes.set(name, value);
  }
  setAttributeNS(_, name, value) {
    this.attributes.set(name, value);
  }
  getAttribute(name) {
    return this.attributes.has(name) ? String(this.attributes.get(name)) : null;
  }
  hasAttribute(name) {
    return this.attributes.has(name);
  }
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  appendChild(child) {
    return this.insertBefore(child, null);
  }
  insertBefore(child, next) {
    child.remove();
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

// What XML 1.0 has no way to write, not even escaped.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"};

function escapeText(text) {
  return text.replace(unwritable, "\ufffd").replace(/[&<>\r]/g, (c) => entities[c]);
}

function escapeAttribute(text) {
  return text.replace(unwritable, "\ufffd").replace(/[&<>"\n\r\t]/g, (c) => entities[c]);
}

// A hundredth of a pixel is enough, and hides the last bits of the arithmetic.
const round = (x) => String(Math.round(x * 100) / 100 || 0);

function attribute(name, value) {
  if (typeof value === "number") return round(value);
  value = String(value);
  if (name === "d" || name === "transform") return value.replace(/-?\d+\.\d+(e-?\d+)?/g, (x) => round(+x));
  return escapeAttribute(value);
}

// serialise writes an element as XML. The namespace stands on the outermost one.
export function serialise(node, outermost = true) {
  if (node.nodeType === 3) return escapeText(node.data);
  const out = ["<", node.tagName];
  if (outermost) out.push(` xmlns="${SVG}"`);
  for (const [name, value] of node.attributes) out.push(` ${name}="${attribute(name, value)}"`);
  if (node.childNodes.length === 0) return out.join("") + "/>";
  out.push(">");
  for (const c of node.childNodes) out.push(serialise(c, false));
  out.push("</", node.tagName, ">");
  return out.join("");
}
