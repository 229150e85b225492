"""The few coercions that pydantic does in Python rather than in its compiled core.

A contract names them (`{"path": []}`), and boot calls them by that name. Each gives pydantic's verdict on the values
that an environment can hold: strings, and whatever JSON decodes to. The result is the JSON form of the value. The tests
compare each coercion with pydantic itself.

`separated` is our own: the list without JSON that people write (`a,b,c`).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Instance(str):
    """The text of an object that pydantic would have made (a Path, an IP address).

    Strict mode accepts such an object and refuses its text, and the object does not equal its text either. This class
    lets boot tell the two apart.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instance) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def _custom(kind: str, message: str) -> Exception:
    from confcontract.contract.engine import PydanticCustomError

    error: Exception = PydanticCustomError(kind, message)
    return error


def path() -> Callable[[Any], Any]:
    """`str(PurePosixPath(value))`, without importing pathlib (5 ms)."""

    def normalise(value: Any) -> Any:
        if not isinstance(value, str):
            raise _custom("path_type", "Input is not a valid path")
        if value.startswith("//") and not value.startswith("///"):
            root = "//"  # POSIX leaves exactly two leading slashes to the implementation
        else:
            root = "/" if value.startswith("/") else ""
        parts = [part for part in value.split("/") if part not in ("", ".")]
        return Instance(root + "/".join(parts) or ".")

    return normalise


def byte_size(units: dict[str, float]) -> Callable[[Any], Any]:
    """A number of bytes with a unit. `units`: the factor of each unit, in lower case, as in pydantic."""
    import re

    pattern = re.compile(r"^\s*(\d*\.?\d+)\s*(\w+)?", re.IGNORECASE)

    def parse(value: Any) -> int:
        try:
            return int(value)
        except ValueError:
            pass
        found = pattern.match(str(value))
        if found is None:
            raise _custom("byte_size", "could not parse value and unit from byte string")
        number, unit = found.groups()
        factor = units.get((unit or "b").lower())
        if factor is None:
            raise _custom("byte_size_unit", "could not interpret the unit of the size")
        try:
            return int(float(number) * factor)
        except OverflowError:
            raise _custom("byte_size", "could not parse value and unit from byte string") from None

    return parse


_IP_WORDS = {"address": "address", "network": "network", "interface": "interface"}


def ip(version: int, kind: str) -> Callable[[Any], Any]:
    """An address, network or interface. `version`: 4, 6, or 0 for either; `kind`: see `_IP_WORDS`."""
    import ipaddress

    word = _IP_WORDS[kind]  # KeyError for any other name: a contract can't name an arbitrary member of a module
    classes = [getattr(ipaddress, f"IPv{v:d}{word.capitalize()}") for v in ((version,) if version else (4, 6))]
    label = f"ip_v{version or '_any'}_{kind}"
    words = f"Input is not a valid IP{f'v{version}' if version else ''} {word}"

    def parse(value: Any) -> str:
        if value is True or value is False:
            value = int(value)  # the classes take it as one, and warn, which raises if warnings are turned into errors
        for cls in classes:
            try:
                return Instance(cls(value))
            except ValueError:
                continue
        raise _custom(label, words)

    return parse


def regex() -> Callable[[Any], Any]:
    """A regular expression in Python's dialect."""
    import re

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise _custom("pattern_type", "Input should be a valid pattern")
        try:
            re.compile(value)
        except re.error:
            raise _custom("pattern_regex", "Input should be a valid regular expression") from None
        return value

    return check


def length(minimum: int | None, maximum: int | None) -> Callable[[Any], Any]:
    """Bounds on the length of a value that pydantic wraps in an object (a secret, a URL), in characters or bytes."""

    def check(value: Any) -> Any:
        size = len(value) if isinstance(value, (str, bytes)) else len(str(value))
        if minimum is not None and size < minimum:
            raise _custom("too_short", f"Value should have at least {_counted(minimum, value)}")
        if maximum is not None and size > maximum:
            raise _custom("too_long", f"Value should have at most {_counted(maximum, value)}")
        return value

    return check


def _counted(number: int, value: Any) -> str:
    """pydantic speaks of items for any value, but a text has characters. Wrapped values are text or bytes here."""
    container = hasattr(value, "__iter__") and not isinstance(value, (str, bytes))
    unit = "item" if container else "byte" if isinstance(value, bytes) else "character"
    return f"{number} {unit}{'' if number == 1 else 's'}"


def size(minimum: int | None, maximum: int | None) -> Callable[[Any], Any]:
    """Bounds on the length of a value that is not wrapped: a text in characters, or a container in items."""

    def check(value: Any) -> Any:
        try:
            items = len(value)
        except TypeError:
            raise _unsuitable() from None
        if minimum is not None and items < minimum:
            raise _custom("too_short", f"Value should have at least {_counted(minimum, value)}, not {items}")
        if maximum is not None and items > maximum:
            raise _custom("too_long", f"Value should have at most {_counted(maximum, value)}, not {items}")
        return value

    return check


_COMPARED = {
    "gt": ("greater_than", "greater than"),
    "ge": ("greater_than_equal", "greater than or equal to"),
    "lt": ("less_than", "less than"),
    "le": ("less_than_equal", "less than or equal to"),
    "multiple_of": ("multiple_of", "a multiple of"),
}


def bound(word: str, limit: Any) -> Callable[[Any], Any]:
    """A comparison of a number or a text with a bound. `word`: pydantic's name for it, see `_COMPARED`."""
    import operator

    kind, words = _COMPARED[word]
    holds: Any = (lambda value, limit: not value % limit) if word == "multiple_of" else getattr(operator, word)

    def check(value: Any) -> Any:
        try:
            within = holds(value, limit)
        except (TypeError, ValueError, ArithmeticError):
            raise _unsuitable() from None
        if not within:
            raise _custom(kind, f"Input should be {words} {limit}")
        return value

    return check


def finite() -> Callable[[Any], Any]:
    """A number that is neither infinite nor NaN."""
    from math import isfinite

    def check(value: Any) -> Any:
        try:
            within = isfinite(value)
        except (TypeError, ArithmeticError):
            raise _unsuitable() from None
        if not within:
            raise _custom("finite_number", "Input should be a finite number")
        return value

    return check


def _unsuitable() -> Exception:
    """pydantic itself fails here with a plain Python error: the application would not start."""
    return _custom("bound_unsuitable", "Input is of a kind that the field's bound can't be applied to")


def separated(delimiter: str) -> Callable[[Any], Any]:
    """`a, b,c` as a list: white space around items is dropped, the empty string is the empty list.

    A value that is a JSON array is read as one, so that existing JSON values still work.
    """

    def split(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text.startswith("["):
            import json

            try:
                return json.loads(text)
            except ValueError:
                pass  # not JSON after all: an item may begin with a bracket
        return [item.strip() for item in text.split(delimiter)] if text else []

    return split


NAMED: dict[str, Callable[..., Callable[[Any], Any]]] = {
    "bound": bound,
    "byteSize": byte_size,
    "finite": finite,
    "ip": ip,
    "length": length,
    "path": path,
    "regex": regex,
    "separated": separated,
    "size": size,
}
