// Texts, numbers, booleans, bytes, UUIDs and URLs, in pydantic's lax mode.

function checkString(self, schema, value, { config }, strict) {
  let text = value;
  if ((value instanceof Int || value instanceof Float || typeof value === "boolean") && !strict) {
    const turns = schema.coerce_numbers_to_str ?? config.coerce_numbers_to_str;
    if (turns && typeof value !== "boolean") return unsure("a number that becomes a text");
  }
  if (typeof value !== "string") return wrong("string_type", "should be a valid string");
  if (/[\ud800-\udfff]/u.test(text)) return unsure("characters that are no Unicode text");
  if (schema.strip_whitespace ?? config.str_strip_whitespace) text = rustTrim(text);
  const size = codePoints(text);
  const limits = {
    max_length: schema.max_length ?? config.str_max_length,
    min_length: schema.min_length ?? config.str_min_length,
  };
  const verdict = sized(limits, size, "character", text);
  if (!isFine(verdict)) return verdict;
  if (schema.pattern !== undefined && schema.pattern !== null) {
    if (typeof schema.pattern !== "string") return unsure("a pattern with flags of Python's own");
    const python = (schema.regex_engine ?? config.regex_engine) === "python-re";
    const matches = patternMatches(schema.pattern, python, text);
    if (matches === null) return unsure(`whether it matches the pattern ${schema.pattern}`);
    if (!matches) return wrong("string_pattern_mismatch", `should match the pattern ${schema.pattern}`);
  }
  if (schema.to_lower ?? config.str_to_lower) text = text.toLowerCase();
  if (schema.to_upper ?? config.str_to_upper) text = text.toUpperCase();
  return fine(text);
}

function checkInt(self, schema, value, context, strict) {
  let big;
  if (value instanceof Int) {
    big = value.big;
  } else if (strict) {
    return wrong("int_type", "should be a valid integer");
  } else if (typeof value === "boolean") {
    big = value ? 1n : 0n;
  } else if (value instanceof Float) {
    if (!Number.isFinite(value.number)) return wrong("finite_number", "should be a finite number");
    if (!Number.isInteger(value.number)) return wrong("int_from_float", "should be a valid integer, not a fraction");
    if (Math.abs(value.number) >= 2 ** 63) return unsure("a very large number with a decimal point");
    big = BigInt(value.number);
  } else if (typeof value === "string") {
    big = intOf(value);
    if (big === null) return unsure("an integer of unusual form");
    if (big === undefined) return wrong("int_parsing", "should be a valid integer");
  } else {
    return wrong("int_type", "should be a valid integer");
  }
  if (schema.multiple_of !== undefined) {
    const step = integerBound(schema.multiple_of);
    if (step === null) return unsure("a step that the page can't divide by");
    if (big % step !== 0n) return wrong("multiple_of", `should be a multiple of ${step}`);
  }
  return bounded(schema, new Int(big), integerBound, (bound) => ordered(big, bound));
}

function checkFloat(self, schema, value, { config }, strict) {
  let number;
  if (value instanceof Float) number = value.number;
  else if (value instanceof Int) number = Number(value.big);
  else if (strict) return wrong("float_type", "should be a valid number");
  else if (typeof value === "boolean") number = value ? 1 : 0;
  else if (typeof value === "string") number = floatOf(value);
  else return wrong("float_type", "should be a valid number");
  if (number === undefined) return wrong("float_parsing", "should be a valid number");
  if (value instanceof Int && !Number.isFinite(number)) return unsure("a number beyond all bounds");
  if (!(schema.allow_inf_nan ?? config.allow_inf_nan ?? true) && !Number.isFinite(number)) {
    return wrong("finite_number", "should be a finite number");
  }
  if (schema.multiple_of !== undefined) {
    const step = schema.multiple_of;
    const left = number % step;
    const slack = Math.abs(number) / 1e9;
    const tiny = number !== 0 && Math.abs(number) < Math.abs(step) / 1e9;
    if (typeof step !== "number" || !Number.isFinite(number) || tiny) return unsure("a step that the page can't divide by");
    if (Math.abs(left) > slack && Math.abs(Math.abs(left) - step) > slack) {
      return wrong("multiple_of", `should be a multiple of ${step}`);
    }
  }
  const read = (bound) => (typeof bound === "number" ? bound : bound.$ === "float" ? Number(bound.data) : null);
  return bounded(schema, new Float(number), read, (bound) => ordered(number, bound));
}

