// What is worth a word though all is valid. severity: of what only strictness refuses.

function notices(contract, entries, soFar, severity) {
  const found = [...unknownNames(contract, entries, soFar, severity)];
  for (const variable of contract.variables) {
    if (!variable.inCode || entries.has(variable) || givenBySection(contract, variable, entries)) continue;
    const inSection = variable.path.length > 1; // which may not be there at all: only boot knows its default
    if (inSection && severity !== "error") continue;
    found.push(line(inSection ? "unsure" : severity, "secret-default", variable.name,
      "is left at a secret in the application's code"));
  }
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
      found.push(line(severity, "secret-empty", variable.name, "is a required secret, and it is set to the empty string"));
    }
    if (variable.deferred) {
      found.push(line("note", "check-deferred", variable.name, "accepted by the contract; the application checks further"));
    }
  }
  return found;
}

function* unknownNames(contract, entries, soFar, severity) {
  const sections = contract.rules.sections.map((name) => contract.normal(name));
  const opened = contract.rules.open.map((name) => contract.normal(name));
  const errors = soFar.filter((entry) => entry.severity === "error");
  // also the names that an error is due to: they are not ignored
  const reported = new Set(errors.flatMap(({ variable, words }) => [variable, ...words.split(" ")]));
  for (const [identity, pairs] of entries) {
    if (typeof identity !== "string") continue;
    for (const [name] of pairs) {
      const key = contract.normal(name);
      if (!sections.some((section) => key.startsWith(section)) || contract.knows(name) || reported.has(name)) continue;
      if (opened.some((section) => key.startsWith(section))) continue;
      const guess = closest(name, contract.variables.flatMap(({ names }) => names));
      yield line(severity, "name-unknown", name, "is no setting of this application, and is ignored",
        guess ? `did you mean ${guess}?` : "correct the spelling, or remove it");
    }
  }
}
