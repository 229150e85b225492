// What pydantic does in Python, and separated lists; the names are those of confcontract.coercions.

const FUNCTIONS = {
  separated: ([delimiter]) => (value) => {
    if (typeof value !== "string") return fine(value);
    const text = pythonStrip(value);
    if (text.startsWith("[")) {
      try {
        return fine(pythonJson(text));
      } catch (error) {
        if (error instanceof TooDeep) return unsure("JSON that is nested too deeply");
      }
    }
    return fine(text === "" ? [] : text.split(delimiter).map(pythonStrip));
  },
  length: ([minimum, maximum]) => (value) => {
    if (typeof value !== "string") return unsure("its length after conversion");
    const size = codePoints(value);
    if (minimum !== null && size < minimum) {
      return wrong("too_short", `should have at least ${plural(minimum, "character")}, not ${size}`);
    }
    if (maximum !== null && size > maximum) {
      return wrong("too_long", `should have at most ${plural(maximum, "character")}, not ${size}`);
    }
    return fine(value);
  },
  path: () => (value) => (typeof value === "string" ? fine(OPAQUE) : wrong("path_type", "should be a valid path")),
  regex: () => (value) => {
    if (typeof value !== "string") return wrong("pattern_type", "should be a valid pattern");
    return /^[\w ]*$/.test(value) && isAscii(value) ? fine(value) : unsure("whether Python takes it as a pattern");
  },
  byteSize: ([units]) => (value) => {
    if (value instanceof Int) return fine(value);
    if (typeof value !== "string" || !isAscii(value)) return unsure("a size that is no plain text");
    const bare = pythonStrip(value);
    if (bare.length > 4000) return unsure("a size of so many digits"); // Python's int() has a limit
    if (/^[-+]?[0-9]+(_[0-9]+)*$/.test(bare)) return fine(new Int(BigInt(bare.replaceAll("_", "").replace("+", ""))));
    const found = /^\s*([0-9]*\.?[0-9]+)\s*(\w+)?/.exec(value);
    if (!found) return wrong("byte_size", "should be a number of bytes with a unit, such as 10MB");
    const factor = units[(found[2] ?? "b").toLowerCase()];
    if (factor === undefined) return wrong("byte_size_unit", "has a unit that is not known");
    const size = Number(found[1]) * (typeof factor === "object" ? Number(factor.data) : factor);
    return Number.isFinite(size) ? fine(new Int(BigInt(Math.trunc(size)))) : wrong("byte_size", "is too large");
  },
  ip: ([version, kind]) => (value) => {
    if (typeof value !== "string") return unsure("an address that is no text");
    const found = isIp(value, version, kind);
    if (found === null) return unsure("an address of unusual form");
    return found ? fine(OPAQUE) : wrong("ip", `should be a valid IP${version ? `v${version}` : ""} ${kind}`);
  },
};

function functionOf(schema) {
  const named = schema.function?.function;
  const make = named && named.$ === "function" ? FUNCTIONS[named.data[0]] : undefined;
  return make ? make(named.data[1]) : () => unsure("a check of the application's own");
}

function after(verdict, next) {
  return isFine(verdict) ? next(verdict.value) : verdict;
}
