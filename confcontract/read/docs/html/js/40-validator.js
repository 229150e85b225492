// The contract's compiled validator, run over the settings document: pydantic's verdict where the page can be sure of
// it, and "only boot can tell" everywhere else.

// A verdict on a value. bad: [path, kind, words]; unsure: [path, words].
const fine = (value) => ({ value, bad: [], unsure: [] });
const wrong = (kind, words, path = []) => ({ value: OPAQUE, bad: [[path, kind, words]], unsure: [] });
const unsure = (words, path = []) => ({ value: OPAQUE, bad: [], unsure: [[path, words]] });
const isFine = (verdict) => verdict.bad.length === 0 && verdict.unsure.length === 0;

function below(key, verdict) {
  if (isFine(verdict)) return verdict;
  const within = ([path, ...rest]) => [[key, ...path], ...rest];
  return { value: verdict.value, bad: verdict.bad.map(within), unsure: verdict.unsure.map(within) };
}

class Validator {
  constructor(schema, shared) {
    this.shared = shared;
    this.definitions = new Map();
    this.root = schema;
  }

  run(value) {
    return this.check(this.root, value, { config: {}, strict: undefined });
  }

  check(schema, value, context) {
    const rule = RULES[schema.type];
    if (rule === undefined) return unsure(`the page does not know values of kind ${schema.type}`);
    if (value === TRUSTED) return fine(OPAQUE);
    if (value === OPAQUE && schema.type !== "any") return unsure("this value only exists in the application");
    if (value instanceof NoneText) return unsure("whether this text means null is decided at boot");
    const strict = schema.strict ?? context.strict ?? context.config.strict ?? false;
    return rule(this, schema, value, context, strict);
  }

  field(entry) {
    return typeof entry === "number" ? this.shared[entry] : entry;
  }
}

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// -- bounds -----------------------------------------------------------------------------------------

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

// -- kinds of values --------------------------------------------------------------------------------

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

const temporal = (parse, kind, words, read, order) => (self, schema, value, context, strict) => {
  if (strict) return unsure(`a ${words} where only exact types are taken`);
  if (value instanceof Int || value instanceof Float) return unsure(`a number as a ${words}`);
  if (typeof value !== "string") return wrong(`${kind}_type`, `should be a valid ${words}`);
  const found = parse(value);
  if (found === null) return unsure(`a ${words} in numbers, or beyond the usual range`);
  if (found === undefined) return wrong(`${kind}_parsing`, `should be a valid ${words}`);
  if (schema.now_op !== undefined) return unsure("it is compared with the time of the start");
  if (schema.tz_constraint === "aware" && found.offset === null) {
    return wrong("timezone_aware", "should have a time zone");
  }
  if (schema.tz_constraint === "naive" && found.offset !== null) {
    return wrong("timezone_naive", "should have no time zone");
  }
  if (typeof schema.tz_constraint === "number") return unsure("a fixed time zone");
  return bounded(schema, OPAQUE, read, (bound) => order(found, bound));
};

const boundText = (kind) => (bound) => (bound.$ === kind ? bound.data : null);

// What isoformat() wrote: null where it has a time zone, for then the order depends on both.
const clockBound = (kind, parse) => (bound) => {
  const text = boundText(kind)(bound);
  const found = text === null ? null : parse(text);
  return found ? found : null;
};
const sameZone = (one, other) =>
  one.offset === null && other.offset === null ? ordered(one.us, other.us)
    : one.offset !== null && other.offset !== null
      ? ordered(one.us - BigInt(one.offset) * SECOND, other.us - BigInt(other.offset) * SECOND) : null;

