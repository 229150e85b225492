"""Traps of bounds that pydantic checks in Python, after a type that has none of its own."""

from __future__ import annotations

from .traps_names import REJECTED, Trap
from .traps_values import values

R = REJECTED
LEVEL = "class Level(IntEnum):\n    LOW = 1\n    HIGH = 5\n"
COLOR = "class Color(str, Enum):\n    RED = 'red'\n    CYAN = 'cyan'\n"
FUNCTIONS = "def same(value):\n    return value\n\ndef half(value):\n    return value[::2]\n"

# fmt: off
BOUNDS: tuple[Trap, ...] = (
    values("bounds on a size are in bytes", "Annotated[ByteSize, Field(ge=3, le=9000)]", {"2GB": R, "2": R, "3": 3, "9kB": 9000, "9001": R, "2.9": R, "1KiB": 1024, "x": R}),
    values("a size is more, less, a multiple", "Annotated[ByteSize, Field(gt=1, lt=1000, multiple_of=8)]", {"1": R, "8": 8, "12": R, "1kB": R, "992": 992}),
    values("a separated list has a length, after its marker", "Annotated[list[str], Separated(','), Field(min_length=2)]", {"a": R, "": R, "a,b": ["a", "b"], '["a"]': R, '["a", "b"]': ["a", "b"], ",": ["", ""]}),
    values("a separated list has a length, before its marker", "Annotated[list[str], Field(min_length=2, max_length=2), Separated(',')]", {"a": R, "a,b": ["a", "b"], "a,b,c": R}),
    values("a separated list has a length, outside of its marker", "Annotated[list[int], Separated(';')] = Field(min_length=1, max_length=2)", {"": R, "1": [1], "1;2;3": R, "1;x": R}),
    values("a separated set has the length of what is left", "Annotated[set[int], Separated(','), Field(min_length=2)]", {"1,1": R, "1,2": [1, 2]}),
    values("a sequence has a length", "Annotated[Sequence[int], Field(min_length=1, max_length=2)]", {"[]": R, "[1]": [1], "[1,2]": [1, 2], "[1,2,3]": R, '["x"]': R}),
    values("a sequence of union types has a length", "Annotated[Sequence[int] | None, Field(min_length=1)] = None", {"[]": R, "[1]": [1]}),
    values("a sequence of anything has a length", "Annotated[Sequence[Any], Field(min_length=1, max_length=2)]", {"[]": R, "[1]": [1], '[1, "x", 3]': R, '"ab"': "ab", '"abc"': R, "5": R, '{"a": 1}': R}),
    values("a defaultdict has a length", "Annotated[defaultdict[str, int], Field(min_length=2, max_length=2)]", {"{}": R, '{"a": 1}': R, '{"a": 1, "b": 2}': {"a": 1, "b": 2}}),
    values("decoded JSON has a length", "Annotated[Json[list[int]], Field(min_length=2)]", {"[1]": R, "[1,2]": [1, 2], "x": R}),
    values("any decoded JSON has a length, if it is of a kind to have one", "Annotated[Json, Field(min_length=2)]", {"[1]": R, "[1,2]": [1, 2], '"ab"': "ab", "5": R, "null": R, '{"a": 1}': R}),
    values("any value has a length", "Annotated[Any, Field(min_length=2)]", {"a": R, "ab": "ab"}),
    values("a list or a mapping has a length", "Annotated[list[int] | dict[str, int], Field(min_length=1)]", {"[]": R, "{}": R, "[1]": [1], '{"a": 1}': {"a": 1}}),
    values("numbers of an enum have bounds", "Annotated[Level, Field(gt=1)]", {"1": R, "5": 5, "6": R}, before=LEVEL),
    values("texts of an enum have a length", "Annotated[Color, Field(min_length=4)]", {"red": R, "cyan": "cyan", "RED": R}, before=COLOR),
    values("texts of a literal have a length", "Annotated[Literal['a', 'bb'], Field(min_length=2)]", {"a": R, "bb": "bb", "c": R}),
    values("a bound that does not suit the member of a union ends everything", "Annotated[int | str, Field(gt=1)]", {"5": R, "x": R}),
    values("a union of numbers has bounds", "Annotated[int | float, Field(gt=1)]", {"5": 5, "1": R, "1.5": 1.5, "0.5": R, "nan": R}),
    values("a union within a union has bounds", "Union[Annotated[int | float, Field(gt=1)], bool]", {"5": 5, "1": None, "0": False, "0.5": R, "true": True}),
    values("texts have an order", "Annotated[str, Field(ge='b', lt='d')]", {"a": R, "b": "b", "cz": "cz", "d": R}),
    values("a union of floats is finite", "Annotated[float | int, AllowInfNan(False)]", {"inf": R, "nan": R, "1.5": 1.5, "3": 3.0}, before="from pydantic import AllowInfNan\n"),
    values("a text that must be finite ends everything", "Annotated[float | str, AllowInfNan(False)]", {"x": R, "inf": R}, before="from pydantic import AllowInfNan\n"),
    values("bounds after bounds", "Annotated[ByteSize, Field(ge=3), Field(le=9)]", {"2": R, "3": 3, "10": R}),
    values("values of a counter are integers", "collections.Counter[str]", {'{"a": 1}': {"a": 1}, '{"a": 1.5}': R, '{"a": "x"}': R, '{"a": "2"}': {"a": 2}, "[]": None, '["a", "a"]': None}, before="import collections\n", judged_since="pydantic 2.14"),
    # --- OnErrorOmit
    values("items that are wrong are left out", "list[OnErrorOmit[int]] = []", {'[1, "x", 2]': [1, 2], '["x"]': [], "x": R, "{}": R}),
    values("values that are wrong are left out", "dict[str, OnErrorOmit[int]] = {}", {'{"a": 1, "b": "x"}': {"a": 1}, "[]": R}),
    values("items that are left out do not count", "Annotated[list[OnErrorOmit[int]], Field(min_length=2)]", {'[1, "x"]': R, '[1, "x", 2]': [1, 2]}),
    values("a sequence of anything is a member of a union", "Sequence[Any] | int", {"[]": [], '[1, "x"]': [1, "x"], '"a"': "a", "5": 5, "{}": R}),
    values("a sequence of anything is a member of a union beside text", "str | Sequence[Any]", {"[]": [], "a": "a", "5": R, "{}": R}),
    values("a mapping of anything is a member of a union", "Mapping[str, Any] | int", {"{}": {}, '{"a": 1}': {"a": 1}, "5": 5, "[]": R}),
    values("items that are left out do not count, in a sequence", "Annotated[Sequence[OnErrorOmit[int]], Field(max_length=1)]", {'[1, "x"]': [1], "[1, 2]": R}),
    values("members of an enum that are wrong are left out", "tuple[OnErrorOmit[Color], ...]", {'["red", "blue"]': ["red"]}, before=COLOR),
    values("separated items that are wrong are left out", "Annotated[list[OnErrorOmit[int]], Separated(',')]", {"1,x,2": [1, 2]}),
)

