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
    if (kind === "too_short" && above.has(pathKey(place))) continue; // what is unknown would count
    found.push(kind === "missing" ? missing(contract, place) : problem(state, place, kind, words));
  }
  for (const [place, words] of verdict.unsure) {
    if (isUnknown(place)) continue;
    found.push(line("unsure", "value", contract.at(place)?.name ?? String(place[0] ?? ""), words));
  }
  return found;
}

function problem(state, place, kind, words) {
  const { contract } = state;
  const [variable, rest] = contract.locate(place);
  if (kind === "extra_forbidden") {
    const written = state.gathered.notes.find(([path]) => pathKey(path) === pathKey(place))?.[1];
    const name = written ?? variable?.name ?? String(place.at(-1));
    return line("error", "name-unknown", name, words, "correct the spelling, or remove it");
  }
  const inner = variable ? rest.filter((part) => !String(part).startsWith("\0")) : [];
  const where = inner.length && !variable.secret
    ? `at ${inner.map((part) => (typeof part === "number" ? `item ${part + 1}` : part)).join(", ")}: ` : "";
  const parts = variable && !contract.sections.has(pathKey(variable.path)) ? partsOf(state, variable, rest) : [];
  const told = parts.slice(0, 3).join(" and ");
  if (told) words += `; it has no parts, but ${told} ${parts.length === 1 ? "is" : "are"} set`;
  const hint = variable ? `${told ? `remove ${told}; ` : ""}expected: ${variable.text}` : "";
  return line("error", "value-invalid", variable?.name ?? String(place[0] ?? ""), where + words, hint);
}

function missing(contract, place) {
  const [variable, rest] = contract.locate(place);
  if (!variable) return line("error", "value-missing", undefined, `${place.join(".")} has no value`);
  const exact = !rest.length;
  const code = exact && variable.secret ? "secret-missing" : "value-missing";
  if (!exact) {
    return line("error", code, variable.name, `lacks the required member ${rest.join(".")}`);
  }
  const members = contract.requiredBelow(variable.path).map(({ name }) => name);
  const hint = members.length ? `set ${members.join(", ")}` : `set ${variable.name}: ${variable.text}`;
  return line("error", code, variable.name, "is required and has no value", hint);
}

// The names that were set below a place of a variable that is not set itself.
function partsOf(state, variable, rest) {
  const size = variable.path.length;
  const same = (one, other) => String(one).toLowerCase() === String(other).toLowerCase();
  const below = state.gathered.notes.filter(([path]) => path.length > size && path[0] === variable.path[0]
    && variable.path.every((part, index) => same(part, path[index])));
  const leads = ([path]) => path.length - size <= rest.length && path.slice(size).every((part, at) => same(part, rest[at]));
  if (below.some(leads) || isNoted(state, variable)) return [];
  const inside = below.filter(([path]) => rest.length && rest.slice(0, path.length - size)
    .every((part, at) => same(part, path[size + at])));
  return [...new Set((inside.length ? inside : below).map(([, name]) => name))];
}

// Whether something was set for a variable, or for the section that it is part of.
function isGiven(state, variable) {
  return state.entries.has(variable) || isNoted(state, variable);
}

function isNoted({ contract, gathered }, variable) {
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
    if (entry.code === "value-invalid" && contract.readsElsewhere) {
      Object.assign(entry, { severity: "unsure", hint: `${contract.readsElsewhere} may give another value` });
    }
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
