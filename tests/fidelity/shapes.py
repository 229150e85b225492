"""Shapes of settings: every kind of type a field can have, with its source text and values to try on it.

A shape can print itself as Python source and can draw values in a mood: "right" draws only good
ones, "near" mixes in an odd one now and then, "wrong" mostly odd ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from .moods import Draw, chance, odd, pick
from .scalars import FAMILIES, Scalar


@dataclass(frozen=True)
class Default:
    """A default as Python source; `flaw` names why bake may refuse it."""

    source: str
    flaw: str = ""
    mutable: bool = False


@dataclass(frozen=True)
class Shape:
    """A type; the base of all shapes below."""

    tag: str
    text: str
    declares: tuple[str, ...] = ()
    parts: tuple[Shape, ...] = ()
    hashable: bool = False

    def data(self, draw: Draw, mood: str) -> Any:
        raise NotImplementedError

    def spelled(self, draw: Draw, mood: str) -> str:
        """As the text of an environment variable."""
        if odd(draw, mood) and chance(draw, 2):
            return pick(draw, ODD_JSON)
        return as_json(self.data(draw, mood))

    def defaults(self) -> tuple[Default, ...]:
        return ()

    def members(self) -> tuple[Field, ...]:
        """The fields that exploded variables can reach."""
        return ()

    def tags(self) -> Iterator[str]:
        yield self.tag
        for part in self.parts:
            yield from part.tags()


ODD_JSON = (
    "",
    "null",
    "None",
    "{",
    "[",
    "[]",
    "{}",
    "a,b,c",
    "5",
    "true",
    '""',
    '"x"',
    "[null]",
    '{"a": 1}',
    '{"a": 1, "a": 2}',
    "NaN",
    "[NaN]",
    " [1] ",
    "[1,]",
    "{'a': 1}",
    "[[1]]",
    "[1, 1.0, true]",
    "\ufeff[]",
    '["1", 1]',
    "-",
    "1e2",
    '{"": 1}',
    "\u00a0[]",
)


def as_json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


@dataclass(frozen=True)
class Leaf(Shape):
    scalar: Scalar = field(default=FAMILIES["str"][0])

    def data(self, draw: Draw, mood: str) -> Any:
        return pick(draw, self.scalar.odd_data if odd(draw, mood) else self.scalar.data)

    def spelled(self, draw: Draw, mood: str) -> str:
        return pick(draw, self.scalar.odd if odd(draw, mood) else self.scalar.good)

    def defaults(self) -> tuple[Default, ...]:
        flaw = "secret default" if self.scalar.secret else ""
        mutable = not self.scalar.hashable
        good = tuple(
            Default(source, "" if source == "None" else flaw, mutable)
            for source in self.scalar.defaults
            if source != "None" or self.scalar.family != "secret"
        )
        return good + tuple(Default(source, flaw or "invalid default", mutable) for source in self.scalar.bad_defaults)


def leaf(scalar: Scalar) -> Leaf:
    return Leaf(scalar.family, scalar.text, (scalar.declares,) if scalar.declares else (), (), scalar.hashable, scalar)


@dataclass(frozen=True)
class Items(Shape):
    """A container of one kind of item; `least` and `most` bound its right length."""

    item: Shape = field(default=leaf(FAMILIES["str"][0]))
    least: int = 0
    most: int = 3
    opening: str = "["

    def data(self, draw: Draw, mood: str) -> Any:
        if odd(draw, mood) and chance(draw, 3):
            return pick(draw, (None, [], {}, "x", [None], {"a": 1}, 5, [[1]], ["x", "x", "x", "x", "x"]))
        many = draw(st.integers(self.least, self.most))
        return [self.item.data(draw, mood) for _ in range(many)]

    def defaults(self) -> tuple[Default, ...]:
        inner = self.item.defaults()
        empty: tuple[Default, ...] = (Default("[]", mutable=True),) if self.least == 0 else ()
        if self.text.startswith(("set", "frozenset", "Set", "AbstractSet")):
            empty += (Default("frozenset()"),) if self.least == 0 else ()
        return empty + tuple(Default(f"[{each.source}]", each.flaw, True) for each in inner[:2])


@dataclass(frozen=True)
class Row(Shape):
    """A tuple of fixed length."""

    def data(self, draw: Draw, mood: str) -> Any:
        row = [part.data(draw, mood) for part in self.parts]
        if odd(draw, mood) and chance(draw, 2):
            return row[:-1] if chance(draw, 2) else [*row, "x"]
        return row

    def defaults(self) -> tuple[Default, ...]:
        inner = [part.defaults() for part in self.parts]
        if not all(inner):
            return ()
        first = [each[0] for each in inner]
        flaw = next((each.flaw for each in first if each.flaw), "")
        return (
            Default(
                "(" + "".join(each.source + ", " for each in first) + ")", flaw, any(each.mutable for each in first)
            ),
        )


@dataclass(frozen=True)
class Table(Shape):
    """A mapping; its keys are spelled as JSON object keys."""

    key: Shape = field(default=leaf(FAMILIES["str"][0]))
    value: Shape = field(default=leaf(FAMILIES["str"][0]))
    least: int = 0

    def data(self, draw: Draw, mood: str) -> Any:
        if odd(draw, mood) and chance(draw, 3):
            return pick(draw, (None, [], {}, "x", 5, {"": None}, [["a", 1]]))
        many = draw(st.integers(self.least, 2))
        plain = self.key.tag == "str"
        return {
            (pick(draw, ("k", "Key", "a_b", "1", "a__b")) if plain else self.key.spelled(draw, mood)): self.value.data(
                draw, mood
            )
            for _ in range(many)
        }

    def defaults(self) -> tuple[Default, ...]:
        inner = self.value.defaults() if self.key.tag == "str" else ()
        empty = (Default("{}", mutable=True),) if self.least == 0 else ()
        return empty + tuple(Default(f'{{"k": {each.source}}}', each.flaw, True) for each in inner[:2])

    def members(self) -> tuple[Field, ...]:
        return tuple(Field(name, self.value) for name in ("k", "Key", "1"))


@dataclass(frozen=True)
class Either(Shape):
    """A union; also Optional."""

    def data(self, draw: Draw, mood: str) -> Any:
        if odd(draw, mood) and chance(draw, 3):
            return pick(draw, (None, "null", "", 1.0, True))
        return pick(draw, self.parts).data(draw, mood)

    def spelled(self, draw: Draw, mood: str) -> str:
        if odd(draw, mood) and chance(draw, 3):
            return pick(draw, ("null", "None", "", "1", "1.0", "true", "5"))
        return pick(draw, self.parts).spelled(draw, mood)

    def defaults(self) -> tuple[Default, ...]:
        none = (Default("None"),) if "None" in self.text else ()
        return none + tuple(
            each for part in self.parts for each in part.defaults()[:2] if each.flaw != "invalid default"
        )

    def members(self) -> tuple[Field, ...]:
        return tuple(member for part in self.parts for member in part.members())


@dataclass(frozen=True)
class Wrapped(Shape):
    """A type that stands for the one it wraps: RootModel, an alias type, validators around it."""

    def data(self, draw: Draw, mood: str) -> Any:
        return self.parts[0].data(draw, mood)

    def spelled(self, draw: Draw, mood: str) -> str:
        return self.parts[0].spelled(draw, mood)

    def defaults(self) -> tuple[Default, ...]:
        inner = self.parts[0].defaults()
        if self.tag == "rootmodel":
            return tuple(Default(f"{self.text}({each.source})", each.flaw, True) for each in inner[:2])
        if self.tag == "secret-of":
            return ()
        return inner[:2]

    def members(self) -> tuple[Field, ...]:
        return self.parts[0].members()


@dataclass(frozen=True)
class Parted(Items):
    """A list, set or tuple written without JSON, under the marker `Separated`."""

    delimiter: str = ","

    def spelled(self, draw: Draw, mood: str) -> str:
        if odd(draw, mood):
            return pick(
                draw,
                (
                    "",
                    " ",
                    ",",
                    ";",
                    "a",
                    "a,,b",
                    "1,2,",
                    " 1 , 2 ",
                    "[1, 2]",
                    '["a"]',
                    "{}",
                    "null",
                    "[",
                    "1;2",
                    "1,x",
                    '"a","b"',
                ),
            )
        if chance(draw, 6):
            return super().spelled(draw, mood)
        items = [self.item.spelled(draw, mood) for _ in range(draw(st.integers(self.least, self.most)))]
        return pick(draw, (self.delimiter, f" {self.delimiter} ")).join(items)


@dataclass(frozen=True)
class Model(Shape):
    """Something with named fields."""

    fields: tuple[Field, ...] = ()
    fixed: tuple[tuple[str, Any], ...] = ()  # always there: the tag of a discriminated union's member

    def data(self, draw: Draw, mood: str) -> Any:
        if odd(draw, mood) and chance(draw, 4):
            return pick(draw, (None, [], {}, "x", 5, {"nope": 1}))
        document: dict[str, Any] = dict(self.fixed)
        for each in self.fields:
            if each.default is None or chance(draw, 2):
                if each.default is None and odd(draw, mood) and chance(draw, 2):
                    continue
                key = each.key(draw, mood)
                merge(document, key, each.shape.data(draw, mood))
        if odd(draw, mood) and chance(draw, 4):
            document["nope"] = 1
        return document

    def defaults(self) -> tuple[Default, ...]:
        if self.tag == "typeddict":
            pairs = [(each.keys[0], each.shape.defaults()) for each in self.fields]
            if all(defaults for _, defaults in pairs):
                flaw = next((defaults[0].flaw for _, defaults in pairs if defaults[0].flaw), "")
                return (
                    Default(
                        "{" + ", ".join(f'"{key[0]}": {defaults[0].source}' for key, defaults in pairs) + "}",
                        flaw,
                        True,
                    ),
                )
            return ()
        flaw = ""
        arguments = [f'"{name}": {value!r}' for name, value in self.fixed]
        partial = []
        for each in self.fields:
            own = [known for known in each.shape.defaults() if known.flaw != "invalid default"]
            if each.default is not None:
                flaw = flaw or each.default.flaw
            if own and len(each.keys[0]) == 1:
                if each.default is None:
                    arguments.append(f'"{each.keys[0][0]}": {own[0].source}')
                    flaw = flaw or own[0].flaw
                else:
                    other = own[0] if "strict=True" in self.declares[-1] else own[-1]
                    partial.append((f'"{each.keys[0][0]}": {other.source}', other.flaw))
            elif each.default is None:
                return ()
        known = ", ".join(arguments)
        made = [Default(f"{self.text}(**{{{known}}})", flaw, True)]
        if partial:
            made.append(
                Default(f"{self.text}(**{{{', '.join([*arguments, partial[0][0]])}}})", flaw or partial[0][1], True)
            )
        if not arguments and not self.text.endswith("]") and self.tag != "settings":
            made.append(Default("{}", flaw, True))
        return tuple(made)

    def members(self) -> tuple[Field, ...]:
        return self.fields


def merge(document: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    """Put a value where an AliasPath looks for it."""
    for step in reversed(path[1:]):
        value = [None] * step + [value] if isinstance(step, int) else {step: value}
    head = str(path[0])
    before = document.get(head)
    if isinstance(before, dict) and isinstance(value, dict):
        before.update(value)
    elif isinstance(before, list) and isinstance(value, list):
        document[head] = [
            new if new is not None or index >= len(before) else before[index]
            for index, new in enumerate(value + before[len(value) :])
        ]
    else:
        document[head] = value


@dataclass(frozen=True)
class Field:
    """One field: its type, the names that reach it (as paths), its default and other source.

    keys: what reaches it, best first. strangers: what looks as if it did.
    """

    name: str
    shape: Shape
    keys: tuple[tuple[str | int, ...], ...] = ()
    strangers: tuple[str, ...] = ()
    default: Default | None = None
    arguments: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()
    factory: bool = False
    tag: str = ""

    def __post_init__(self) -> None:
        if not self.keys:
            object.__setattr__(self, "keys", ((self.name,),))

    def key(self, draw: Draw, mood: str) -> tuple[str | int, ...]:
        if self.strangers and odd(draw, mood) and chance(draw, 3):
            return (pick(draw, self.strangers),)
        return self.keys[0] if len(self.keys) == 1 else pick(draw, self.keys)

    def line(self, *, in_dataclass: bool = False) -> str:
        text = self.shape.text
        if self.metadata:
            text = f"Annotated[{text}, {', '.join(self.metadata)}]"
        arguments = list(self.arguments)
        if self.default is not None:
            if self.factory:
                bare = {"[]": "list", "{}": "dict"}.get(self.default.source, f"lambda: {self.default.source}")
                arguments.insert(0, f"default_factory={bare}")
            elif in_dataclass and self.default.mutable:
                arguments.insert(0, f"default_factory=lambda: {self.default.source}")
            elif not arguments:
                return f"    {self.name}: {text} = {self.default.source}"
            else:
                arguments.insert(0, f"default={self.default.source}")
        if arguments:
            return f"    {self.name}: {text} = Field({', '.join(arguments)})"
        return f"    {self.name}: {text}"


@dataclass(frozen=True)
class Tagged(Either):
    """A discriminated union: its tag can be exploded like any field."""

    kinds: tuple[Any, ...] = ()

    def members(self) -> tuple[Field, ...]:
        known = Scalar(
            "literal", "", tuple(str(each) for each in self.kinds), ("", "nope"), self.kinds, ("nope", None), ()
        )
        return (Field("kind", leaf(known)), *super().members())

    def spelled(self, draw: Draw, mood: str) -> str:
        return Shape.spelled(self, draw, mood)
