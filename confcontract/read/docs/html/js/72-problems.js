// What validation says, by variable.

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
