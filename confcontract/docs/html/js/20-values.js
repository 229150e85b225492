// What a text is worth, for the few kinds of value that a browser and pydantic read alike: see rules.py.
// undefined: boot takes it; words: what is wrong with it; UNSURE: only boot can tell.

const UNSURE = Symbol("only boot can tell");
const isPlain = (text) => /^[ -~]*$/.test(text);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

const judged = (rule, text) => KINDS[rule.kind](text, rule);

const BOUNDS = [
  ["ge", (one, other) => one >= other, "greater than or equal to"],
  ["gt", (one, other) => one > other, "greater than"],
  ["le", (one, other) => one <= other, "less than or equal to"],
  ["lt", (one, other) => one < other, "less than"],
];

function bounded(rule, value) {
  const broken = BOUNDS.find(([key, holds]) => rule[key] !== undefined && !holds(value, rule[key]));
  return broken && `should be ${broken[2]} ${rule[broken[0]]}`;
}

function sized({ min = 0, max = Infinity }, size, unit) {
  if (size > max) return `should have at most ${plural(max, unit)}, not ${size}`;
  return size < min ? `should have at least ${plural(min, unit)}, not ${size}` : undefined;
}

const KINDS = {
  text(text, rule) {
    if (/\p{Surrogate}/u.test(text)) return UNSURE;
    const wrong = sized(rule, [...text].length, "character");
    if (wrong || rule.pattern === undefined) return wrong;
    if (!isPlain(text)) return UNSURE; // what \d, \w and $ mean differs beyond
    return new RegExp(rule.pattern, "u").test(text) ? undefined : `should match the pattern ${rule.written}`;
  },

  choice(text, { among }) {
    return among.includes(text) ? undefined : `should be one of ${among.map((each) => JSON.stringify(each)).join(", ")}`;
  },

  boolean(text) {
    return /^(?:[01tfyn]|on|off|yes|no|true|false)$/i.test(text) && isPlain(text) ? undefined : "should be true or false";
  },

  integer(text, rule) {
    if (!isPlain(text) || text.length > 300) return UNSURE;
    if (/^ *[-+]?[0-9]+(?:\.0+)? *$/.test(text)) {
      const value = BigInt(text.trim().replace(/^\+|\..*/g, ""));
      if (rule.step && value % BigInt(rule.step)) return `should be a multiple of ${rule.step}`;
      if (rule.among && !rule.among.some((each) => BigInt(each) === value)) return `should be one of ${rule.among.join(", ")}`;
      return bounded(rule, value);
    }
    const isNone = !/[0-9]/.test(text) || /[a-z]/i.test(text) || /^[0-9]+\.[0-9]*[1-9]$/.test(text);
    return isNone ? "should be a valid integer" : UNSURE;
  },

  number(text, rule) {
    if (!isPlain(text) || text.length > 300) return UNSURE;
    if (/^ *[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)? *$/i.test(text)) {
      const value = Number(text);
      return Number.isFinite(value) ? bounded(rule, value) : UNSURE;
    }
    return /inf|nan|_/i.test(text) ? UNSURE : "should be a valid number";
  },

  // No more digits than a number of the browser keeps apart.
  decimal(text, { digits = Infinity, places = Infinity, ...rule }) {
    const found = /^-?([0-9]{1,9})(?:\.([0-9]{1,6}))?$/.exec(text);
    if (!found) return /[0-9]|inf|nan/i.test(text) || !isPlain(text) ? UNSURE : "should be a valid number";
    const [, whole, fraction = ""] = found;
    const kept = places === Infinity ? fraction.length : places; // that many digits of all are for what follows the point
    return fraction.length > kept || whole.length + kept > digits ? UNSURE : bounded(rule, Number(text));
  },

  list(text, rule) {
    const items = itemsOf(rule, text);
    if (!Array.isArray(items)) return items;
    const found = items.map((item) => {
      if (typeof item === "string") return judged(rule.items, item);
      const isNumber = rule.items.kind === "number" ? Number.isFinite(item) : rule.items.kind === "integer" && Number.isSafeInteger(item);
      return isNumber ? judged(rule.items, String(item)) : UNSURE;
    });
    const at = found.findIndex((words) => typeof words === "string");
    if (at >= 0) return `at item ${at + 1}: ${found[at]}`;
    return found.includes(UNSURE) ? UNSURE : sized(rule, items.length, "item");
  },
};

function itemsOf({ separator }, text) {
  if (separator !== undefined && !text.trim().startsWith("[")) {
    if (!isPlain(text)) return UNSURE;
    return text.trim() === "" ? [] : text.split(separator).map((item) => item.trim());
  }
  try {
    const items = JSON.parse(text);
    return Array.isArray(items) ? items : UNSURE;
  } catch {
    return separator !== undefined || /NaN|Infinity/.test(text) ? UNSURE : NOT_JSON;
  }
}

const NOT_JSON = "is not valid JSON";
