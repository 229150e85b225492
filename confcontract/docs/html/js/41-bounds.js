// Bounds: on values, and on lengths.

const BOUNDS = [
  ["ge", "greater_than_equal", (order) => order >= 0, "should be greater than or equal to"],
  ["gt", "greater_than", (order) => order > 0, "should be greater than"],
  ["le", "less_than_equal", (order) => order <= 0, "should be less than or equal to"],
  ["lt", "less_than", (order) => order < 0, "should be less than"],
];

const shownBound = (bound) => {
  if (typeof bound !== "object" || bound === null) return String(bound);
  if (bound.$ !== "timedelta") return String(bound.data);
  const [days, seconds, rest] = bound.data;
  return `${days ? `${days} days ` : ""}${seconds}${rest ? `.${String(rest).padStart(6, "0")}` : ""} seconds`;
};

// read: from a bound to what `order` compares; null where the page can't.
function bounded(schema, value, read, order) {
  for (const [key, kind, holds, words] of BOUNDS) {
    if (schema[key] === undefined || schema[key] === null) continue;
    const bound = read(schema[key]);
    const found = bound === null || bound === undefined ? null : order(bound);
    if (found === null) return unsure("a bound that the page can't compare with");
    if (!holds(found)) return wrong(kind, `${words} ${shownBound(schema[key])}`);
  }
  return fine(value);
}

const ordered = (one, other) => (one < other ? -1 : one > other ? 1 : one === other ? 0 : NaN);

const integerBound = (bound) => {
  if (typeof bound === "number") return Number.isInteger(bound) ? BigInt(bound) : null;
  return bound.$ === "int" ? BigInt(bound.data) : null;
};

const sized = (schema, size, unit, value) => {
  if (schema.max_length !== undefined && schema.max_length !== null && size > schema.max_length) {
    return wrong(unit === "character" ? "string_too_long" : "too_long",
      `should have at most ${plural(schema.max_length, unit)}, not ${size}`);
  }
  if (schema.min_length !== undefined && schema.min_length !== null && size < schema.min_length) {
    return wrong(unit === "character" ? "string_too_short" : "too_short",
      `should have at least ${plural(schema.min_length, unit)}, not ${size}`);
  }
  return fine(value);
};
