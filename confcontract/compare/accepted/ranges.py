"""Numbers and moments: the range between two limits."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.compare.accepted.shape import Shape

NUMBERS = ("int", "float", "decimal")
MOMENTS = ("date", "time", "datetime", "timedelta")
_EXACT = 2**53  # up to here a float holds every integer


@dataclass(frozen=True)
class Limit:
    """None as value: no limit. closed: whether the limit itself is accepted."""

    value: Any = None
    closed: bool = True

    def __str__(self) -> str:
        return "" if self.value is None else written(self.value)


@dataclass(frozen=True)
class Range:
    low: Limit
    high: Limit

    def words(self) -> str:
        low, high = self.low, self.high
        if low.value is None and high.value is None:
            return "any"
        if low.closed and high.closed and low.value is not None and high.value is not None:
            return f"{low} to {high}"
        parts = []
        if low.value is not None:
            parts.append(f"at least {low}" if low.closed else f"more than {low}")
        if high.value is not None:
            parts.append(f"at most {high}" if high.closed else f"less than {high}")
        return ", ".join(parts)


class NotOrdered(Exception):
    """The limits can't be compared with one another."""


def range_of(shape: Shape, *, whole: bool) -> Range:
    """whole: convert to integers, so that "more than 0" becomes "at least 1"."""
    options = dict(shape.options)
    lows = [(options.get("ge"), True), (options.get("gt"), False)]
    highs = [(options.get("le"), True), (options.get("lt"), False)]
    for name, arguments in shape.checks:
        if name == "bound" and arguments[0] in ("ge", "gt", "le", "lt"):
            (lows if arguments[0][0] == "g" else highs).append((arguments[1], arguments[0][1] == "e"))
    low = _tightest([Limit(value, closed) for value, closed in lows if value is not None], lower=True)
    high = _tightest([Limit(value, closed) for value, closed in highs if value is not None], lower=False)
    return Range(_whole(low, lower=True), _whole(high, lower=False)) if whole else Range(low, high)


def _tightest(limits: list[Limit], *, lower: bool) -> Limit:
    best = Limit()
    for each in limits:
        if best.value is None or _inside(each, best, lower=lower):
            best = each
    return best


def _whole(limit: Limit, *, lower: bool) -> Limit:
    if type(limit.value) is int and limit.closed:
        return limit
    if limit.value is None or not isinstance(ordered(limit.value), Fraction):
        return limit
    exact = ordered(limit.value)
    if lower:
        return Limit(math.ceil(exact) if limit.closed else math.floor(exact) + 1)
    return Limit(math.floor(exact) if limit.closed else math.ceil(exact) - 1)


def within(inner: Limit, outer: Limit, *, lower: bool) -> bool:
    """Whether everything within one limit is within the other. Raises NotOrdered."""
    if outer.value is None:
        return True
    return inner.value is not None and _inside(inner, outer, lower=lower)


def _inside(inner: Limit, outer: Limit, *, lower: bool) -> bool:
    a, b = inner.value, outer.value
    if not type(a) is type(b) is int:
        a, b = ordered(a), ordered(b)
    try:
        if a == b:
            return outer.closed or not inner.closed
        return bool(a > b) if lower else bool(a < b)
    except TypeError:
        raise NotOrdered from None


@lru_cache(maxsize=4096, typed=True)
def ordered(value: Any) -> Any:
    """A limit as a value that can be compared. Raises NotOrdered for infinity and NaN."""
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return value
    try:
        return Fraction(value)
    except (ValueError, OverflowError, TypeError):
        raise NotOrdered from None


def written(value: Any) -> str:
    """A limit as text that an environment may hold."""
    if type(value) is int:
        return str(value)
    if isinstance(value, datetime.timedelta):
        return duration(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(int(value)) if value.denominator == 1 else str(float(value))
    return str(value)


def duration(value: datetime.timedelta) -> str:
    """ISO 8601, which pydantic reads."""
    sign = "-" if value < datetime.timedelta(0) else ""
    value = abs(value)
    fraction = f".{value.microseconds:06d}" if value.microseconds else ""
    return f"{sign}P{value.days}DT{value.seconds}{fraction}S"


def exact_as_float(limit: Limit) -> bool:
    return limit.value is None or abs(ordered(limit.value)) <= _EXACT


def near(limit: Limit, *, whole: bool) -> list[Any]:
    """Values at and beside a limit, as text."""
    value = limit.value
    if value is None:
        return []
    if whole and type(value) is int:
        return [str(value), str(value + 1), str(value - 1)]
    try:
        at = ordered(value)
    except NotOrdered:
        return [written(value)]
    if isinstance(at, Fraction):
        steps = [*map(Fraction, (0, 1, -1))] + ([] if whole else [Fraction(1, 1000), Fraction(-1, 1000)])
        return list(dict.fromkeys([written(value), *(written(at + step) for step in steps)]))
    if isinstance(at, datetime.time):
        moment = datetime.datetime.combine(datetime.date(2000, 1, 1), at)
        return [written(at), *(written((moment + step).timetz()) for step in _steps(datetime.timedelta(seconds=1)))]
    step = datetime.timedelta(days=1) if type(at) is datetime.date else datetime.timedelta(seconds=1)
    found = [written(at)]
    for each in _steps(step):
        try:
            found.append(written(at + each))
        except OverflowError:
            continue
    return found


def between(limits: Range) -> list[str]:
    """A value in the middle, as text."""
    ends = limits.low.value, limits.high.value
    if type(ends[0]) is type(ends[1]) is int and (ends[0] + ends[1]) % 2 == 0:
        return [str((ends[0] + ends[1]) // 2)]
    if None in ends or not all(isinstance(ordered(end), Fraction) for end in ends):
        return []
    return [written((ordered(ends[0]) + ordered(ends[1])) / 2)]


def _steps(step: datetime.timedelta) -> tuple[datetime.timedelta, datetime.timedelta]:
    return step, -step
