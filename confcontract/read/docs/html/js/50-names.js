// From names to the settings document, by the tables in the contract: prefixes, aliases, nested names, JSON.

class Failure {
  constructor(path, name, reason) { this.path = path; this.name = name; this.reason = reason; }
}

class Undecodable extends Error {
  constructor(name, reason) { super(reason); this.name_ = name; this.reason = reason; }
}

function deepUpdate(low, high) {
  const merged = new Map(low);
  for (const [key, value] of high) {
    const under = merged.get(key);
    merged.set(key, isMapping(under) && isMapping(value) ? deepUpdate(under, value) : value);
  }
  return merged;
}

class Gathered {
  constructor() {
    this.state = new Map();
    this.notes = []; // [path, name as it was set]
    this.failures = [];
    this.unsure = []; // [path, words]
    this.bad = []; // as in a verdict: of instances that are made whether or not they are used
  }
}

class Source {
  constructor(rules, program, values, result) {
    this.rules = rules;
    this.program = program;
    this.result = result;
    this.values = new Map();
    this.written = new Map();
    for (const [name, value] of values) {
      if (program.ignoreEmpty && value === "") continue;
      const key = program.caseSensitive ? name : name.toLowerCase();
      this.values.set(key, program.noneStr !== null && value === program.noneStr ? new NoneText(value) : value);
      this.written.set(key, name);
    }
    this.heads = null;
  }

  read() {
    const data = new Map();
    for (const field of this.program.fields) {
      const node = this.rules.nodes[field.node] ?? {};
      let [value, key, name, complex] = this.find(field);
      if (value !== undefined) this.note([field.name], name);
      try {
        value = this.prepare(field, node, value, complex);
      } catch (error) {
        this.fail([field.name], name, error);
        continue;
      }
      if (value === undefined || value === null) continue; // pydantic-settings can't tell one from the other
      if (this.program.noneStr !== null) {
        if (isMapping(value)) value = withoutNoneText(value);
        if (value instanceof NoneText) value = null;
      }
      if (isMapping(value) && !this.program.caseSensitive) value = this.rename(node, value);
      data.set(key, value);
    }
    return data;
  }

  note(path, name) {
    this.result.notes.push([path, this.written.get(name) ?? name]);
  }

  find(field) {
    let value, key = "", name = "", complex = false;
    for ([key, name, complex] of field.names) {
      value = this.values.get(name);
      if (value !== undefined) break;
    }
    if (!(complex || (this.program.byName && key === field.name))) {
      const [preferred, , preferredComplex] = field.names[0];
      if (!preferredComplex) key = preferred;
    }
    return [value, key, name, complex];
  }

  fail(path, name, error) {
    const written = error.name_ ?? this.written.get(name) ?? name;
    if (error instanceof NotJson || error instanceof Undecodable) {
      this.result.failures.push(new Failure(path, written, error.reason ?? `not valid JSON: ${error.message}`));
    } else if (error instanceof TooDeep) {
      this.result.unsure.push([path, "JSON that is nested too deeply"]);
    } else {
      throw error;
    }
  }

  prepare(field, node, given, complex) {
    let value = enumMember(node, given);
    if (!(complex || node.complex)) return value === undefined ? undefined : this.coerce(node, value);
    if (value instanceof NoneText) return value;
    if (value === undefined) {
      const parts = this.explode(field);
      return parts.size ? parts : undefined;
    }
    try {
      value = this.decode(node, value);
    } catch (error) {
      if (!node.lenient || !(error instanceof NotJson)) throw error;
    }
    return isMapping(value) ? deepUpdate(value, this.explode(field)) : value;
  }

  decode(node, value) {
    return node?.raw || typeof value !== "string" ? value : pythonJson(value);
  }

  coerce(node, value) {
    if (node?.coerce === undefined || typeof value !== "string") return value;
    const coercer = new Validator(this.rules.coercers[node.coerce], this.rules.shared);
    const verdict = coercer.run(value);
    if (isFine(verdict)) return verdict.value;
    if (verdict.unsure.length) return OPAQUE;
    let decoded;
    try {
      decoded = pythonJson(value);
    } catch {
      return value;
    }
    if (typeof decoded === "string") return value;
    const second = coercer.run(decoded);
    return isFine(second) ? second.value : second.unsure.length ? OPAQUE : value;
  }

