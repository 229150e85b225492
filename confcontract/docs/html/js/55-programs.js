// All programs of a contract: the settings class itself, and settings classes inside of it.

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
