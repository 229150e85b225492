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
      for (const name of variable.names) {
        const key = this.normal(name);
        const there = this.byName.get(key);
        this.byName.set(key, there === undefined || there === variable ? variable : null);
      }
      const path = pathKey(variable.path);
      if (!this.byPath.has(path)) this.byPath.set(path, variable);
    }
    const foreign = this.rules.settings.some((found) => found.dotenv || found.secretsDirs);
    this.readsFiles = foreign;
    this.readsElsewhere = this.rules.foreign;
  }

  normal(name) { return this.sensitive ? name : name.toLowerCase(); }

  variable(name) { return this.byName.get(this.normal(name)) ?? undefined; }

  knows(name) { return this.byName.has(this.normal(name)); }

  // The variable of the longest path that leads to a place.
  at(place) {
    const path = place.filter((part) => typeof part === "string");
    for (let length = path.length; length > 0; length -= 1) {
      const found = this.byPath.get(pathKey(path.slice(0, length)));
      if (found) return found;
    }
    return undefined;
  }

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

// pairs: Map name → value. open: names whose value is not known here. role: or undefined for all.
function judge(contract, pairs, { open = new Set(), role } = {}) {
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
  const given = [...entries.values()].flat();
  const gathered = gather(contract.rules, given);
  const state = {
    contract, entries, gathered, pending,
    unknown: [...pending, ...gathered.failures.map(({ path }) => path), ...gathered.unsure.map(([path]) => path)],
  };
  for (const failure of gathered.failures) {
    const name = contract.at(failure.path)?.name ?? failure.name;
    lines.push(line("error", "value-undecodable", name, failure.reason, 'write it as JSON, such as ["a", "b"]'));
  }
  for (const [path, words] of gathered.unsure) lines.push(line("unsure", "value", contract.at(path)?.name, words));
  const verdict = contract.validator.run(gathered.state);
  verdict.bad.push(...gathered.bad);
  lines.push(...problems(state, verdict));
  excuse(contract, role, lines);
  lines.push(...notices(contract, entries, lines));
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

// -- Vault ------------------------------------------------------------------------------------------

const REFERENCE = /^(?:(?:vault|bao):)?[\w.-]*[\w-][\w.-]*(?:\/[\w.-]*[\w-][\w.-]*)+#[\w.-]+(?:@[1-9][0-9]{0,17})?$/;

function vaultReferences(contract, entries, pending, lines) {
  for (const variable of contract.variables) {
    const found = entries.get(variable);
    const value = found ? best(contract, variable, found)[1] : undefined;
    if (value !== undefined && /^(vault|bao):/.test(value)) {
      entries.delete(variable);
      pending.push(variable.path);
      const parts = value.split("|");
      if (parts.length > 1 && parts.at(-1) === "") parts.pop();
      if (parts.some((part) => !part.includes("#"))) {
        lines.push(line("error", "reference-invalid", variable.name, "begins like a reference to Vault, but has no #KEY",
          "write vault:MOUNT/PATH#KEY"));
      } else if (!parts.every((part) => REFERENCE.test(part))) {
        lines.push(line("unsure", "reference", variable.name, "whether this is a reference to Vault"));
      } else {
        lines.push(line("note", "vault", variable.name, "is read from Vault by boot"));
      }
    } else if (variable.vault && !(found && !(contract.ignoresEmpty && value === ""))
      && !givenBySection(contract, variable, entries)) {
      pending.push(variable.path);
      lines.push(line("note", "vault", variable.name, "is read from Vault by boot"));
    }
  }
}

function givenBySection(contract, variable, entries) {
  for (let depth = 1; depth < variable.path.length; depth += 1) {
    const section = contract.byPath.get(pathKey(variable.path.slice(0, depth)));
    const found = section && entries.get(section);
    if (!found) continue;
    let value;
    try {
      value = pythonJson(best(contract, section, found)[1]);
    } catch {
      continue;
    }
    if (leads(contract, value, variable.path, depth)) return true;
  }
  return false;
}

function leads(contract, value, path, depth) {
  let place = value;
  for (let at = depth; at < path.length; at += 1) {
    if (!isMapping(place)) return false;
    const keys = keysOf(contract, path.slice(0, at + 1));
    const key = [...place.keys()].find((name) => keys.has(contract.normal(name)));
    if (key === undefined) return false;
    place = place.get(key);
  }
  return true;
}

function keysOf(contract, path) {
  const member = contract.byPath.get(pathKey(path));
  const section = contract.byPath.get(pathKey(path.slice(0, -1)));
  const { delimiter } = contract.rules.settings[0];
  if (!member || !section || !delimiter) return new Set([contract.normal(path.at(-1))]);
  const heads = section.names.map((name) => contract.normal(name) + contract.normal(delimiter));
  return new Set(member.names.map((name) => contract.normal(name)).flatMap((name) =>
    heads.filter((head) => name.startsWith(head)).map((head) => name.slice(head.length))));
}

// -- what validation says, by variable --------------------------------------------------------------

function problems(state, verdict) {
  const { contract } = state;
  const unknown = new Set(state.unknown.map(pathKey));
  const above = new Set(state.unknown.flatMap((path) => path.map((_, depth) => pathKey(path.slice(0, depth)))));
  const isUnknown = (place) => place.some((_, depth) => unknown.has(pathKey(place.slice(0, depth + 1))));
  const found = [];
  for (const [place, kind, words] of verdict.bad) {
    if (isUnknown(place)) continue;
    if (kind === "missing" && above.has(pathKey(place))) {
      for (const variable of contract.requiredBelow(place)) {
        if (!unknown.has(pathKey(variable.path)) && !isGiven(state, variable)) found.push(missing(contract, variable.path));
      }
      continue;
    }
    found.push(kind === "missing" ? missing(contract, place) : problem(contract, place, kind, words));
  }
  for (const [place, words] of verdict.unsure) {
    if (isUnknown(place)) continue;
    found.push(line("unsure", "value", contract.at(place)?.name ?? String(place[0] ?? ""), words));
  }
  return found;
}

function problem(contract, place, kind, words) {
  const variable = contract.at(place);
  if (kind === "extra_forbidden") {
    return line("error", "name-unknown", variable?.name ?? String(place.at(-1)), words, "correct the spelling, or remove it");
  }
  const inner = variable ? place.slice(variable.path.length).filter((part) => !String(part).startsWith("\0")) : [];
  const where = inner.length && !variable.secret
    ? `at ${inner.map((part) => (typeof part === "number" ? `item ${part + 1}` : part)).join(", ")}: ` : "";
  const hint = variable ? `expected: ${variable.text}` : "";
  return line("error", "value-invalid", variable?.name ?? String(place[0] ?? ""), where + words, hint);
}

function missing(contract, place) {
  const variable = contract.at(place);
  if (!variable) return line("error", "value-missing", undefined, `${place.join(".")} has no value`);
  const exact = pathKey(place.filter((part) => typeof part === "string")) === pathKey(variable.path);
  const code = exact && variable.secret ? "secret-missing" : "value-missing";
  if (!exact) {
    return line("error", code, variable.name, `lacks the required member ${place.slice(variable.path.length).join(".")}`);
  }
  const members = contract.requiredBelow(place).map(({ name }) => name);
  const hint = members.length ? `set ${members.join(", ")}` : `set ${variable.name}: ${variable.text}`;
  return line("error", code, variable.name, "is required and has no value", hint);
}

// Whether something was set for a variable, or for the section that it is part of.
function isGiven({ contract, entries, gathered }, variable) {
  if (entries.has(variable)) return true;
  const lastNames = new Set(variable.names.map((name) => name.toLowerCase().split(contract.delimiter).at(-1)));
  return gathered.notes.some(([path]) => path[0] === variable.path[0] && path.length <= variable.path.length
    && path.slice(1).every((part, index) => {
      const segment = part.toLowerCase();
      const isLast = index + 1 === variable.path.length - 1;
      return segment === variable.path[index + 1].toLowerCase() || (isLast && lastNames.has(segment));
    }));
}

// What is missing but not needed, or may come from where only the application reads, is no error.
function excuse(contract, role, lines) {
  const needs = role === undefined ? null : contract.roles[role] ?? null;
  for (const entry of lines) {
    if (entry.code !== "value-missing" && entry.code !== "secret-missing") continue;
    if (needs !== null && !needs.includes(entry.variable)) {
      Object.assign(entry, { severity: "note", hint: `not needed by role ${role}` });
    } else if (contract.readsElsewhere) {
      Object.assign(entry, { severity: "note", hint: `the application may find it in ${contract.readsElsewhere}` });
    } else if (contract.readsFiles) {
      Object.assign(entry, { severity: "unsure", words: "has no value here; a file of the application's may have one" });
    }
  }
}

// -- what is worth a word though all is valid -------------------------------------------------------

function notices(contract, entries, soFar) {
  const found = [...unknownNames(contract, entries, soFar)];
  for (const [variable, pairs] of entries) {
    if (typeof variable === "string") continue;
    const old = new Set((variable.deprecated?.names ?? []).map((name) => contract.normal(name)));
    for (const [name] of pairs) {
      if (!old.has(contract.normal(name))) continue;
      const { message, replacedBy } = variable.deprecated;
      const hint = replacedBy ? `set ${replacedBy} instead` : "plan to remove it";
      found.push(line("warning", "name-deprecated", name, `is deprecated${message ? `: ${message}` : ""}`, hint));
    }
    if (variable.secret && variable.required && best(contract, variable, pairs)[1] === "") {
      found.push(line("warning", "secret-empty", variable.name, "is a required secret, and it is set to the empty string"));
    }
    if (variable.deferred) {
      found.push(line("note", "check-deferred", variable.name, "accepted by the contract; the application checks further"));
    }
  }
  return found;
}

function* unknownNames(contract, entries, soFar) {
  const sections = contract.rules.sections.map((name) => contract.normal(name));
  const opened = contract.rules.open.map((name) => contract.normal(name));
  const reported = new Set(soFar.filter(({ severity }) => severity === "error").map(({ variable }) => variable));
  for (const [identity, pairs] of entries) {
    if (typeof identity !== "string") continue;
    for (const [name] of pairs) {
      const key = contract.normal(name);
      if (!sections.some((section) => key.startsWith(section)) || contract.knows(name) || reported.has(name)) continue;
      if (opened.some((section) => key.startsWith(section))) continue;
      const guess = closest(name, contract.variables.flatMap(({ names }) => names));
      yield line("warning", "name-unknown", name, "is no setting of this application, and is ignored",
        guess ? `did you mean ${guess}?` : "correct the spelling, or remove it");
    }
  }
}
