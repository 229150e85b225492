// Patterns are in the dialect of Rust's regex crate, or in Python's. Where all three agree, the browser can match them.

// Unicode's White_Space, which Rust trims and \s means there; JavaScript's \s is another set.
const INLINE_SPACE = "\\t\\v\\f \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const RUST_SPACE = `${INLINE_SPACE}\\r\\n`;
const TRIM = new RegExp(`^[${RUST_SPACE}]+|[${RUST_SPACE}]+$`, "gu");
const rustTrim = (text) => text.replace(TRIM, "");

// Python's, for str.strip() and in patterns of text.
const PYTHON_INLINE = `${INLINE_SPACE}\\x1c-\\x1f`;
const PYTHON_SPACE = `${RUST_SPACE}\\x1c-\\x1f`;
const STRIP = new RegExp(`^[${PYTHON_SPACE}]+|[${PYTHON_SPACE}]+$`, "gu");
const pythonStrip = (text) => text.replace(STRIP, "");

const isAscii = (text) => !/[^\x00-\x7f]/.test(text);
const compiledPatterns = new Map();

// A RegExp and whether it holds for ASCII text only; null where the dialects may differ.
function translated(pattern, python) {
  const key = (python ? "p" : "r") + pattern;
  if (!compiledPatterns.has(key)) compiledPatterns.set(key, translate(pattern, python));
  return compiledPatterns.get(key);
}

function translate(pattern, python) {
  let out = "";
  let flags = "u";
  let asciiOnly = !isAscii(pattern);
  let at = 0;
  let inClass = false;
  const inline = /^\(\?([is]+)\)/.exec(pattern);
  if (inline) {
    if (inline[1].includes("i")) { flags += "i"; asciiOnly = true; }
    if (inline[1].includes("s")) flags += "s";
    at = inline[0].length;
  }
  while (at < pattern.length) {
    const character = pattern[at];
    if (character === "\\") {
      const next = pattern[at + 1];
      if (next === undefined) return null;
      if ("dDwWsSbB".includes(next)) {
        if (inClass && "bB".includes(next)) return null;
        if ("sS".includes(next) && python) return null;
        asciiOnly = true;
        out += `\\${next}`;
      } else if ("nrtfv".includes(next)) {
        out += `\\${next}`;
      } else if (next === "A" && !inClass) {
        out += "^";
      } else if (next === "z" && !inClass && !python) {
        out += "$";
      } else if (/[!-/:-@[-`{-~]/.test(next) && !"<>".includes(next)) {
        out += /[\^$\\.*+?()[\]{}|/]/.test(next) || (inClass && next === "-") ? `\\${next}` : next;
      } else {
        return null;
      }
      at += 2;
    } else if (inClass) {
      if (character === "[" || /^(&&|--|~~|\|\|)/.test(pattern.slice(at))) return null;
      if (character === "]") inClass = false;
      out += character;
      at += 1;
    } else if (character === "[") {
      inClass = true;
      const head = /^\[\^?/.exec(pattern.slice(at))[0];
      if (pattern[at + head.length] === "]") return null;
      out += head;
      at += head.length;
    } else if (character === "(") {
      if (pattern[at + 1] === "?") {
        const head = /^\(\?(:|P?<[A-Za-z_][A-Za-z0-9_]*>)/.exec(pattern.slice(at));
        if (!head) return null;
        out += head[0].replace("?P<", "?<");
        at += head[0].length;
      } else {
        out += "(";
        at += 1;
      }
    } else if (character === ".") {
      out += flags.includes("s") ? "." : "[^\\n]";
      at += 1;
    } else if (character === "$") {
      out += python ? "(?=\\n?(?![^]))" : "$";
      at += 1;
    } else if ("*+?}".includes(character) && pattern[at + 1] === "+") {
      return null; // possessive in Python, twice in Rust
    } else {
      out += character;
      at += 1;
    }
  }
  try {
    return { asciiOnly, regex: new RegExp(out, flags) };
  } catch {
    return null;
  }
}

// true, false, or null where only boot can tell.
function patternMatches(pattern, python, text) {
  const found = translated(pattern, python);
  if (found === null || (found.asciiOnly && !isAscii(text))) return null;
  return found.regex.test(text);
}