const checkDuration = temporal(durationOf, "time_delta", "duration", (bound) => {
  if (bound.$ !== "timedelta") return null;
  const [days, seconds, rest] = bound.data;
  return BigInt(days) * DAY + BigInt(seconds) * SECOND + BigInt(rest);
}, ordered);
const checkDate = temporal(dateOf, "date", "date", (bound) => {
  const text = boundText("date")(bound);
  return text === null ? null : calendarDay(text);
}, ordered);
const checkTime = temporal(timeOf, "time", "time", clockBound("time", timeOf), (one, other) =>
  one.offset === null && other.offset === null ? ordered(one.us, other.us) : null);
const checkDatetime = temporal(datetimeOf, "datetime", "date and time", clockBound("datetime", datetimeOf), sameZone);

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

// -- choices ----------------------------------------------------------------------------------------

const plainOf = (value) => (value instanceof Int ? value.big : value instanceof Float ? value.number : value);
const memberOf = (data) => (typeof data === "number" && Number.isInteger(data) ? BigInt(data)
  : data !== null && typeof data === "object" && data.$ === "int" ? BigInt(data.data) : data);

function among(members, value) {
  const wanted = plainOf(value);
  if (isContainer(value)) return members.some((member) => typeof member === "object" && member !== null) ? null : false;
  if (members.some((member) => memberOf(member) === wanted)) return true;
  // 1, 1.0 and True are one key for Python where members are of several kinds
  const mixed = typeof wanted !== "string" && wanted !== null && members.some((member) =>
    ["number", "boolean"].includes(typeof member));
  return mixed ? null : false;
}

const shownMembers = (members) => members.map((member) => JSON.stringify(member)).join(", ");

function checkLiteral(self, schema, value) {
  const found = among(schema.expected, value);
  if (found === null) return unsure("whether it is one of the allowed values");
  return found ? fine(value) : wrong("literal_error", `should be one of ${shownMembers(schema.expected)}`);
}

function checkEnum(self, schema, value, context, strict) {
  const { members, key } = enumOf(schema.cls);
  if (value instanceof Member) return value.key === key ? fine(OPAQUE) : unsure("a member of another enum");
  if (strict) return wrong("is_instance_of", "should be a member's name");
  if (schema.sub_type === "int" || schema.sub_type === "float") {
    const parsed = (schema.sub_type === "int" ? checkInt : checkFloat)(self, {}, value, { config: {} }, false);
    if (parsed.unsure.length) return parsed;
    const taken = members.some((member) => Number(memberOf(member)) === Number(plainOf(parsed.value)));
    if (isFine(parsed) && !Number.isSafeInteger(Number(plainOf(parsed.value))) && schema.sub_type === "int") {
      return unsure("a very large number");
    }
    return isFine(parsed) && taken ? fine(OPAQUE) : wrong("enum", `should be one of ${shownMembers(members)}`);
  }
  const found = among(members, value);
  if (found === null) return unsure("whether it is one of the allowed values");
  return found ? fine(OPAQUE) : wrong("enum", `should be one of ${shownMembers(members)}`);
}

function enumOf(cls) {
  const { name, mixin, members } = cls.data;
  return { key: JSON.stringify([name, mixin, members]), members: members.map(([, value]) => value) };
}

function checkUnion(self, schema, value, context) {
  const inner = schema.strict ? { ...context, strict: true } : context;
  const verdicts = [];
  for (const choice of schema.choices) {
    const verdict = self.check(Array.isArray(choice) ? choice[0] : choice, value, inner);
    if (isFine(verdict)) return fine(schema.choices.length === 1 ? verdict.value : mixedValue(verdict.value));
    verdicts.push(verdict);
  }
  const open = verdicts.filter((verdict) => verdict.unsure.length && !verdict.bad.length);
  if (open.length) return { value: OPAQUE, bad: [], unsure: open[0].unsure };
  return below("\0union", {
    value: OPAQUE, bad: verdicts.flatMap((verdict) => verdict.bad), unsure: [],
  });
}

// Which member of a union wins, the page does not ask; a text stays that text in all but odd cases.
const mixedValue = (value) => (typeof value === "string" ? value : OPAQUE);