function checkBool(self, schema, value, context, strict) {
  if (typeof value === "boolean") return fine(value);
  if (strict) return wrong("bool_type", "should be true or false");
  if (typeof value === "string") {
    const found = boolOf(value);
    return found === undefined ? wrong("bool_parsing", "should be true or false") : fine(found);
  }
  const digit = value instanceof Int ? Number(value.big) : value instanceof Float ? value.number : undefined;
  if (digit === 0 || digit === 1) return fine(digit === 1);
  return wrong(digit === undefined ? "bool_type" : "bool_parsing", "should be true or false");
}

function checkDecimal(self, schema, value, context, strict) {
  if (strict) return unsure("a decimal where only exact types are taken");
  if (value instanceof Float) return unsure("a decimal written as a JSON number with a point");
  const text = value instanceof Int ? String(value.big) : value;
  if (typeof text !== "string") {
    return typeof value === "boolean" ? unsure("a boolean as a decimal") : wrong("decimal_type", "should be a decimal");
  }
  const found = decimalOf(text);
  if (found === null) return unsure("a decimal of unusual form");
  if (found === undefined) return wrong("decimal_parsing", "should be a valid decimal");
  if (found.kind !== "finite") {
    return schema.allow_inf_nan ? unsure("a decimal that is no number") : wrong("finite_number", "should be finite");
  }
  const { digits, places } = decimalPlaces(found);
  const { max_digits: most = null, decimal_places: after = null } = schema;
  if (most !== null && digits > most) return wrong("decimal_max_digits", `should have at most ${most} digits`);
  if (after !== null && places > after) {
    return wrong("decimal_max_places", `should have at most ${plural(after, "decimal place")}`);
  }
  if (most !== null && after !== null && digits - places > most - after) {
    return wrong("decimal_whole_digits", `should have at most ${most - after} digits before the decimal point`);
  }
  const read = (bound) => {
    const text_ = typeof bound === "number" ? String(bound) : bound.data;
    const parsed = decimalOf(String(text_));
    return parsed && parsed.kind === "finite" ? parsed : null;
  };
  if (schema.multiple_of !== undefined && schema.multiple_of !== null) return unsure("a step of decimals");
  return bounded(schema, OPAQUE, read, (bound) => compareDecimals(found, bound));
}

function checkBytes(self, schema, value, context, strict) {
  if (strict) return unsure("bytes where only exact types are taken");
  if (typeof value !== "string") return wrong("bytes_type", "should be a valid text of bytes");
  const size = new TextEncoder().encode(value).length;
  const verdict = sized(schema, size, "byte", OPAQUE);
  return isFine(verdict) ? fine(OPAQUE) : verdict;
}

function checkUuid(self, schema, value, context, strict) {
  if (strict) return unsure("a UUID where only exact types are taken");
  if (typeof value !== "string") return wrong("uuid_type", "should be a valid UUID");
  const found = uuidOf(value);
  if (found === undefined) return wrong("uuid_parsing", "should be a valid UUID");
  if (schema.version && (Number.parseInt(found[12], 16) !== schema.version || !/[89ab]/i.test(found[16]))) {
    return wrong("uuid_version", `should be a UUID of version ${schema.version}`);
  }
  return fine(OPAQUE);
}

const checkUrl = (many) => (self, schema, value, context, strict) => {
  if (strict) return unsure("a URL where only exact types are taken");
  if (typeof value !== "string") return wrong("url_type", "should be a valid URL");
  const found = isUrl(value, schema, many);
  if (found === null) return unsure("a URL of unusual form");
  return found === true ? fine(OPAQUE) : wrong("url_parsing", found);
};
