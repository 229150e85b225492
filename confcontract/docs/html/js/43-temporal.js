// Durations, dates and times, with their bounds.

const temporal = (parse, kind, words, read, order) => (self, schema, value, context, strict) => {
  if (strict) return unsure(`a ${words} where only exact types are taken`);
  if (value instanceof Int || value instanceof Float) return unsure(`a number as a ${words}`);
  if (typeof value !== "string") return wrong(`${kind}_type`, `should be a valid ${words}`);
  const found = parse(value);
  if (found === null) return unsure(`a ${words} in numbers, or beyond the usual range`);
  if (found === undefined) return wrong(`${kind}_parsing`, `should be a valid ${words}`);
  if (schema.now_op !== undefined) return unsure("it is compared with the time of the start");
  if (schema.tz_constraint === "aware" && found.offset === null) {
    return wrong("timezone_aware", "should have a time zone");
  }
  if (schema.tz_constraint === "naive" && found.offset !== null) {
    return wrong("timezone_naive", "should have no time zone");
  }
  if (typeof schema.tz_constraint === "number") return unsure("a fixed time zone");
  return bounded(schema, OPAQUE, read, (bound) => order(found, bound));
};

const boundText = (kind) => (bound) => (bound.$ === kind ? bound.data : null);

// What isoformat() wrote: null where it has a time zone, for then the order depends on both.
const clockBound = (kind, parse) => (bound) => {
  const text = boundText(kind)(bound);
  const found = text === null ? null : parse(text);
  return found ? found : null;
};
const sameZone = (one, other) =>
  one.offset === null && other.offset === null ? ordered(one.us, other.us)
    : one.offset !== null && other.offset !== null
      ? ordered(one.us - BigInt(one.offset) * SECOND, other.us - BigInt(other.offset) * SECOND) : null;

const checkDuration = temporal(durationOf, "time_delta", "duration", (bound) => {
  if (bound.$ !== "timedelta") return null;
  const [days, seconds, rest] = bound.data;
  return BigInt(days) * DAY + BigInt(seconds) * SECOND + BigInt(rest);
}, ordered);
const checkDate = temporal(dateOf, "date", "date", (bound) => {
  const text = boundText("date")(bound);
  return text === null ? null : calendarDay(text);
}, ordered);
const checkTime = temporal(timeOf, "time", "time", clockBound("time", timeOf), (one, other) =>
  one.offset === null && other.offset === null ? ordered(one.us, other.us) : null);
const checkDatetime = temporal(datetimeOf, "datetime", "date and time", clockBound("datetime", datetimeOf), sameZone);
