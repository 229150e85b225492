// One of several values, or of several kinds of value.

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
  const { members, further, flags, key } = enumOf(schema.cls);
  if (value instanceof Member) return value.key === key ? fine(OPAQUE) : unsure("a member of another enum");
  if (strict) return wrong("is_instance_of", "should be a member's name");
  // pydantic calls the class with what is no member's value
  const called = among(further, value);
  if (called) return fine(OPAQUE);
  const isNumber = value instanceof Int || value instanceof Float || typeof value === "boolean";
  if (called === null || (flags && isNumber && among(members, value) !== true)) {
    return unsure("whether the class takes it for one of its members");
  }
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
  const { name, mixin, members, further = [], boundary } = cls.data;
  return {
    key: JSON.stringify([name, mixin, members, further, boundary]),
    members: members.map(([, value]) => value),
    further: further.map(([value]) => value),
    flags: boundary !== undefined,
  };
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
    return wrong("union_tag_invalid", "is of a kind that is not known");
  }
  if (typeof found[1] === "string") return self.check(new Map(choices).get(found[1]), value, context);
  return below(found[0], self.check(found[1], value, context)); // the tag is part of the place, as pydantic has it
}
