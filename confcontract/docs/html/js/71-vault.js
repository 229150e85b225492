// What boot reads from Vault: its value is not known here.

const REFERENCE = /^(?:(?:vault|bao):)?[\w.-]*[\w-][\w.-]*(?:\/[\w.-]*[\w-][\w.-]*)+#[\w.-]+(?:@[1-9][0-9]{0,17})?$/;

// What may hold a reference where boot reads none: inside of JSON, in a part of a mapping, written in another way.
const WITHIN = /(?:^|[\s"'[{:,=])(?:vault|bao):/i;

function referencesWithin(contract, entries, lines) {
  const opened = contract.rules.open.map((name) => contract.normal(name));
  for (const [identity, pairs] of entries) {
    const own = typeof identity !== "string";
    if (!own && !opened.some((section) => contract.normal(pairs[0][0]).startsWith(section))) continue;
    const value = own ? best(contract, identity, pairs)[1] : pairs.at(-1)[1];
    if (!WITHIN.test(value)) continue;
    const name = own ? identity.name : pairs.at(-1)[0];
    lines.push(line("unsure", "reference", name, "whether boot reads the reference that seems to be in this value"));
  }
}

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
