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
