// The verdict on an env file: what `confcontract validate --no-environ --env-file FILE` says, or that only boot can tell.

// severity: "error", "unsure", "warning" or "note".
// guess: the name that was probably meant.
const line = (severity, code, variable, words, hint = "", guess = undefined) => ({ severity, code, variable, words, hint, guess });

const REFERENCE = /^(?:(?:vault|bao):)?[\w.-]*[\w-][\w.-]*(?:\/[\w.-]*[\w-][\w.-]*)+#[\w.-]+(?:@[1-9][0-9]{0,17})?$/;
// What may hold a reference where boot reads none: inside of JSON, in a part of a mapping, written in another way.
const WITHIN = /(?:^|[\s"'[{:,=])(?:vault|bao|aws-ss?m):/i;

class Judgement {
  constructor(contract, strict) {
    this.contract = contract;
    this.lines = [];
    this.severity = strict ? "error" : "warning"; // of what only strictness refuses
    this.given = new Map(); // variable → its [name, value] pairs
    this.unknown = [];
    this.nearMisses = []; // [name, the setting's that is probably meant]
    this.set = new Set(); // paths at which, or below which, there is a value
    this.perhaps = new Set(); // the same where only boot knows
    this.opaque = new Set(); // paths below which only boot knows what there is
  }

  say(...of) { this.lines.push(line(...of)); }

  unsure(variable, words, hint) {
    this.say("unsure", "value", variable.name, words, hint);
    this.note(this.perhaps, variable.path);
    this.opaque.add(pathKey(variable.path));
  }

  note(paths, path) {
    for (let size = 1; size <= path.length; size += 1) paths.add(pathKey(path.slice(0, size)));
  }

  take(name, value, isOpen) {
    const { contract } = this;
    const base = contract.pointedAt(name);
    const variables = contract.named(base ?? name);
    for (const variable of variables) {
      if (base !== undefined) this.unsure(variable, `the value is in a file, which only boot reads (${name})`);
      else if (isOpen) this.unsure(variable, "takes a value from the environment at boot (${…})");
      else this.given.set(variable, [...this.given.get(variable) ?? [], [name, value]]);
    }
    if (base !== undefined) return;
    let isPart = false;
    for (const whole of contract.ignoresEmpty && value === "" ? [] : contract.holding(name)) {
      if (variables.some(({ path }) => startsWith(path, whole.path))) continue;
      if (whole.parts === "section") this.note(this.set, whole.path);
      else this.unsure(whole, `what ${name} means as a part of it`);
      isPart ||= whole.parts !== "section";
    }
    if (!variables.length && !isPart) this.unknown.push([name, value]);
  }

  // What stands in the env file for one variable.
  weigh(variable, pairs) {
    const { contract } = this;
    const names = pairs.map(([name]) => name).join(" and ");
    if (pairs.length > 1) {
      this.say("warning", "name-twice", variable.name, `${names} are the same variable, and ${pairs.length > 2 ? "all" : "both"} are set`, "set one of them");
      this.unsure(variable, `which of ${names} the application takes`);
      return;
    }
    const [[name, value]] = pairs;
    if (contract.ignoresEmpty && value === "") return;
    if (/^(vault|bao):/.test(value)) this.reference(variable, value);
    else if (/^aws-ss?m:/.test(value)) this.unsure(variable, "whether this is a reference to AWS");
    else if (WITHIN.test(value)) this.unsure(variable, "whether boot reads the reference that seems to be in this value");
    else if (variable.heads?.some((held) => contract.normal(held) === contract.normal(name))) {
      this.unsure(variable, `what is in ${name}, of which it is a part`);
    } else if (!variable.rule) {
      this.unsure(variable, "only boot reads this kind of value", variable.toDo);
    } else {
      this.note(this.set, variable.path);
      const words = judged(variable.rule, value);
      if (words === UNSURE) this.say("unsure", "value", variable.name, "only boot reads a value like this", variable.toDo);
      else if (words === NOT_JSON) this.say("error", "value-undecodable", variable.name, words, 'write it as JSON, such as ["a", "b"]');
      else if (words) this.say("error", "value-invalid", variable.name, words, variable.toDo);
    }
  }

  reference(variable, value) {
    this.note(this.perhaps, variable.path);
    this.opaque.add(pathKey(variable.path));
    const parts = value.split("|");
    if (parts.length > 1 && parts.at(-1) === "") parts.pop();
    if (parts.some((part) => !part.includes("#"))) {
      this.say("error", "reference-invalid", variable.name, "begins like a reference to Vault, but has no #KEY", "write vault:MOUNT/PATH#KEY");
    } else if (!parts.every((part) => REFERENCE.test(part))) {
      this.unsure(variable, "whether this is a reference to Vault");
    } else this.say("note", "vault", variable.name, "is read from Vault by boot");
  }

  isSet({ path }) { return this.set.has(pathKey(path)) || this.perhaps.has(pathKey(path)); }

  isOpaque({ path }) { return path.some((_, depth) => this.opaque.has(pathKey(path.slice(0, depth + 1)))); }

  absent(variable) {
    const { contract } = this;
    if (this.isSet(variable) || this.isOpaque(variable)) return;
    const above = variable.path.slice(0, -1);
    const [isThere, mayBe] = [this.set, this.perhaps].map((paths) => !above.length || paths.has(pathKey(above)));
    if (variable.need === "always" && (isThere || (mayBe && variable.required))) {
      const members = contract.variables.filter(({ need, parts, path }) =>
        need === "always" && parts !== "section" && path.length > variable.path.length && startsWith(path, variable.path));
      this.say("error", variable.secret ? "secret-missing" : "value-missing", variable.name, "is required and has no value",
        members.length ? `set ${members.map(({ name }) => name).join(", ")}` : variable.toDo);
    } else if (variable.need && (variable.required || isThere || mayBe)) {
      if (variable.need === "maybe" || mayBe) this.say("unsure", "value", variable.name, "whether it may be left out");
    }
  }

  // A secret that only the code has: its section is there, as it was set or as its default has it.
  leftInCode(variable) {
    if (!variable.inCode || this.isSet(variable)) return;
    const sections = variable.path.slice(1).map((_, depth) => pathKey(variable.path.slice(0, depth + 1)));
    const first = sections.findIndex((section) => !this.set.has(section));
    const isThere = first < 0 || variable.inCode[first];
    const words = "is left at a secret in the application's code";
    if (this.isOpaque(variable) || isThere === null || (first >= 0 && this.perhaps.has(sections[first]))) {
      this.say(this.severity === "error" ? "unsure" : "note", "secret-perhaps", variable.name, `only boot can tell whether it ${words}`);
    } else if (isThere) this.say(this.severity, "secret-default", variable.name, words, `set ${variable.name}`);
  }

  notices(variable, pairs) {
    const { contract } = this;
    const old = new Set((variable.deprecated?.names ?? []).map((name) => contract.normal(name)));
    for (const [name, value] of pairs) {
      if (old.has(contract.normal(name))) {
        const { message, replacedBy } = variable.deprecated;
        this.say("warning", "name-deprecated", name, `is deprecated${message ? `: ${message}` : ""}`,
          replacedBy ? `set ${replacedBy} instead` : "plan to remove it");
      }
      const isEmpty = variable.secret && variable.required && value === "";
      if (isEmpty) this.say(this.severity, "secret-empty", variable.name, "is a required secret, and it is set to the empty string");
      this.foreign(variable.name, value);
    }
    if (variable.deferred) {
      this.say("note", "check-deferred", variable.name, "accepted by the contract; the application checks further");
    }
  }

  foreign(name, value) {
    if (!this.contract.references.test(value)) return;
    this.say("warning", "reference-foreign", name, "looks like a reference in the form of another tool, which boot does not read",
      "if it is stored in Vault, write vault:MOUNT/PATH#KEY");
  }

  strange(name, value) {
    const { contract } = this;
    this.foreign(name, value);
    const guess = contract.closest(name);
    const begins = contract.sections.some((section) => contract.normal(name).startsWith(contract.normal(section)));
    if (begins) {
      this.say(this.severity, "name-unknown", name, "is not a setting of this application, and is ignored",
        guess ? `did you mean ${guess}?` : "correct the spelling, or remove it", guess);
    } else if (guess && name.length > 3) this.nearMisses.push([name, guess]);
  }

  // Names that are nearly a setting's which has no value: as boot tells them, but for those with two slips.
  tellNearMisses() {
    for (const [name, guess] of this.nearMisses.filter(([, guess]) => !this.isSet(this.contract.variable(guess)))) {
      this.say("warning", "name-unknown", name, "is not a setting of this application, and is ignored", `did you mean ${guess}?`, guess);
    }
  }

  // What is missing but not needed, or may come from where only the application reads, is not an error.
  excused(entry, role) {
    const { foreign, readsFiles, roles } = this.contract;
    const needs = role === undefined ? null : roles[role] ?? null;
    if (entry.severity !== "error") return entry;
    if (entry.code === "value-invalid" && foreign) return { ...entry, severity: "unsure", hint: `${foreign} may give another value` };
    if (!["value-missing", "secret-missing", "reference-invalid"].includes(entry.code)) return entry;
    if (needs !== null && !needs.includes(entry.variable)) return { ...entry, severity: "note", hint: `not needed by role ${role}` };
    if (entry.code === "reference-invalid") return entry;
    if (foreign) return { ...entry, severity: "note", hint: `the application may find it in ${foreign}` };
    return readsFiles ? { ...entry, severity: "unsure", words: "has no value here; a file of the application's may have one" } : entry;
  }
}

// pairs: Map name → value. open: names whose value is not known here. role: or undefined for all. strict: as --strict.
function judge(contract, pairs, { open = new Set(), role, strict = false } = {}) {
  const found = new Judgement(contract, strict);
  for (const [name, value] of pairs) found.take(name, value, open.has(name));
  for (const [variable, given] of found.given) found.weigh(variable, given);
  for (const variable of contract.variables) {
    if (variable.vault && !found.isSet(variable) && !found.isOpaque(variable)) {
      found.note(found.perhaps, variable.path);
      found.say("note", "vault", variable.name, "is read from Vault by boot");
    }
  }
  for (const variable of contract.variables) {
    found.absent(variable);
    found.leftInCode(variable);
  }
  for (const [variable, given] of found.given) found.notices(variable, given);
  for (const [name, value] of found.unknown) found.strange(name, value);
  found.tellNearMisses();
  if (contract.readsFiles) found.say("unsure", "files", undefined, "the application reads files of its own, which only boot can see");
  if (contract.unnamed) found.say("unsure", "unnamed", undefined, "the application requires what no single variable gives");
  const lines = [...new Map(found.lines.map((entry) => [JSON.stringify(entry), found.excused(entry, role)])).values()];
  const has = (severity) => lines.some((entry) => entry.severity === severity);
  return { verdict: has("error") ? "invalid" : has("unsure") ? "unsure" : "valid", lines };
}