# What is bounded is not a value that boot holds: it goes by what is beneath.
DEFERRED: tuple[Trap, ...] = (
    values("a length of a path ends everything", "Annotated[Path, Field(min_length=2)]", {"abc": R}),
    values("a bound on an address", "Annotated[IPv4Address, Field(gt=IPv4Address('1.2.3.4'))]", {"1.2.3.3": R, "1.2.3.5": "1.2.3.5"}, since="pydantic 2.13"),
    values("a bound on what the application's validator returns", "Annotated[list[int], AfterValidator(half), Field(max_length=1)]", {"[1,2]": [1], "[1,2,3]": R}, before=FUNCTIONS),
    values("a length of a set of what the application's validator returns", "Annotated[set[Annotated[int, AfterValidator(abs)]], Field(max_length=1)]", {"[1,-1]": [1], "[1,2]": R}),
    values("items that the application leaves out do not count", "Annotated[list[OnErrorOmit[Annotated[int, AfterValidator(lambda v: 1 // v)]]], Field(max_length=1)]", {"[1]": [1], "[1, 2, 3]": R}),
    values("members of a plain enum have no length", "Annotated[Color, Field(min_length=1)]", {"red": R}, before=COLOR.replace("str, ", "")),
    values("a bound within a union that can't suit its value ends everything", "Union[Annotated[int | str, Field(gt=1)], bool]", {"true": R, "x": R}),
)
# fmt: on
