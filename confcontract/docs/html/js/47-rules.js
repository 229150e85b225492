// Kind of core schema → what checks it.

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
  "ordered-dict": (self, schema, value, context, strict) =>
    (strict ? unsure("a mapping where only exact types are taken") : checkDict(self, schema, value, context)),
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
    let found;
    try {
      found = pythonJson(value);
    } catch (error) {
      return error instanceof TooDeep ? unsure("JSON that is nested too deeply")
        : wrong("json_invalid", "should be valid JSON");
    }
    return schema.schema ? self.check(schema.schema, found, { ...context, json: true }) : fine(OPAQUE);
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
