// Below each variable: where to set it. Made when it is opened, with the value of the form, else the default or an example.

function fill(details, card) {
  const { name, default: standard, example } = card.element.dataset;
  const value = values.get(name) ?? standard ?? example ?? "VALUE";
  const application = byId("main").dataset.application;
  const parts = onPlatforms(application, name, value, masked(name)).flatMap(([title, text]) => {
    if (text === null) return [make("p", { text: `${title} has no such names.` })];
    const button = make("button", {
      type: "button", class: "copy", "data-copy": text, "aria-label": `Copy ${name} for ${title}`, title: `Copy for ${title}`,
    });
    return [make("h4", {}, title, button), make("pre", { tabindex: "0", "aria-label": title }, make("code", { text }))];
  });
  details.replaceChildren(details.firstChild, ...parts);
}

for (const card of cards) {
  const details = make("details", { class: "set" }, make("summary", { text: "Where to set it" }));
  details.addEventListener("toggle", () => { if (details.open) fill(details, card); });
  card.element.append(details);
}
