// Numbers as pydantic's lax mode reads them from text. undefined: no such number.

const withoutUnderscores = (text) =>
  text.includes("_") && !/^_|_$|__/.test(text) ? text.replaceAll("_", "") : undefined;

// null: pydantic strips zeros in front before it looks further, so that odd texts may pass. It takes 4,300 digits.
function intOf(raw) {
  if (raw.length > 4300) return /[1-9][0-9]{4300}/.test(raw) ? undefined : null;
  const text = rustTrim(raw).replace(/\.0+$/, "");
  if (/^[-+]?[0-9]+(_[0-9]+)*$/.test(text)) return BigInt(text.replace("+", "").replaceAll("_", ""));
  return /^[-+]?0+[-+_]/.test(text) ? null : undefined;
}

const RUST_FLOAT = /^[-+]?(?:inf|infinity|nan|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?)$/i;

function floatOf(raw) {
  for (const candidate of [rustTrim(raw), withoutUnderscores(raw)]) {
    if (candidate === undefined || !RUST_FLOAT.test(candidate)) continue;
    const bare = candidate.replace(/^[-+]/, "").toLowerCase();
    const size = bare === "nan" ? NaN : bare.startsWith("inf") ? Infinity : Number(bare);
    return candidate.startsWith("-") ? -size : size;
  }
  return undefined;
}

const BOOLEANS = new Map([["0", false], ["off", false], ["f", false], ["false", false], ["n", false], ["no", false],
  ["1", true], ["on", true], ["t", true], ["true", true], ["y", true], ["yes", true]]);

const boolOf = (text) => (isAscii(text) ? BOOLEANS.get(text.toLowerCase()) : undefined);

// A Decimal: {kind: "finite", coefficient, exponent} (value = coefficient · 10^exponent), "infinite" or "nan".
// null: Python may take digits of other scripts.
function decimalOf(raw) {
  const text = pythonStrip(raw).replaceAll("_", "");
  if (!isAscii(text)) return null;
  if (/^[-+]?inf(inity)?$/i.test(text)) return { kind: "infinite" };
  if (/^[-+]?s?nan[0-9]*$/i.test(text)) return { kind: "nan" };
  const found = /^([-+]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:e([-+]?[0-9]+))?$/i.exec(text);
  if (!found) return undefined;
  const [, sign, whole = "", after = "", only = "", power = "0"] = found;
  const fraction = after + only;
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > 5000 || whole.length + fraction.length > 5000) return null;
  const coefficient = BigInt(whole + fraction || "0");
  return { kind: "finite", coefficient: sign === "-" ? -coefficient : coefficient, exponent };
}

function compareDecimals(one, other) {
  const low = Math.min(one.exponent, other.exponent);
  const scaled = ({ coefficient, exponent }) => coefficient * 10n ** BigInt(exponent - low);
  const [a, b] = [scaled(one), scaled(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

// pydantic's count: digits before and after the point, as max_digits and decimal_places mean them.
function decimalPlaces({ coefficient, exponent }) {
  let digits = String(coefficient < 0n ? -coefficient : coefficient);
  let power = exponent;
  while (power < 0 && digits.endsWith("0") && digits !== "0") { digits = digits.slice(0, -1); power += 1; }
  if (coefficient === 0n) power = Math.max(power, 0);
  if (power >= 0) return { digits: digits.length + (coefficient === 0n ? 0 : power), places: 0 };
  return { digits: Math.max(digits.length, -power), places: -power };
}
