// Did you mean …? The same names as boot suggests, by the same rules.

const MANY = 400;
const NEIGHBOURS = 12;
const byText = (one, other) => {
  const [a, b] = [[...one], [...other]];
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    if (a[index] !== b[index]) return a[index].codePointAt(0) - b[index].codePointAt(0);
  }
  return a.length - b.length;
};

function closest(name, names) {
  if (!names.length) return undefined;
  const wanted = folded(name);
  const prefix = commonPrefix(names);
  const rest = wanted.startsWith(prefix) ? wanted.slice(prefix.length) : wanted;
  const slips = Math.min(3, 1 + Math.floor(rest.length / 5), Math.floor(rest.length / 3));
  let best;
  for (const candidate of candidates(wanted, names, slips)) {
    const other = folded(candidate);
    const away = distance(wanted, other, best ? best[0] : slips);
    if (away === undefined) continue;
    const rank = [away, Math.abs(other.length - wanted.length), -alike(wanted, other), candidate];
    if (!best || isBetter(rank, best)) best = rank;
  }
  return best ? best[3] : sameWords(rest, prefix, names);
}

function isBetter(rank, best) {
  for (const place of [0, 1, 2]) if (rank[place] !== best[place]) return rank[place] < best[place];
  return byText(rank[3], best[3]) < 0;
}

const folded = (name) => name.toUpperCase().replaceAll("-", "_").replaceAll(".", "_");

function commonPrefix(names) {
  if (names.length === 1) {
    const only = folded(names[0]);
    return only.slice(0, only.indexOf("_") + 1);
  }
  const all = names.map(folded).sort(byText);
  const shared = all[0].slice(0, alike(all[0], all.at(-1)));
  return shared.slice(0, shared.lastIndexOf("_") + 1);
}

function alike(one, other) {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

function candidates(wanted, names, slips) {
  const fitting = names.filter((name) => Math.abs(name.length - wanted.length) <= slips);
  if (fitting.length <= MANY) return fitting;
  const near = new Set();
  const reversed = (text) => [...text].reverse().join("");
  for (const [key, turn] of [[wanted, (text) => text], [reversed(wanted), reversed]]) {
    const inOrder = fitting.map(turn).sort(byText);
    for (const attempt of [key, ...repaired(key, inOrder, placeOf(inOrder, key))]) {
      const place = placeOf(inOrder, attempt);
      for (const text of inOrder.slice(Math.max(0, place - NEIGHBOURS), place + NEIGHBOURS)) near.add(turn(text));
    }
  }
  return near;
}

function placeOf(inOrder, key) {
  let [low, high] = [0, inOrder.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byText(inOrder[middle], key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function repaired(key, inOrder, place) {
  return inOrder.slice(Math.max(0, place - 1), place + 1).flatMap((neighbour) => {
    const at = alike(key, neighbour);
    const [begun, rest, instead] = [key.slice(0, at), key.slice(at), neighbour.slice(at, at + 1)];
    return [begun + instead + rest, begun + instead + rest.slice(1), begun + rest.slice(1),
      begun + rest.slice(1, 2) + rest.slice(0, 1) + rest.slice(2)];
  });
}

// Insertions, deletions, replacements and swaps of neighbours; undefined if there are more than `limit`.
function distance(first, second, limit) {
  if (first === second) return 0;
  const start = alike(first, second);
  let [one, other] = [first.slice(start), second.slice(start)];
  let end = 0;
  while (end < one.length && end < other.length && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  if (end) [one, other] = [one.slice(0, -end), other.slice(0, -end)];
  if (Math.abs(one.length - other.length) > limit) return undefined;
  let before = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const earlier = before;
    before = row;
    row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, earlier[j - 2] + 1);
      }
      row.push(cost);
    }
    if (Math.min(...row) > limit && Math.min(...before) > limit) return undefined;
  }
  return row.at(-1) <= limit ? row.at(-1) : undefined;
}

function sameWords(rest, prefix, names) {
  const words = wordsOf(rest);
  if (!words.length || rest.length < 3) return undefined;
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
