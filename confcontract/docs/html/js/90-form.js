// The form: values that an operator types or pastes, what can be said of them here, and the env file that they make.
// Values live in this one Map and in the inputs; they are never put into the address or into storage.

const values = new Map(); // name as it is to be written → value
let outside = new Set(); // names whose pasted value needs the environment at boot
let malformed = []; // lines of a pasted file that say nothing
let showsSecrets = false;
const PROBLEMS_SHOWN = 100;

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") element.textContent = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
};

const masked = (name) => {
  const variable = contract.variable(name);
  return variable === undefined || Boolean(variable.masked);
};

// The names by which variables are set now.
const usedNames = () => new Map([...values.keys()].flatMap((name) => contract.named(name).map((variable) => [variable, name])));

// -- the inputs, made when the form is opened for the first time ------------------------------------

function makeInputs() {
  for (const card of cards) {
    if (card.input) continue;
    const id = `value:${card.element.id}`;
    const { variable } = card;
    // called "Your value SHOP_PORT": one is to be told from another without seeing where it stands
    const several = variable.shape === "json" && !variable.masked;
    const { default: standard, choices } = card.element.dataset;
    const listed = variable.masked || several ? [] : choices?.split("\n") ?? (variable.kind === "boolean" ? ["true", "false"] : []);
    const input = make(several ? "textarea" : listed.length ? "select" : "input", {
      id, class: "value", spellcheck: "false", autocapitalize: "off", "aria-describedby": `said:${card.element.id}`,
      "aria-labelledby": `label:${card.element.id} name:${card.element.id}`,
      autocomplete: variable.masked ? "new-password" : "off",
    });
    // without what turns text around
    input.placeholder = standard?.replace(/[\u202a-\u202e\u2066-\u2069]/g, "") ?? "";
    if (several) input.rows = 1;
    else if (listed.length) {
      const unset = make("option", { value: "", text: standard === undefined ? "not set" : `default: ${input.placeholder}` });
      input.append(unset, ...listed.filter(Boolean).map((text) => make("option", { value: text, text })));
    } else input.type = variable.masked ? "password" : "text";
    const parts = [make("label", { for: id, id: `label:${card.element.id}`, text: "Your value" }), input];
    const empty = make("button", {
      type: "button", class: "empty", text: "Empty text", "aria-pressed": "false",
      "aria-label": `Set ${card.name} to the empty text`,
    });
    parts.push(empty, make("p", { class: "said", id: `said:${card.element.id}` }));
    card.element.append(make("div", { class: "entry" }, ...parts));
    Object.assign(card, { input, empty, said: card.element.querySelector(".said"), words: "", hint: input.placeholder });
    input.addEventListener("input", () => {
      input.placeholder = card.hint;
      assign(card, input.value === "" ? undefined : input.value);
    });
    input.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text").replace(/\r\n?/g, "\n");
      if (several || !text.includes("\n")) return;
      event.preventDefault(); // the browser would leave the line ends out: no key in PEM would survive that
      assign(card, text);
      display(card, text);
    });
    empty.addEventListener("click", () => {
      display(card, "");
      assign(card, values.get(usedNames().get(card.variable)) === "" ? undefined : "");
    });
  }
}

// An input has one line: of a value that has several, their number is shown, and what is typed replaces them.
function display(card, value) {
  const several = card.input.type !== "textarea" && /[\r\n]/.test(value);
  const hint = several ? `${value.trimEnd().split(/\r\n?|\n/).length} lines; typing replaces them` : card.hint;
  const text = several ? "" : value;
  if (card.input.value !== text) card.input.value = text;
  if (card.input.value !== text && card.input.options) card.input.append(make("option", { value: text, text, selected: "" })); // such as "yes"
  if (card.input.placeholder !== hint) card.input.placeholder = hint;
}

function assign(card, value) {
  const name = usedNames().get(card.variable) ?? card.variable.name;
  outside.delete(name);
  if (value === undefined) {
    for (const other of [...values.keys()]) if (contract.variable(other) === card.variable) values.delete(other);
  } else {
    values.set(name, value);
  }
  soon();
}