function checkTagged(self, schema, value, context) {
  if (!isMapping(value)) return wrong("model_attributes_type", "should be a mapping");
  const choices = Array.isArray(schema.choices) ? schema.choices : Object.entries(schema.choices);
  const paths = typeof schema.discriminator === "string" ? [[schema.discriminator]]
    : Array.isArray(schema.discriminator?.[0]) ? schema.discriminator : [schema.discriminator];
  if (!Array.isArray(paths[0])) return unsure("how the kind is told");
  const [tag] = firstOf(value, paths);
  if (tag === undefined) return wrong("union_tag_not_found", `lacks ${paths[0].join(".")}, which tells the kind`);
  const plain = tag instanceof Member ? OPAQUE : plainOf(tag);
  if (plain === OPAQUE || isContainer(tag)) return unsure("how the kind is told");
  const found = choices.find(([name]) => memberOf(name) === plain);
  if (!found) {
    if (typeof plain !== "string" || choices.some(([name]) => typeof name !== "string")) return unsure("its kind");
    return wrong("union_tag_invalid", `has no kind ${JSON.stringify(plain)}`);
  }
  if (typeof found[1] === "string") return self.check(new Map(choices).get(found[1]), value, context);
  return below(found[0], self.check(found[1], value, context)); // the tag is part of the place, as pydantic has it
}

// -- containers -------------------------------------------------------------------------------------

const checkList = (kind, words) => (self, schema, value, context, strict) => {
  if (!Array.isArray(value)) return wrong(`${kind}_type`, `should be a valid ${words}`);
  if (strict && kind !== "list") return unsure(`a ${words} where only exact types are taken`);
  const verdict = { value: [], bad: [], unsure: [] };
  value.forEach((item, index) => {
    const inner = schema.items_schema ? self.check(schema.items_schema, item, context) : fine(item);
    verdict.value.push(inner.value);
    const placed = below(index, inner);
    verdict.bad.push(...placed.bad);
    verdict.unsure.push(...placed.unsure);
  });
  if (!isFine(verdict)) return verdict;
  let size = value.length;
  const limited = schema.min_length !== undefined || schema.max_length !== undefined;
  if ((kind === "set" || kind === "frozen_set") && limited) {
    if (verdict.value.some((item) => item === OPAQUE || isContainer(item))) {
      return size > 1 ? unsure("how many different items it has") : sized(schema, size, "item", OPAQUE);
    }
    const kinds = new Set(verdict.value.map((item) => item?.constructor?.name ?? typeof item));
    if (kinds.size > 1) return unsure("how many different items it has");
    size = new Set(verdict.value.map(plainOf)).size;
  } else if ((kind === "set" || kind === "frozen_set") && verdict.value.some(isContainer)) {
    return unsure("whether its items can be in a set");
  }
  return sized(schema, size, "item", kind === "list" ? verdict.value : OPAQUE);
};

function checkTuple(self, schema, value, context, strict) {
  if (!Array.isArray(value)) return wrong("tuple_type", "should be a valid list");
  if (strict) return unsure("a tuple where only exact types are taken");
  const { items_schema: items, variadic_item_index: variadic = null } = schema;
  const fixed = items.length - (variadic === null ? 0 : 1);
  if (value.length < fixed) {
    return { value: OPAQUE, unsure: [], bad: Array.from({ length: fixed - value.length }, (_, index) =>
      [[value.length + index], "missing", "lacks an item"]) };
  }
  if (variadic === null && value.length > items.length) return wrong("too_long", `should have ${fixed} items`);
  const verdict = { value: OPAQUE, bad: [], unsure: [] };
  const after = variadic === null ? 0 : items.length - variadic - 1;
  value.forEach((item, index) => {
    let place = index;
    if (variadic !== null && index >= variadic) {
      place = index >= value.length - after ? items.length - (value.length - index) : variadic;
    }
    const inner = below(index, self.check(items[place], item, context));
    verdict.bad.push(...inner.bad);
    verdict.unsure.push(...inner.unsure);
  });
  return isFine(verdict) ? sized(schema, value.length, "item", OPAQUE) : verdict;
}

