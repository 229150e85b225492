// What the environment holds and what JSON decodes to, with Python's distinctions: 1 is no 1.0, and NaN is JSON.

class Int {
  constructor(big) { this.big = big; }
}

class Float {
  constructor(number) { this.number = number; }
}

// A member of an enum that was given by its name.
class Member {
  constructor(key, value) { this.key = key; this.value = value; }
}

// A value that the page can't hold: whatever is asked of it, only boot can tell.
class Opaque {}
const OPAQUE = new Opaque();
const TRUSTED = new Opaque(); // out of the image's own defaults: it has its type already

// A text that means null (env_parse_none_str).
class NoneText {
  constructor(text) { this.text = text; }
}

class NotJson extends Error {}
class TooDeep extends Error {}

const isMapping = (value) => value instanceof Map;
const isContainer = (value) => value instanceof Map || Array.isArray(value);
const codePoints = (text) => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

// json.loads: what it refuses is a NotJson. Nesting beyond any sense is TooDeep, where Python's own limit decides.
function pythonJson(text) {
  let at = 0;
  const fail = (what) => { throw new NotJson(`${what} at character ${at + 1}`); };
  const space = () => { while (at < text.length && " \t\n\r".includes(text[at])) at += 1; };
  const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
  const words = [["null", null], ["true", true], ["false", false], ["NaN", new Float(NaN)],
    ["Infinity", new Float(Infinity)], ["-Infinity", new Float(-Infinity)]];

  function value(depth) {
    if (depth > 200) throw new TooDeep();
    const character = text[at];
    if (character === '"') return string();
    if (character === "{") return object(depth);
    if (character === "[") return array(depth);
    for (const [word, meaning] of words) {
      if (text.startsWith(word, at)) { at += word.length; return meaning; }
    }
    number.lastIndex = at;
    const found = number.exec(text);
    if (!found) fail("expecting value");
    at = number.lastIndex;
    if (found[1] !== undefined || found[2] !== undefined) return new Float(Number(found[0]));
    if (found[0].replace("-", "").length > 4300) fail("a number with too many digits");
    return new Int(BigInt(found[0]));
  }

  function string() {
    let result = "";
    at += 1;
    for (;;) {
      if (at >= text.length) fail("unterminated string");
      const character = text[at];
      if (character === '"') { at += 1; return result; }
      if (character < " ") fail("invalid control character");
      if (character !== "\\") { result += character; at += 1; continue; }
      const escape = text[at + 1];
      const plain = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[escape];
      if (plain !== undefined) { result += plain; at += 2; continue; }
      const hex = text.slice(at + 2, at + 6);
      if (escape !== "u" || !/^[0-9a-fA-F]{4}$/.test(hex)) fail("invalid escape");
      result += String.fromCharCode(parseInt(hex, 16));
      at += 6;
    }
  }

  function object(depth) {
    const result = new Map();
    at += 1;
    space();
    if (text[at] === "}") { at += 1; return result; }
    for (;;) {
      if (text[at] !== '"') fail("expecting property name enclosed in double quotes");
      const key = string();
      space();
      if (text[at] !== ":") fail("expecting ':' delimiter");
      at += 1;
      space();
      const inner = value(depth + 1);
      result.set(key, inner);
      space();
      if (text[at] === "}") { at += 1; return result; }
      if (text[at] !== ",") fail("expecting ',' delimiter");
      at += 1;
      space();
    }
  }

  function array(depth) {
    const result = [];
    at += 1;
    space();
    if (text[at] === "]") { at += 1; return result; }
    for (;;) {
      result.push(value(depth + 1));
      space();
      if (text[at] === "]") { at += 1; return result; }
      if (text[at] !== ",") fail("expecting ',' delimiter");
      at += 1;
      space();
    }
  }

  space();
  const result = value(0);
  space();
  if (at < text.length) fail("extra data");
  return result;
}

// Contract data (defaults of sections, arguments) as values: JSON numbers there are read by the browser.
function asValue(data) {
  if (Array.isArray(data)) return data.map(asValue);
  if (typeof data === "number") return Number.isInteger(data) ? new Int(BigInt(data)) : new Float(data);
  if (data !== null && typeof data === "object") {
    if ("$" in data) return TRUSTED;
    return new Map(Object.entries(data).map(([key, inner]) => [key, asValue(inner)]));
  }
  return data;
}
