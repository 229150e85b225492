// The page without the form: search, filters, deep links, copying, colours, keys.

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("contract").textContent);
const contract = new Contract(data);

// One per variable: its element, what search looks through, and what filters ask.
const cards = [...document.querySelectorAll("article.variable")].map((element) => ({
  element,
  name: element.dataset.name,
  required: element.hasAttribute("data-required"),
  secret: element.hasAttribute("data-secret"),
  roles: (element.dataset.roles ?? "").split(" "),
  changed: false,
  shown: true,
}));
{
  const declared = new Map(contract.variables.map((variable) => [variable.name, variable]));
  for (const card of cards) {
    card.variable = declared.get(card.name);
    const about = card.element.querySelector(".about")?.textContent ?? "";
    card.text = [...card.variable.names, card.variable.path.join("."), about].join("\n").toLowerCase();
  }
}
const cardOf = new Map(cards.map((card) => [card.name, card]));
const groups = [...document.querySelectorAll("section.group")].map((element) => ({
  element,
  cards: cards.filter((card) => card.element.parentElement === element),
}));

const finder = {
  search: byId("search"), required: byId("only-required"), secret: byId("only-secret"), changed: byId("only-changed"),
  role: byId("role"),
};
const boxes = { required: finder.required, secret: finder.secret, changed: finder.changed };
for (const box of document.querySelectorAll("#finder [data-only]")) {  // a mark that cards of this page have
  const key = box.dataset.only;
  boxes[key] = box;
  for (const card of cards) card[key] = key in card.element.dataset;
}

// Only what changes is touched: two thousand cards are not rendered again for a key.
function refine() {
  const words = finder.search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const role = finder.role?.value ?? "";
  let count = 0;
  for (const card of cards) {
    const shown = words.every((word) => card.text.includes(word))
      && Object.entries(boxes).every(([key, box]) => !box.checked || card[key])
      && (role === "" || card.roles.includes(role));
    count += shown;
    if (shown !== card.shown) card.element.hidden = !(card.shown = shown);
  }
  for (const group of groups) {
    const hidden = !group.cards.some((card) => card.shown);
    if (group.element.hidden !== hidden) group.element.hidden = hidden;
  }
  byId("nothing").hidden = count > 0;
  const all = count === cards.length;
  byId("count").textContent = all ? plural(count, "variable") : `${count} of ${plural(cards.length, "variable")}`;
}

const isRefined = () => finder.search.value !== "" || Object.values(boxes).some((box) => box.checked)
  || (finder.role?.value ?? "") !== "";

function showAll() {
  finder.search.value = "";
  for (const box of Object.values(boxes)) box.checked = false;
  if (finder.role) finder.role.value = "";
  refine();
}

// -- addresses --------------------------------------------------------------------------------------

function remember() {
  const state = new URLSearchParams();
  if (finder.search.value) state.set("q", finder.search.value);
  for (const [key, box] of Object.entries(boxes)) if (box.checked) state.set(key, "1");
  if (finder.role?.value) state.set("role", finder.role.value);
  const hash = state.toString();
  history.replaceState(null, "", hash ? `#?${hash}` : `${location.pathname}${location.search}`);
}

function follow() {
  const hash = location.hash.slice(1);
  if (hash.startsWith("?")) {
    const state = new URLSearchParams(hash.slice(1));
    finder.search.value = state.get("q") ?? "";
    for (const [key, box] of Object.entries(boxes)) box.checked = state.get(key) === "1";
    if (finder.role) finder.role.value = state.get("role") ?? "";
    refine();
    return;
  }
  let wanted = hash;
  try {
    wanted = decodeURIComponent(hash);
  } catch { /* as it is */ }
  const element = byId(wanted);
  const card = element?.matches("article.variable") ? cards.find((found) => found.element === element)
    : cardOf.get(contract.variable(wanted)?.name);
  if (card) reach(card);
}

function reach(card, focused = card.element) {
  if (!card.shown) showAll();
  for (const found of document.querySelectorAll(".reached")) found.classList.remove("reached");
  card.element.classList.add("reached");
  focused.focus({ preventScroll: true });
  settle(card.element, 5);
}

// What stands above it gets its real height only when it comes near, and pushes it away.
function settle(element, frames) {
  element.scrollIntoView({ block: "start" });
  if (frames > 0) requestAnimationFrame(() => settle(element, frames - 1));
}

// -- copying ----------------------------------------------------------------------------------------

async function copy(text, button) {
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch {
    done = copyTheOldWay(text); // a file:// page, or a browser that does not allow it
  }
  button.dataset.done = done ? "copied" : "failed";
  byId("said").textContent = done ? "Copied" : "The browser does not allow copying";
  button.focus();
  setTimeout(() => { delete button.dataset.done; }, 1500);
}

function copyTheOldWay(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

// -- colours ----------------------------------------------------------------------------------------

const THEMES = [["", "◐", "as the system"], ["light", "○", "light"], ["dark", "●", "dark"]];

function wear(theme) {
  const [name, sign, words] = THEMES.find(([found]) => found === theme) ?? THEMES[0];
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  byId("theme").textContent = sign;
  byId("theme").setAttribute("aria-label", `Colours: ${words}`);
}

// What was chosen before; `given` replaces it.
function stored(key, given) {
  try {
    if (given !== undefined) localStorage.setItem(`confcontract-${key}`, given);
    return localStorage.getItem(`confcontract-${key}`) ?? "";
  } catch {
    return given ?? ""; // no storage: the choice lasts as long as the page
  }
}

// -- what happens when ------------------------------------------------------------------------------

const visibleCards = () => cards.filter((card) => card.shown);

function step(from, direction) {
  const shown = visibleCards();
  const next = shown[shown.findIndex((card) => card.element === from) + direction];
  if (next) reach(next);
  else if (direction < 0) finder.search.focus();
}

function onKey(event) {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = target.matches("input:not([type=checkbox]), textarea, select");
  if (key === "/" && !typing) {
    event.preventDefault();
    finder.search.focus();
    finder.search.select();
  } else if (key === "Escape" && (target === finder.search || !typing) && isRefined()) {
    event.preventDefault();
    showAll();
    remember();
  } else if (target === finder.search && (key === "ArrowDown" || key === "Enter")) {
    event.preventDefault();
    const [first] = visibleCards();
    if (first) reach(first);
  } else if (target.matches("article.variable") && (key === "ArrowDown" || key === "ArrowUp")) {
    event.preventDefault();
    step(target, key === "ArrowDown" ? 1 : -1);
  }
}

byId("finder").hidden = false;
for (const id of ["theme", "open-form"]) byId(id).hidden = false;
byId("compact").checked = stored("view") === "compact";
byId("compact").addEventListener("input", ({ target }) => stored("view", target.checked ? "compact" : "cards"));
byId("finder").addEventListener("submit", (event) => event.preventDefault());
byId("finder").addEventListener("input", () => { refine(); remember(); });
byId("reset").addEventListener("click", () => { showAll(); remember(); finder.search.focus(); });
byId("theme").addEventListener("click", () => {
  const now = THEMES.findIndex(([name]) => name === (document.documentElement.dataset.theme ?? ""));
  wear(stored("theme", THEMES[(now + 1) % THEMES.length][0]));
});
document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.copy");
  if (button) copy(button.dataset.copy, button);
});
addEventListener("hashchange", follow);
wear(stored("theme"));