function checkDict(self, schema, value, context) {
  if (!isMapping(value)) return wrong("dict_type", "should be a valid mapping");
  const verdict = { value: new Map(), bad: [], unsure: [] };
  for (const [key, item] of value) {
    const name = schema.keys_schema ? self.check(schema.keys_schema, key, context) : fine(key);
    const inner = schema.values_schema ? self.check(schema.values_schema, item, context) : fine(item);
    verdict.value.set(key, inner.value);
    for (const part of [below(key, below("[key]", name)), below(key, inner)]) {
      verdict.bad.push(...part.bad);
      verdict.unsure.push(...part.unsure);
    }
  }
  if (!isFine(verdict)) return verdict;
  const texts = !schema.keys_schema || schema.keys_schema.type === "str";
  if (!texts && value.size > 1 && (schema.min_length ?? schema.max_length) !== undefined) {
    return unsure("how many different keys it has");
  }
  return sized(schema, value.size, "item", verdict.value);
}

const pick = (container, key) => {
  if (isMapping(container)) return typeof key === "string" ? container.get(key) : undefined;
  if (Array.isArray(container) && typeof key === "number") return container.at(key);
  return undefined;
};

// [value, path] of the first path that leads to something
const firstOf = (value, paths) => {
  for (const path of paths) {
    const found = path.reduce((container, key) => (container === undefined ? undefined : pick(container, key)), value);
    if (found !== undefined) return [found, path];
  }
  return [undefined, []];
};

function checkFields(self, schema, value, context, strict) {
  const config = schema.config ?? context.config;
  const inside = { config, strict: schema.config ? undefined : context.strict };
  if (schema.strict) inside.strict = true;
  if (!isMapping(value)) return wrong("dict_type", "should be a valid mapping");
  const verdict = { value: new Map(), bad: [], unsure: [] };
  const used = new Set();
  const extra = schema.extra_behavior ?? config.extra_fields_behavior ?? "ignore";
  for (const [name, entry] of Object.entries(schema.fields)) {
    const field = self.field(entry);
    const alias = field.validation_alias;
    let paths = alias === undefined || alias === null ? [[name]] : typeof alias === "string" ? [[alias]]
      : Array.isArray(alias[0]) ? alias : [alias];
    const byAlias = config.validate_by_alias ?? true;
    if (alias !== undefined && config.validate_by_name) paths = byAlias ? [...paths, [name]] : [[name]];
    else if (alias !== undefined && !byAlias) paths = [[name]];
    const [given, path] = firstOf(value, paths);
    if (given !== undefined) {
      used.add(path[0]);
    } else {
      if (field.required ?? schema.total ?? true) {
        if (field.schema.type !== "default") verdict.bad.push([[name], "missing", "is required"]);
      } else if (field.schema.type === "default" && field.schema.validate_default) {
        merge(verdict, below(name, self.check(field.schema.schema, asValue(field.schema.default), inside)));
      }
      continue;
    }
    const inner = below(name, self.check(field.schema, given, inside));
    verdict.value.set(name, inner.value);
    merge(verdict, inner);
  }
  for (const [key, item] of value) {
    if (used.has(key)) continue;
    if (extra === "forbid") {
      verdict.bad.push([[key], "extra_forbidden", `${key} is no setting of this application, and it accepts no others`]);
    } else if (extra === "allow") {
      if (schema.extras_schema) merge(verdict, below(key, self.check(schema.extras_schema, item, inside)));
      if (schema.extras_keys_schema) verdict.unsure.push([[key], "a name that is checked by itself"]);
    }
  }
  return verdict;
}

