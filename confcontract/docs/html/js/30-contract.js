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

  // Did you mean …?
  closest(name) {
    const wanted = name.toUpperCase();
    const most = Math.min(3, Math.floor((wanted.length - this.prefix.length) / 3));
    let [best, least] = [undefined, most + 1];
    for (const candidate of this.variables.flatMap(({ names }) => names)) {
      if (Math.abs(candidate.length - name.length) >= least) continue;
      const away = distance(wanted, candidate.toUpperCase());
      if (away < least) [best, least] = [candidate, away];
    }
    return best;
  }
}

// Insertions, deletions, replacements and swaps of neighbours.
function distance(one, other) {
  let [earlier, before, row] = [[], [], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    [earlier, before, row] = [before, row, [i]];
    for (let j = 1; j <= other.length; j += 1) {
      const cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(swapped ? Math.min(cost, earlier[j - 2] + 1) : cost);
    }
  }
  return row.at(-1);
}