  under(prefixes) {
    if (this.heads === null) {
      this.heads = new Map();
      const { delimiter } = this.program;
      let position = 0;
      for (const name of this.values.keys()) {
        for (let at = name.indexOf(delimiter); at >= 0; at = name.indexOf(delimiter, at + 1)) {
          const head = name.slice(0, at);
          if (!this.heads.has(head)) this.heads.set(head, []);
          this.heads.get(head).push([position, name, name.slice(at + delimiter.length)]);
        }
        position += 1;
      }
    }
    const found = new Map();
    for (const prefix of prefixes) {
      for (const entry of this.heads.get(prefix) ?? []) if (!found.has(entry[0])) found.set(entry[0], entry);
    }
    return [...found.values()].sort((one, other) => one[0] - other[0]);
  }

  explode(field) {
    const result = new Map();
    const { delimiter, maxSplit } = this.program;
    if (!delimiter) return result;
    const first = this.rules.nodes[field.node] ?? {};
    for (const [, name, rest] of this.under(field.names.map(([, envName]) => envName))) {
      const keys = splitName(rest, delimiter, maxSplit);
      const last = keys.pop();
      let place = result;
      let target = first;
      let parent = first;
      for (const key of keys) {
        target = this.next(target, key);
        if (target !== undefined && !("type" in target)) parent = target;
        if (isMapping(place)) {
          if (!place.has(key)) place.set(key, new Map());
          place = place.get(key);
        }
      }
      target = this.next(target, last);
      let value = this.values.get(name);
      if (value !== "" && ((target && Object.keys(target).length) || (target === undefined && field.isDict))) {
        try {
          value = this.nested(target, parent, last, value);
        } catch (error) {
          this.fail([field.name, ...keys, last], name, error);
          throw new Undecodable(this.written.get(name), error.message);
        }
      }
      if (!isMapping(place)) continue;
      const there = place.get(last);
      const isEmpty = isMapping(there) && there.size === 0;
      if (!place.has(last) || !(value instanceof NoneText) || isEmpty) {
        const plain = target && Object.keys(target).length && !("type" in target);
        place.set(last, plain ? this.coerce(target, value) : value);
        this.note([field.name, ...keys, last], name);
      }
    }
    return result;
  }

  next(node, key) {
    if (node === undefined) return undefined;
    const named = node.next ?? {};
    const short = node.head && !Object.hasOwn(named, key) && key.startsWith(node.head) ? key.slice(node.head.length) : key;
    const index = Object.hasOwn(named, short) ? named[short] : node.other;
    return index === undefined ? undefined : this.rules.nodes[index];
  }

  nested(target, parent, key, given) {
    let value = given;
    let complex, lenient, decoder;
    if (target === undefined) {
      [complex, lenient] = [true, true];
    } else if ("type" in target) {
      [complex, lenient] = [target.complex, true];
      if (target.union) value = this.decodeUnion(parent, value);
    } else {
      [complex, lenient, decoder] = [target.complex, target.lenient, target];
      if (!complex && (target.heads ?? []).includes(key)) [complex, lenient] = [true, true];
      value = enumMember(target, value);
    }
    if (!complex) return value;
    try {
      return this.decode(decoder, value);
    } catch (error) {
      if (!lenient || !(error instanceof NotJson)) throw error;
      return value;
    }
  }

  decodeUnion(parent, value) {
    try {
      const decoded = this.decode(parent, value);
      return isContainer(decoded) ? decoded : value;
    } catch (error) {
      if (error instanceof NotJson) return value;
      throw error;
    }
  }

  rename(node, values) {
    if (!node.renames) return values;
    const renamed = new Map();
    const own = node.renames === true ? node.next : node.renames;
    for (const [name, value] of values) {
      const lower = name.toLowerCase();
      if (!Object.hasOwn(own, lower)) { renamed.set(name, value); continue; }
      const [key, index] = node.renames === true ? [lower, own[lower]] : own[lower];
      const inner = this.rules.nodes[index];
      renamed.set(key, isMapping(value) && inner.renames ? this.rename(inner, value) : value);
    }
    return renamed;
  }
}

function splitName(text, delimiter, most) {
  const parts = text.split(delimiter);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(delimiter)];
}

function enumMember(node, value) {
  if (typeof value !== "string") return value;
  for (const data of node?.enums?.data ?? []) {
    const found = data.members.find(([name]) => name === value);
    if (found) return new Member(JSON.stringify([data.name, data.mixin, data.members]), found[1]);
  }
  return value;
}

function withoutNoneText(values) {
  return new Map([...values].map(([key, item]) =>
    [key, item instanceof NoneText ? null : isMapping(item) ? withoutNoneText(item) : item]));
}