let waiting = false;
function soon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; update(); });
}

// -- verdict and env file ---------------------------------------------------------------------------

function update() {
  const found = judge(contract, values, { open: outside, role: finder.role?.value || undefined, strict: byId("strict").checked });
  for (const [number_, words] of malformed) {
    found.lines.unshift(line("error", "source-malformed", undefined, `line ${number_} of what was pasted ${words}`));
    found.verdict = "invalid";
  }
  tellVerdict(found);
  tellCommand(found);
  tellCards(found);
  tellResult();
  if (finder.changed.checked) refine();
}

const HEADS = {
  valid: ["Valid", "boot accepts this configuration"],
  invalid: ["Invalid", "boot refuses this configuration"],
  unsure: ["Only boot can tell", "nothing that the page can judge is wrong; it can't judge everything"],
};
const ORDER = ["error", "unsure", "warning", "note"];
const SEVERITIES = { error: "Error", unsure: "Only boot can tell", warning: "Warning", note: "Note" };

function tellVerdict({ verdict, lines }) {
  const [head, words] = HEADS[verdict];
  const errors = lines.filter(({ severity }) => severity === "error").length;
  const text = errors ? `${plural(errors, "error")}: ${words}` : words;
  const box = byId("verdict");
  const whole = `${head}\n${text}`;
  if (box.dataset.whole !== whole) {
    box.dataset.whole = whole;
    box.dataset.verdict = verdict;
    box.replaceChildren(make("strong", { text: head }), make("span", { text }));
  }
  const told = ORDER.flatMap((severity) => lines.filter((entry) => entry.severity === severity));
  const items = told.slice(0, PROBLEMS_SHOWN).map(problemItem);
  if (told.length > items.length) items.push(make("li", { text: `and ${told.length - items.length} more` }));
  byId("problems").replaceChildren(...items);
}

// The line to run where the page leaves something to boot.
function tellCommand({ lines }) {
  const role = finder.role?.value;
  const options = [role && `--role ${role}`, byId("strict").checked && "--strict"].filter(Boolean);
  byId("ask").hidden = !lines.some(({ severity }) => severity === "unsure");
  const command = ["confcontract validate --contract contract.json --no-environ --env-file settings.env", ...options].join(" ");
  if (byId("command").textContent !== command) byId("command").textContent = command;
}

function problemItem({ severity, code, variable, words, hint, guess }) {
  const item = make("li", { class: severity }, make("span", { class: "severity", text: SEVERITIES[severity] }), " ");
  const card = variable === undefined ? undefined : cardOf.get(contract.variable(variable)?.name);
  if (card) {
    const link = make("a", { href: `#${card.element.id}` }, make("code", { text: variable }));
    link.addEventListener("click", (event) => { event.preventDefault(); reach(card, card.input ?? card.element); });
    item.append(link, " ");
  } else if (variable) {
    item.append(make("code", { text: variable }), " ");
  }
  item.append(words);
  if (byId(`problem:${code}`)) item.append(" ", make("a", { class: "code", href: `#problem:${code}`, text: code }));
  if (hint) item.append(make("span", { class: "hint", text: hint }));
  const offer = (text, name) => {
    const button = make("button", { type: "button", class: "offer", text, "aria-label": `${text} ${variable}${name ? ` to ${name}` : ""}` });
    button.addEventListener("click", () => { rename(variable, name); byId("verdict").focus(); });
    item.append(" ", button);
  };
  if (variable !== undefined && !card && values.has(variable)) {
    if (guess && !contract.named(guess).some((declared) => usedNames().has(declared))) offer("Rename", guess);
    offer("Remove");
  }
  return item;
}

// Without a new name it is removed.
function rename(old, name) {
  const kept = [...values].flatMap(([each, value]) => (each !== old ? [[each, value]] : name ? [[name, value]] : []));
  values.clear();
  for (const [each, value] of kept) values.set(each, value);
  if (outside.delete(old) && name) outside.add(name);
  fillInputs();
  update();
}