function merge(verdict, inner) {
  verdict.bad.push(...inner.bad);
  verdict.unsure.push(...inner.unsure);
}

// -- functions of ours ------------------------------------------------------------------------------

const FUNCTIONS = {
  separated: ([delimiter]) => (value) => {
    if (typeof value !== "string") return fine(value);
    const strip = (text) => text.replace(/^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g, "");
    const text = strip(value);
    if (text.startsWith("[")) {
      try {
        return fine(pythonJson(text));
      } catch (error) {
        if (error instanceof TooDeep) return unsure("JSON that is nested too deeply");
      }
    }
    return fine(text === "" ? [] : text.split(delimiter).map(strip));
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
    const bare = value.replace(/^[\s\x1c-\x1f]+|[\s\x1c-\x1f]+$/g, "");
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

// -- all rules --------------------------------------------------------------------------------------

const RULES = {
  any: (self, schema, value) => fine(value),
  none: (self, schema, value) => (value === null ? fine(null) : wrong("none_required", "should be null")),
  str: checkString,
  int: checkInt,
  float: checkFloat,
  bool: checkBool,
  decimal: checkDecimal,
  timedelta: checkDuration,
  date: checkDate,
  time: checkTime,
  datetime: checkDatetime,
  bytes: checkBytes,
  uuid: checkUuid,
  url: checkUrl(false),
  "multi-host-url": checkUrl(true),
  literal: checkLiteral,
  enum: checkEnum,
  union: checkUnion,
  "tagged-union": checkTagged,
  list: checkList("list", "list"),
  set: checkList("set", "list"),
  frozenset: checkList("frozen_set", "list"),
  deque: checkList("deque", "list"),
  tuple: checkTuple,
  dict: checkDict,
  "ordered-dict": checkDict,
  "typed-dict": checkFields,
  nullable: (self, schema, value, context) => (value === null ? fine(null) : self.check(schema.schema, value, context)),
  default: (self, schema, value, context) =>
    (schema.on_error ? unsure("a default takes the place of what is wrong") : self.check(schema.schema, value, context)),
  chain: (self, schema, value, context) =>
    schema.steps.reduce((verdict, step) => after(verdict, (found) => self.check(step, found, context)), fine(value)),
  "function-before": (self, schema, value, context) =>
    after(functionOf(schema)(value), (found) => self.check(schema.schema, found, context)),
  "function-after": (self, schema, value, context) => after(self.check(schema.schema, value, context), functionOf(schema)),
  "function-plain": (self, schema, value) => functionOf(schema)(value),
  "lax-or-strict": (self, schema, value, context, strict) =>
    self.check(strict ? schema.strict_schema : schema.lax_schema, value, context),
  "json-or-python": (self, schema, value, context) =>
    self.check(context.json ? schema.json_schema : schema.python_schema, value, context),
  "custom-error": (self, schema, value, context) => self.check(schema.schema, value, context),
  json: (self, schema, value, context) => {
    if (typeof value !== "string") return wrong("json_type", "should be JSON text");
    try {
      JSON.parse(value);
    } catch {
      return /NaN|Infinity|[\x00-\x1f]/.test(value) ? unsure("JSON of unusual form")
        : wrong("json_invalid", "should be valid JSON");
    }
    if (!schema.schema) return fine(OPAQUE);
    return self.check(schema.schema, pythonJson(value), { ...context, json: true });
  },
  "is-instance": (self, schema, value) => {
    if (schema.cls?.$ === "instance") return wrong("is_instance_of", "can't be given as text");
    return unsure("its exact type");
  },
  definitions: (self, schema, value, context) => {
    for (const definition of schema.definitions) self.definitions.set(definition.ref, definition);
    return self.check(schema.schema, value, context);
  },
  "definition-ref": (self, schema, value, context) => {
    const found = self.definitions.get(schema.schema_ref);
    return found ? self.check(found, value, context) : unsure("a part that refers to itself");
  },
};
