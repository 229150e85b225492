// From names to the settings document, by the tables in the contract: prefixes, aliases, nested names, JSON.

class Failure {
  constructor(path, name, reason) { this.path = path; this.name = name; this.reason = reason; }
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
    const written = this.written.get(name) ?? name;
    if (error instanceof NotJson) {
      this.result.failures.push(new Failure(path, written, `not valid JSON: ${error.message}`));
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
          continue;
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