function tellCards({ lines }) {
  const told = new Map();
  for (const entry of lines) {
    const name = entry.variable === undefined ? undefined : contract.variable(entry.variable)?.name;
    if (name === undefined) continue;
    if (!told.has(name)) told.set(name, []);
    told.get(name).push(name === entry.variable ? entry : { ...entry, words: `${entry.variable} ${entry.words}` });
  }
  const used = usedNames();
  for (const card of cards) {
    const value = values.get(used.get(card.variable));
    card.changed = value !== undefined && value !== card.element.dataset.default;
    const found = ORDER.flatMap((severity) => (told.get(card.name) ?? []).filter((entry) => entry.severity === severity));
    const words = found.map((entry) => entry.words + (entry.hint ? `; ${entry.hint}` : "")).join("\n");
    const state = value === undefined && !found.length ? "" : found[0]?.severity ?? "fine";
    if (!card.input) continue;
    const said = value !== undefined && !words ? "Accepted" : words;
    if (card.words !== said) card.said.textContent = card.words = said;
    if (card.state !== state) {
      card.state = state;
      card.element.dataset.state = state;
      if (state === "error") card.input.setAttribute("aria-invalid", "true");
      else card.input.removeAttribute("aria-invalid");
    }
    const pressed = String(value === "");
    if (card.empty.getAttribute("aria-pressed") !== pressed) card.empty.setAttribute("aria-pressed", pressed);
  }
}

function tellResult() {
  const shown = [...values].map(([name, value]) =>
    (masked(name) && value !== "" && !showsSecrets ? `${name}=••••••••\n` : writeEnvFile([[name, value]]))).join("");
  byId("result").textContent = shown || "# nothing is set\n";
}

// -- pasting ----------------------------------------------------------------------------------------

function take(text) {
  const file = readEnvFile(text);
  values.clear();
  for (const [name, value] of file.values) values.set(name, value);
  outside = file.open;
  malformed = file.bad;
  fillInputs();
  update();
}

function fillInputs() {
  const used = usedNames();
  for (const card of cards) display(card, values.get(used.get(card.variable)) ?? "");
}

// -- what happens when ------------------------------------------------------------------------------

function openForm() {
  if (!byId("form").hidden) return;
  makeInputs();
  byId("form").hidden = false;
  byId("changed-choice").hidden = false;
  document.body.classList.add("with-form");
  byId("open-form").setAttribute("aria-expanded", "true");
  update();
}

function closeForm() {
  byId("form").hidden = true;
  byId("changed-choice").hidden = true;
  if (finder.changed.checked) { finder.changed.checked = false; refine(); remember(); }
  document.body.classList.remove("with-form");
  byId("open-form").setAttribute("aria-expanded", "false");
  byId("open-form").focus();
}

byId("open-form").addEventListener("click", () => {
  if (byId("form").hidden) { openForm(); byId("form-title").scrollIntoView({ block: "nearest" }); } else closeForm();
});
byId("close-form").addEventListener("click", closeForm);
byId("take").addEventListener("click", () => {
  take(byId("pasted").value);
  byId("pasted").value = "";
  byId("paste").open = false;
  byId("paste").querySelector("summary").focus();
});
byId("clear").addEventListener("click", () => take(""));
byId("copy-result").addEventListener("click", (event) => copy(writeEnvFile(values), event.currentTarget));
byId("copy-command").addEventListener("click", (event) => copy(byId("command").textContent, event.currentTarget));
byId("show-secrets").addEventListener("click", (event) => {
  showsSecrets = !showsSecrets;
  event.currentTarget.setAttribute("aria-pressed", String(showsSecrets));
  tellResult();
});
byId("strict").addEventListener("input", update);
finder.role?.addEventListener("input", () => { if (!byId("form").hidden) soon(); });
follow();
