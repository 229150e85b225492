// Lists, mappings and sections.

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
