// The contract's verdict on an env file: what `confcontract validate --no-environ --env-file FILE` says, or, where the
// page can't be sure, that only boot can tell.

class Contract {
  constructor(data) {
    this.variables = data.variables; // name, names, path, secret, required, vault, …: see rules.py
    this.rules = data.rules;
    this.roles = data.roles;
    const program = this.rules.settings[0];
    this.sensitive = program.caseSensitive;
    this.ignoresEmpty = program.ignoreEmpty;
    this.delimiter = (program.delimiter || "__").toLowerCase();
    this.validator = new Validator(this.rules.validator, this.rules.shared);
    this.byName = new Map();
    this.byPath = new Map();
    this.inside = new Map();
    for (const variable of this.variables) {
      variable.names ??= [variable.name];
      for (const name of variable.names) {
        const key = this.normal(name);
        const there = this.byName.get(key);
        this.byName.set(key, there === undefined || there === variable ? variable : null);
      }
      const path = pathKey(variable.path);
      if (!this.byPath.has(path)) this.byPath.set(path, variable);
    }
    this.sections = new Set(this.variables.map(({ path }) => pathKey(path.slice(0, -1))));
    const foreign = this.rules.settings.some((found) => found.dotenv || found.secretsDirs);
    this.readsFiles = foreign;
    this.readsElsewhere = this.rules.foreign;
  }

  normal(name) { return this.sensitive ? name : name.toLowerCase(); }

  variable(name) { return this.byName.get(this.normal(name)) ?? undefined; }

  knows(name) { return this.byName.has(this.normal(name)); }

  // The variable of the longest path that leads to a place, and what is left of the place below it. Within a section, a
  // place also says which member of a union was tried; no path does.
  locate(place) {
    let path = [], found, rest = place;
    for (const [index, part] of place.entries()) {
      const longer = [...path, part], key = pathKey(longer);
      if (typeof part !== "string") break;
      if (this.byPath.has(key) || this.sections.has(key)) {
        path = longer;
        if (this.byPath.has(key)) [found, rest] = [this.byPath.get(key), place.slice(index + 1)];
      } else if (!path.length || !this.sections.has(pathKey(path))) break;
    }
    return [found, rest];
  }

  at(place) { return this.locate(place)[0]; }

  // NAME, if `name` is NAME_FILE of a declared NAME and is not declared itself.
  pointedAt(name) {
    const end = this.sensitive ? name.slice(-5) : name.slice(-5).toUpperCase();
    return end === "_FILE" && this.knows(name.slice(0, -5)) && !this.knows(name) ? name.slice(0, -5) : undefined;
  }

  requiredBelow(place) {
    const inside = this.variables.filter((variable) =>
      variable.required && variable.path.length > place.length && startsWith(variable.path, place));
    const parts = new Set(inside.flatMap(({ path }) => path.map((_, depth) => pathKey(path.slice(0, depth)))));
    return inside.filter(({ path }) => !parts.has(pathKey(path)));
  }
}

const pathKey = (path) => path.join("\0");
const startsWith = (path, head) => head.every((part, index) => path[index] === part);

// One line of the verdict. severity: "error", "warning" or "unsure".
const line = (severity, code, variable, words, hint = "") => ({ severity, code, variable, words, hint });

// pairs: Map name → value. open: names whose value is not known here. role: or undefined for all. strict: as --strict.
function judge(contract, pairs, { open = new Set(), role, strict = false } = {}) {
  const lines = [];
  const entries = new Map(); // variable or name → its [name, value] pairs
  const pending = []; // paths whose value is not known here
  for (const [name, value] of pairs) {
    const base = contract.pointedAt(name);
    const variable = contract.variable(base ?? name);
    if (base !== undefined) {
      if (!variable) continue;
      lines.push(line("unsure", "file", variable.name, `the value is in a file, which only boot reads (${name})`));
      pending.push(variable.path);
      continue;
    }
    if (open.has(name) && variable) {
      lines.push(line("unsure", "outside", variable.name, "takes a value from the environment at boot (${…})"));
      pending.push(variable.path);
      continue;
    }
    const identity = variable ?? name;
    if (!entries.has(identity)) entries.set(identity, []);
    entries.get(identity).push([name, value]);
  }
  for (const [variable, found] of entries) {
    if (typeof variable === "string" || found.length < 2) continue;
    const names = found.map(([name]) => name).join(" and ");
    lines.push(line("warning", "name-twice", variable.name,
      `${names} are the same variable, and all are set`, `the application takes ${best(contract, variable, found)[0]}`));
  }
  vaultReferences(contract, entries, pending, lines);
  referencesWithin(contract, entries, lines);
  const given = [...entries.values()].flat();
  const gathered = gather(contract.rules, given);
  const state = {
    contract, entries, gathered, pending,
    unknown: [...pending, ...gathered.failures.flatMap(({ path, name }) => [path, contract.variable(name)?.path ?? path]),
      ...gathered.unsure.map(([path]) => path)],
  };
  for (const failure of gathered.failures) {
    const name = (contract.variable(failure.name) ?? contract.at(failure.path))?.name ?? failure.name;
    lines.push(line("error", "value-undecodable", name, failure.reason, 'write it as JSON, such as ["a", "b"]'));
  }
  for (const [path, words] of gathered.unsure) lines.push(line("unsure", "value", contract.at(path)?.name, words));
  const verdict = contract.validator.run(gathered.state);
  verdict.bad.push(...gathered.bad);
  lines.push(...problems(state, verdict));
  excuse(contract, role, lines);
  lines.push(...notices(contract, entries, lines, strict ? "error" : "warning"));
  if (contract.readsFiles) {
    lines.push(line("unsure", "files", undefined, "the application reads files of its own, which only boot can see"));
  }
  const unique = new Map(lines.map((entry) => [JSON.stringify(entry), entry]));
  const all = [...unique.values()];
  const has = (severity) => all.some((entry) => entry.severity === severity);
  return { verdict: has("error") ? "invalid" : has("unsure") ? "unsure" : "valid", lines: all };
}

function best(contract, variable, found) {
  const order = variable.names.map((name) => contract.normal(name));
  const usable = contract.ignoresEmpty && found.some(([, value]) => value) ? found.filter(([, value]) => value) : found;
  return [...usable].reverse().reduce((one, other) =>
    (order.indexOf(contract.normal(other[0])) < order.indexOf(contract.normal(one[0])) ? other : one));
}