// Run the programs, the root first, over [name, value] pairs.
function gather(rules, values, index = 0, init = new Map()) {
  const program = rules.settings[index];
  const result = new Gathered();
  const aliases = (field) => field.aliases ?? [field.name];
  for (const source of program.order) {
    if (source === "init") result.state = deepUpdate(initState(program, init, aliases), result.state);
    if (source === "environment") result.state = deepUpdate(new Source(rules, program, values, result).read(), result.state);
  }
  partialDefaults(program, result);
  restoreNames(program, init, result.state, aliases);
  for (const entry of program.nested ?? []) nestedSettings(rules, entry, result, values);
  return result;
}

function initState(program, init, aliases) {
  const state = new Map();
  if (!init.size) return state;
  const normal = (name) => (program.caseSensitive ? name : name.toLowerCase());
  const left = new Set(init.keys());
  for (const field of program.fields) {
    const names = new Set([...aliases(field), ...(program.byName ? [field.name] : [])].map(normal));
    const matched = [...names].flatMap((name) => [...left].filter((key) => normal(key) === name));
    if (!matched.length) continue;
    for (const key of matched) left.delete(key);
    state.set(aliases(field)[0], init.get(matched[0]));
  }
  for (const key of left) state.set(key, init.get(key));
  return state;
}

function partialDefaults(program, result) {
  for (const entry of program.partialDefaults ?? []) {
    const value = result.state.get(entry.key);
    const elsewhere = isMapping(value) && entry.tags.some(([keys, tag]) =>
      keys.some((key) => value.has(key) && plainOf(value.get(key)) !== memberOf(tag)));
    if (elsewhere || !result.state.has(entry.key)) continue;
    const given = asValue(entry.value);
    if (isMapping(given) && isMapping(value)) result.state.set(entry.key, deepUpdate(given, value));
  }
}

function restoreNames(program, init, state, aliases) {
  if (!init.size || !state.size) return;
  for (const field of program.fields) {
    const names = [...aliases(field), ...(program.byName ? [field.name] : [])];
    const given = names.find((name) => init.has(name));
    const present = names.filter((name) => state.has(name));
    if (given === undefined || !present.length) continue;
    const value = state.get(present[0]);
    for (const name of present) state.delete(name);
    state.set(given, value);
  }
}

function nestedSettings(rules, entry, result, values) {
  let place = result.state;
  for (const choices of entry.steps.slice(0, -1)) {
    const found = whereFirst(place, choices);
    place = found ? pick(found[0], found[1]) : undefined;
    if (!isMapping(place)) { place = undefined; break; }
  }
  const choices = entry.steps.at(-1);
  const found = place === undefined ? undefined : whereFirst(place, choices);
  const isDefault = place !== undefined && !found && entry.arguments !== null;
  if (entry.made && !isDefault) instanceMade(rules, entry, result, values);
  const value = found ? pick(found[0], found[1]) : isDefault ? asValue(entry.arguments) : null;
  if (!isMapping(value)) return;
  const inner = gather(rules, values, entry.program, value);
  if (!found) place.set(choices.at(-1)[0], inner.state);
  else if (isMapping(found[0])) found[0].set(found[1], inner.state);
  else found[0][found[1]] = inner.state;
  takeIn(result, inner, entry.path);
  result.notes.push(...inner.notes.map(([path, name]) => [[...entry.path, ...path], name]));
}

// A default that is an instance of a settings class is made on import: where that fails, nothing starts.
function instanceMade(rules, entry, result, values) {
  const trial = gather(rules, values, entry.program, asValue(entry.made.arguments));
  takeIn(result, trial, entry.path);
  if (trial.failures.length) return;
  const verdict = new Validator(rules.instances[entry.made.instance], rules.shared).run(trial.state);
  const there = verdict.bad.filter(([, kind]) => kind !== "missing"); // what is missing may yet come from Vault
  result.bad.push(...there.map(([path, ...rest]) => [[...entry.path, ...path], ...rest]));
  result.unsure.push(...verdict.unsure.map(([path, words]) => [[...entry.path, ...path], words]));
}

function takeIn(result, inner, base) {
  const within = ([path, ...rest]) => [[...base, ...path], ...rest];
  result.failures.push(...inner.failures.map(({ path, name, reason }) => new Failure([...base, ...path], name, reason)));
  result.unsure.push(...inner.unsure.map(within));
  result.bad.push(...inner.bad.map(within));
}

function whereFirst(place, choices) {
  for (const choice of choices) {
    const container = choice.slice(0, -1).reduce(pick, place);
    const last = pick(container, choice.at(-1));
    if (last !== undefined && last !== null) return [container, choice.at(-1)];
  }
  return undefined;
}
