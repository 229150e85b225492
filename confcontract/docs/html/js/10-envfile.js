// Env files, with python-dotenv's meaning: read, and written so that it reads them back.

// What \s means to Python: without and with the ends of lines.
const INLINE_SPACE = "\\t\\v\\f \\x1c-\\x1f\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ANY_SPACE = `${INLINE_SPACE}\\r\\n`;
const OPENS_QUOTE = new RegExp(`^[${INLINE_SPACE}]*(?:export[${INLINE_SPACE}]+)?(?:'[^']+'|[^=#'${ANY_SPACE}]+)[${INLINE_SPACE}]*=[${INLINE_SPACE}]*['"]`);

// {values: Map name → value, bad: [[line, words]], open: Set of names that take something from outside of the file}
function readEnvFile(given) {
  const text = given.replace(/\r\n?/g, "\n").replace(/^\ufeff/, "");
  const file = { values: new Map(), bad: [], open: new Set() };
  const assigned = new Map();
  for (const { line, name, value } of bindings(text)) {
    if (name === undefined) {
      const opens = OPENS_QUOTE.test(text.split("\n")[line - 1]);
      file.bad.push([line, opens ? "has a quote that is not closed" : "is not NAME=VALUE"]);
      continue;
    }
    const outside = { used: false };
    const found = value === null ? null : expanded(value, assigned, outside);
    assigned.set(name, found);
    file.values.delete(name);
    file.open.delete(name);
    if (name.includes("\0") || name.includes("=") || (found ?? "").includes("\0")) {
      file.bad.push([line, "holds what no environment variable can"]);
    } else if (found !== null) {
      file.values.set(name, found);
      if (outside.used) file.open.add(name);
    }
  }
  return file;
}

function* bindings(text) {
  const space = `[${INLINE_SPACE}]*`;
  const rules = {
    blank: new RegExp(`[${ANY_SPACE}]*`, "y"),
    export: new RegExp(`(?:export[${INLINE_SPACE}]+)?`, "y"),
    quotedKey: /'([^']+)'/y,
    key: new RegExp(`([^=#${ANY_SPACE}]+)`, "y"),
    space: new RegExp(space, "y"),
    equal: new RegExp(`(=${space})`, "y"),
    single: /'((?:\\'|[^'])*)'/y,
    double: /"((?:\\"|[^"])*)"/y,
    plain: /([^\r\n]*)/y,
    comment: new RegExp(`(?:${space}#[^\\r\\n]*)?`, "y"),
    end: new RegExp(`${space}(?:\\n|$)`, "y"),
    rest: /[^\r\n]*\n?/y,
  };
  let at = 0;
  const take = (rule) => {
    rules[rule].lastIndex = at;
    const found = rules[rule].exec(text);
    if (!found) throw new SyntaxError(rule);
    at += found[0].length;
    return found[1];
  };
  while (at < text.length) {
    take("blank");
    if (at >= text.length) return;
    const line = text.slice(0, at).split("\n").length;
    const begun = at;
    try {
      take("export");
      const name = text[at] === "#" ? null : text[at] === "'" ? take("quotedKey") : take("key");
      take("space");
      let value = null;
      if (text[at] === "=") {
        take("equal");
        value = valueAt(text[at], take);
      }
      take("comment");
      take("end");
      if (name !== null) yield { line, name, value };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      at = Math.max(begun, at);
      take("rest");
      yield { line };
    }
  }
}

const ESCAPES = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function valueAt(first, take) {
  if (first === "'") return take("single").replace(/\\([\\'])/g, "$1");
  if (first === '"') return take("double").replace(/\\([\\'"abfnrtv])/g, (_, letter) => ESCAPES[letter] ?? letter);
  if (first === undefined || first === "\n") return "";
  return take("plain").replace(new RegExp(`[${ANY_SPACE}]+#.*`), "").replace(new RegExp(`[${ANY_SPACE}]+$`), "");
}

// ${X} and ${X:-default}: from the file's earlier lines; the environment at boot is not known here.
function expanded(value, earlier, outside) {
  return value.replace(/\$\{([^}:]*)(?::-([^}]*))?\}/g, (_, name, fallback) => {
    if (earlier.has(name)) return earlier.get(name) ?? "";
    if (name !== "") outside.used = true;
    return fallback ?? "";
  });
}

// Without quotes where docker, kubectl and systemd read it alike, too: contract/dotenvtext.py.
function quoted(value) {
  if (/^[ -~]*$/.test(value) && value === value.trim() && !/^['"#]|[\\$]| #/.test(value)) return value;
  const broken = value.replaceAll("${", "${:-$}{");
  if (/\r/.test(broken)) return `"${broken.replace(/[\\"]/g, "\\$&").replaceAll("\r", "\\r").replaceAll("\n", "\\n")}"`;
  return `'${broken.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

const writeEnvFile = (values) =>
  [...values].map(([name, value]) => `${/[^\w.-]/.test(name) ? `'${name}'` : name}=${quoted(value)}\n`).join("");
