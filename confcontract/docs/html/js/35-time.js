// Durations, dates and times as pydantic reads them from text. undefined: it is none; null: only boot can tell.

const SECOND = 1000000n; // microseconds are what is counted in
const DAY = 86400n * SECOND;
const MAX_DAYS = 999999999n;
const U32 = 4294967295n;

const micros = (fraction) => BigInt((fraction + "000000").slice(0, 6)); // further digits are cut off

function durationOf(text) {
  if (!isAscii(text)) return /[.,][0-9]{6}/.test(text) ? null : undefined;
  const sign = /^[-+]/.exec(text)?.[0] ?? "";
  const rest = text.slice(sign.length);
  const size = rest.startsWith("P") ? isoDuration(rest) : clockDuration(rest);
  if (size === undefined || size === null) return size;
  if (size / DAY > MAX_DAYS) return undefined;
  return sign === "-" ? -size : size;
}

function isoDuration(text) {
  if (!/^P(?:[0-9]+(?:[.,][0-9]*)?[YMWD])*(?:T(?:[0-9]+(?:[.,][0-9]*)?[HMS])*)?$/.test(text)) return undefined;
  if (text.length < 3) return undefined;
  const [days, time = ""] = text.slice(1).split("T");
  const parts = [...part(days, { Y: 365n * DAY, M: 30n * DAY, W: 7n * DAY, D: DAY }),
    ...part(time, { H: 3600n * SECOND, M: 60n * SECOND, S: SECOND })];
  if (parts.slice(0, -1).some(([, fraction]) => fraction !== undefined)) return undefined;
  let total = 0n;
  for (const [whole, fraction, unit] of parts) {
    const number = BigInt(whole);
    if (number > U32 / 400n) return null; // it overflows somewhere here
    total += number * unit;
    if (fraction) total += (BigInt(fraction.slice(0, 12).padEnd(12, "0")) * unit) / 1000000000000n;
  }
  return total;
}

function* part(text, units) {
  for (const [, whole, fraction, unit] of text.matchAll(/([0-9]+)(?:[.,]([0-9]*))?([A-Z])/g)) {
    yield [whole, fraction, units[unit]];
  }
}

function clockDuration(text) {
  const days = /^([0-9]+) ?d(?:ays?)?,? ?/i.exec(text);
  if (days) {
    if (!/^[0-9]+ ?(?:d|D|days?|DAY)[, ]*$/.test(days[0])) return null; // odd capitals
    const time = text.slice(days[0].length);
    if (BigInt(days[1]) > MAX_DAYS) return undefined;
    if (/^[0-9]+ ?d/i.test(time)) return undefined;
    const clock = time === "" ? 0n : clockDuration(time);
    if (clock === undefined || clock === null || clock >= DAY) return clock === undefined ? undefined : null;
    return BigInt(days[1]) * DAY + clock;
  }
  const found = /^([0-9]*):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?$/.exec(text);
  if (!found) return /[.,][0-9]{6}/.test(text) ? null : undefined; // what follows a cut fraction is not looked at
  const [, hours, minutes, seconds = "0", fraction = ""] = found;
  if (hours.length < 2 && found[3] === undefined) return undefined;
  if (hours.length > 4) return null;
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * SECOND + micros(fraction);
}

// {us: since midnight, offset: seconds east of Greenwich or null}
function timeOf(text) {
  const zone = /(z|[-+\u2212][0-9]{2}:?[0-9]{2})$/i.exec(text);
  const bare = zone ? text.slice(0, zone.index) : text;
  const found = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?$/.exec(bare);
  if (!found) return /[.,][0-9]{6}/.test(bare) ? null : undefined;
  const [, hours, minutes, seconds = "0", fraction = ""] = found;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const offset = zone ? offsetOf(zone[1]) : null;
  if (offset === undefined) return undefined;
  return { us: (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * SECOND + micros(fraction), offset };
}

function offsetOf(zone) {
  if (zone.toLowerCase() === "z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (minutes > 59 || hours > 23) return undefined;
  return (zone[0] === "+" ? 1 : -1) * (hours * 3600 + minutes * 60);
}

// Days since 1970-01-01
function calendarDay(text) {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!found) return undefined;
  const [year, month, day] = found.slice(1).map(Number);
  if (year === 0) return undefined;
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  if (moment.getUTCMonth() !== month - 1 || moment.getUTCDate() !== day) return undefined;
  return BigInt(moment.getTime() / 86400000);
}

const isTimestamp = (text) => /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]*)$/.test(text);

// Seconds since 1970, or milliseconds where there are too many of them.
function timestampOf(text) {
  if (!/^-?[0-9]{1,15}$/.test(text)) return null;
  const given = BigInt(text);
  const inMillis = given > 20000000000n || given < -20000000000n;
  if (inMillis && given % 1000n !== 0n) return null;
  const seconds = inMillis ? given / 1000n : given;
  return seconds < -11676096000n || seconds > 253402300799n ? undefined : seconds;
}

function dateOf(text) {
  const day = calendarDay(text);
  if (day !== undefined) return day;
  if (isTimestamp(text)) {
    const seconds = timestampOf(text);
    if (seconds === undefined || seconds === null) return seconds;
    return seconds % 86400n === 0n ? seconds / 86400n : undefined;
  }
  const moment = datetimeOf(text);
  if (moment === undefined || moment === null) return moment;
  return moment.clock === 0n ? moment.day : undefined; // the time must be midnight
}

// {us: since 1970 on its own clock, offset, day, clock}
function datetimeOf(text) {
  if (isTimestamp(text)) {
    const seconds = timestampOf(text);
    return seconds === undefined || seconds === null ? seconds : { us: seconds * SECOND, offset: 0 };
  }
  const day = calendarDay(text.slice(0, 10));
  if (day === undefined) return undefined;
  if (text.length === 10) return { us: day * DAY, offset: null, day, clock: 0n };
  const time = /^[Tt _]/.test(text[10]) ? timeOf(text.slice(11)) : undefined;
  if (time === undefined || time === null) return time;
  return { us: day * DAY + time.us, offset: time.offset, day, clock: time.us };
}
