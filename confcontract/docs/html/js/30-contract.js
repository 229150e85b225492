// The contract as the page holds it: which name means which variables.

const pathKey = (path) => path.join("\0");
const startsWith = (path, head) => head.every((part, index) => path[index] === part);

class Contract {
  constructor(data) {
    Object.assign(this, data); // see rules.py
    this.byName = new Map();
    this.byHead = new Map(); // what the names of parts begin with
    for (const variable of this.variables) {
      variable.names ??= [variable.name];
      for (const name of [...variable.names, ...variable.heads ?? []]) {
        this.put(this.byName, name, variable);
        if (variable.parts && this.delimiter) this.put(this.byHead, name + this.delimiter, variable);
      }
    }
    this.references = new RegExp(this.references, "i");
  }

  put(table, name, variable) {
    const key = this.normal(name);
    if (!table.has(key)) table.set(key, []);
    if (!table.get(key).includes(variable)) table.get(key).push(variable);
  }

  normal(name) { return this.sensitive ? name : name.toLowerCase(); }

  named(name) { return this.byName.get(this.normal(name)) ?? []; }

  variable(name) { return this.named(name)[0]; }

  // NAME, if `name` is NAME_FILE of a declared NAME and is not declared itself.
  pointedAt(name) {
    const end = this.sensitive ? name.slice(-5) : name.slice(-5).toUpperCase();
    const isPointer = end === "_FILE" && this.named(name.slice(0, -5)).length && !this.named(name).length;
    return isPointer ? name.slice(0, -5) : undefined;
  }

  // The variables that a name may be a part of.
  holding(name) {
    const [key, delimiter] = [this.normal(name), this.normal(this.delimiter)];
    const found = [];
    for (let at = delimiter ? key.indexOf(delimiter) : -1; at >= 0; at = key.indexOf(delimiter, at + 1)) {
      found.push(...this.byHead.get(key.slice(0, at + delimiter.length)) ?? []);
    }
    return found;
  }

  // Did you mean …? One slip, as boot looks for it.
  closest(name) {
    const bare = (text) => text.toUpperCase().replace(/[-._]/g, "");
    const [wanted, names] = [bare(name), this.variables.flatMap((variable) => variable.names)];
    const is = (fits) => names.find((each) => fits(bare(each)));
    return is((each) => each === wanted) ?? (wanted.length < bare(this.prefix).length + 3 ? undefined : is((each) => isSlip(wanted, each)));
  }
}

// An insertion, a deletion, a replacement or a swap of neighbours.
function isSlip(one, other) {
  let [start, end] = [0, 0];
  while (start < one.length && one[start] === other[start]) start += 1;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [a, b] = [one, other].map((text) => text.slice(start, text.length - end));
  return Math.max(a.length, b.length) <= 1 || (b.length === 2 && a === b[1] + b[0]);
}
