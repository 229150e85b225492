// Did you mean …? The same names as boot suggests, by the same rules: report/suggestions.py says which.

const byText = (one, other) => {
  const [a, b] = [[...one], [...other]];
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    if (a[index] !== b[index]) return a[index].codePointAt(0) - b[index].codePointAt(0);
  }
  return a.length - b.length;
};

const folded = (name) => name.toUpperCase().replaceAll("-", "_").replaceAll(".", "_");
const bareOf = (name) => folded(name).replaceAll("_", "");

function closest(name, names) {
  const known = new Map();
  for (const each of names) {
    const bare = bareOf(each);
    if (!known.has(bare) || byText(each, known.get(bare)) < 0) known.set(bare, each);
  }
  const wanted = bareOf(name);
  if (known.has(wanted)) return known.get(wanted);
  const prefix = commonPrefix([...known.values()]);
  const whole = folded(name);
  const rest = whole.startsWith(prefix) ? whole.slice(prefix.length) : whole;
  if (rest.length < 3) return undefined;
  const found = oneSlip(wanted, new Set([...known.keys()].join(""))).filter((bare) => known.has(bare));
  const ranked = found.map((bare) => [Math.abs(bare.length - wanted.length), known.get(bare)]);
  ranked.sort(([away, one], [further, other]) => away - further || byText(one, other));
  return ranked.length ? ranked[0][1] : sameWords(rest, prefix, [...known.values()]);
}

function oneSlip(text, letters) {
  const slips = [];
  for (let at = 0; at <= text.length; at += 1) {
    const [one, other] = [text.slice(0, at), text.slice(at)];
    slips.push(one + other.slice(1), one + other.slice(1, 2) + other.slice(0, 1) + other.slice(2));
    for (const letter of letters) slips.push(one + letter + other.slice(1), one + letter + other);
  }
  return slips;
}

function commonPrefix(names) {
  const all = names.map(folded);
  if (all.length < 2) return `${all.join("").split("_", 1)[0]}_`;
  let shared = all[0];
  for (const each of all) while (!each.startsWith(shared)) shared = shared.slice(0, -1);
  return shared.slice(0, shared.lastIndexOf("_") + 1);
}

function sameWords(rest, prefix, names) {
  const words = wordsOf(rest);
  if (!words.length) return undefined;
  const near = names.filter((name) => folded(name).includes(words.at(-1)));
  const sections = near.map((name) => {
    const whole = folded(name);
    return [name, wordsOf(whole.startsWith(prefix) ? whole.slice(prefix.length) : whole)];
  });
  const same = (one, other) => one.length === other.length && one.every((word, index) => word === other[index]);
  const sorted = [...words].sort(byText);
  for (const fits of [
    sections.filter(([, parts]) => same([...parts].sort(byText), sorted)),
    sections.filter(([, parts]) => same(parts.slice(-words.length), words)),
  ]) {
    if (fits.length === 1) return fits[0][0];
  }
  return undefined;
}

const wordsOf = (name) => name.split("_").filter(Boolean);
