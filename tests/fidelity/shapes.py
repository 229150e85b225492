"""Shapes of settings: every kind of type a field can have, with its source text and values to try on it.

A shape can print itself as Python source and can draw values in a mood: "right" draws only good
ones, "near" mixes in an odd one now and then, "wrong" mostly odd ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from .scalars import FAMILIES, Scalar

T = TypeVar("T")


class Draw(Protocol):
    def __call__(self, strategy: st.SearchStrategy[T], /) -> T: ...


RIGHT, NEAR, WRONG = "right", "near", "wrong"


def chance(draw: Draw, one_in: int) -> bool:
    """True once in `one_in`; shrinks to False."""
    return draw(st.integers(0, one_in - 1)) == one_in - 1


def pick(draw: Draw, pool: tuple[T, ...] | list[T]) -> T:
    return draw(st.sampled_from(pool))


def odd(draw: Draw, mood: str) -> bool:
    if mood == RIGHT:
        return False
    return chance(draw, 5 if mood == NEAR else 2)


@dataclass(frozen=True)
class Default:
    """A default as Python source; `flaw` names why bake may refuse it."""

    source: str
    flaw: str = ""
    mutable: bool = False


@dataclass
class Namer:
    """Unique class names within one source."""

    taken: int = 0

    def __call__(self, stem: str) -> str:
        self.taken += 1
        return f"{stem}{self.taken}"


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
            own = each.shape.defaults()
            if each.default is not None:
                flaw = flaw or each.default.flaw
            if own and len(each.keys[0]) == 1:
                if each.default is None:
                    arguments.append(f'"{each.keys[0][0]}": {own[0].source}')
                    flaw = flaw or own[0].flaw
                else:
                    partial.append((f'"{each.keys[0][0]}": {own[-1].source}', own[-1].flaw))
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


# --- drawing shapes ---------------------------------------------------------------------------


RARE = ("place", "clock", "import", "encoded", "none", "pattern-type")
_FAMILY_WHEEL = tuple(family for family in FAMILIES for _ in range(1 if family in RARE else 3))


def some_scalar(draw: Draw, *, hashable: bool = False) -> Shape:
    family = pick(draw, _FAMILY_WHEEL)
    scalar = pick(draw, FAMILIES[family])
    if hashable and not scalar.hashable:
        return leaf(FAMILIES["int"][0])
    return leaf(scalar)


def _inner(draw: Draw, names: Namer, depth: int) -> Shape:
    if depth <= 0 or not chance(draw, 4):
        return leaf(FAMILIES[pick(draw, ("int", "str"))][0]) if chance(draw, 2) else some_scalar(draw)
    return some_shape(draw, names, depth - 1)


LISTS = (
    "list[{}]",
    "List[{}]",
    "Sequence[{}]",
    "tuple[{}, ...]",
    "deque[{}]",
    "Annotated[list[{}], Field(min_length=1, max_length=2)]",
    "Annotated[tuple[{}, ...], Field(max_length=2)]",
    "Annotated[deque[{}], Field(max_length=2)]",
)
SETS = ("set[{}]", "frozenset[{}]", "AbstractSet[{}]", "Annotated[set[{}], Field(min_length=2)]")
DICTS = (
    "dict[{}, {}]",
    "Mapping[{}, {}]",
    "Annotated[dict[{}, {}], Field(min_length=1)]",
    "defaultdict[{}, {}]",
    "OrderedDict[{}, {}]",
)


def _list(draw: Draw, names: Namer, depth: int) -> Shape:
    item = _inner(draw, names, depth)
    text = pick(draw, LISTS)
    least, most = (1, 2) if "min_length=1" in text else (0, 2)
    tag = "deque" if "deque" in text else "tuple-any" if "tuple" in text else "list"
    return Items(tag, text.format(item.text), item.declares, (item,), False, item, least, most)


def _bare(draw: Draw, names: Namer, depth: int) -> Shape:
    item = leaf(FAMILIES["int"][0])
    text = pick(draw, ("list", "set", "tuple", "frozenset", "deque", "dict"))
    if text == "dict":
        return Table("bare", text, (), (), False)
    return Items("bare", text, (), (), False, item)


def _set(draw: Draw, names: Namer, depth: int) -> Shape:
    item = some_scalar(draw, hashable=True)
    text = pick(draw, SETS)
    tag = "frozenset" if "frozen" in text else "set"
    return Items(tag, text.format(item.text), item.declares, (item,), False, item, 2 if "min_length" in text else 0, 3)


def _dict(draw: Draw, names: Namer, depth: int) -> Shape:
    key = some_scalar(draw, hashable=True) if chance(draw, 3) else leaf(FAMILIES["str"][0])
    value = _inner(draw, names, depth)
    text = pick(draw, DICTS)
    if text.startswith("defaultdict") and value.tag not in ("int", "str", "float", "bool", "list", "set"):
        text = DICTS[0]  # pydantic knows what to make of these only
    return Table(
        "dict",
        text.format(key.text, value.text),
        key.declares + value.declares,
        (key, value),
        False,
        key,
        value,
        1 if "min_length" in text else 0,
    )


def _tuple(draw: Draw, names: Namer, depth: int) -> Shape:
    items = tuple(_inner(draw, names, 0) for _ in range(draw(st.integers(1, 3))))
    return Row(
        "tuple",
        f"tuple[{', '.join(each.text for each in items)}]",
        tuple(d for each in items for d in each.declares),
        items,
    )


def _optional(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = some_shape(draw, names, depth - 1) if depth > 0 else some_scalar(draw)
    style = pick(draw, ("Optional[{}]", "Union[{}, None]", "Union[None, {}]"))
    return Either("optional", style.format(inner.text), inner.declares, (inner,))


def _union(draw: Draw, names: Namer, depth: int) -> Shape:
    simple = (
        "int",
        "str",
        "bool",
        "float",
        "date",
        "timedelta",
        "literal",
        "enum-str",
        "enum-int",
        "uuid",
        "url",
        "decimal",
        "bytes",
        "path",
        "strict",
        "none",
        "datetime",
    )
    many = draw(st.integers(2, 3))
    members: list[Shape] = []
    for _ in range(many):
        if depth > 0 and chance(draw, 3):
            members.append(some_shape(draw, names, depth - 1))
        else:
            members.append(leaf(pick(draw, FAMILIES[pick(draw, simple)])))
    tag = "union-complex" if any(not isinstance(each, Leaf) for each in members) else "union"
    text = f"Union[{', '.join(each.text for each in members)}]"
    if len({each.text for each in members} - {"None"}) > 1 and chance(draw, 6):
        text = f'Annotated[{text}, Field(union_mode="left_to_right")]'
        tag = "union-left-to-right"
    return Either(tag, text, tuple(d for each in members for d in each.declares), tuple(members))


def _rootmodel(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = _inner(draw, names, depth) if chance(draw, 2) else _list(draw, names, 0)
    name = names("Root")
    return Wrapped(
        "rootmodel", name, (*inner.declares, f"class {name}(RootModel[{inner.text}]):\n    pass\n"), (inner,)
    )


def _alias_type(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = some_shape(draw, names, depth - 1) if depth > 0 else some_scalar(draw)
    name = names("Alias")
    return Wrapped("alias-type", name, (*inner.declares, f'{name} = TypeAliasType("{name}", {inner.text})\n'), (inner,))


def _secret_of(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = _list(draw, names, 0) if chance(draw, 2) else some_scalar(draw)
    return Wrapped("secret-of", f"Secret[{inner.text}]", inner.declares, (inner,))


VALIDATORS = (
    "AfterValidator(lambda v: v)",
    "AfterValidator(refuse_long)",
    "BeforeValidator(split_commas)",
    "BeforeValidator(lambda v: v.strip() if isinstance(v, str) else v)",
    "WrapValidator(lambda v, handler: handler(v))",
    "PlainValidator(lambda v: str(v))",
)


def _validated(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = _list(draw, names, 0) if chance(draw, 3) else some_scalar(draw)
    return Wrapped("validator", f"Annotated[{inner.text}, {pick(draw, VALIDATORS)}]", inner.declares, (inner,))


def _nodecode(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = _list(draw, names, 0)
    marker = pick(draw, ("NoDecode", "ForceDecode", "NoDecode, BeforeValidator(split_commas)"))
    return Wrapped("nodecode", f"Annotated[{inner.text}, {marker}]", inner.declares, (inner,))


NAMES = ("host", "port", "url", "Name", "MAX_SIZE", "a", "b_c")

# Configuration of nested models: source of one keyword, and what it does to names.
MODEL_FEATURES = (
    "",
    "",
    "",
    'extra="forbid"',
    'extra="allow"',
    "strict=True",
    "populate_by_name=True",
    "alias_generator=to_camel",
    "alias_generator=to_shouting",
    "str_strip_whitespace=True",
    "str_to_lower=True",
    "validate_default=True",
    "validate_by_name=True, validate_by_alias=False",
    "frozen=True",
    "use_enum_values=True",
    "coerce_numbers_to_str=True",
    "allow_inf_nan=False",
    'regex_engine="python-re"',
)

GENERATORS: dict[str, Callable[[str], str]] = {
    "to_camel": lambda name: __import__("pydantic.alias_generators", fromlist=["x"]).to_camel(name),
    "to_shouting": lambda name: "X_" + name.upper(),
}


def names_of(
    draw: Draw, name: str, features: tuple[str, ...], *, aliases: bool
) -> tuple[tuple[str, ...], tuple[tuple[str | int, ...], ...], tuple[str, ...], str]:
    """An alias for a field: arguments of Field, the keys that reach it, those that don't, and a tag."""
    said = " ".join(features)
    by_name = "populate_by_name=True" in said or "validate_by_name=True" in said
    by_alias = "validate_by_alias=False" not in said
    generator = next((made for known, made in GENERATORS.items() if f"alias_generator={known}" in said), None)
    kind = (
        pick(draw, ("none",) * 9 + ("alias", "validation", "choices", "path", "choices-path", "serialization"))
        if aliases
        else "none"
    )
    other = f"{name}_alias"
    arguments: tuple[str, ...]
    keys: tuple[tuple[str | int, ...], ...]
    if kind in ("none", "serialization"):
        arguments = (f'serialization_alias="{other}"',) if kind == "serialization" else ()
        keys = ((generator(name),),) if generator else ((name,),)
    elif kind in ("alias", "validation"):
        argument = "alias" if kind == "alias" else "validation_alias"
        arguments, keys = (f'{argument}="{other}"',), ((other,),)
    elif kind == "choices":
        arguments, keys = (
            (f'validation_alias=AliasChoices("{other}", "{name}", "Third{name}")',),
            ((other,), (name,), (f"Third{name}",)),
        )
    elif kind == "path":
        steps: tuple[str | int, ...] = (0, 1, "k")
        step = pick(draw, steps)
        arguments, keys = (f'validation_alias=AliasPath("{other}", {step!r})',), ((other, step),)
    else:
        arguments = (f'validation_alias=AliasChoices("{other}", AliasPath("{name}_doc", "k", 0))',)
        keys = ((other,), (f"{name}_doc", "k", 0))
    if not by_alias:
        return arguments, ((name,),), tuple(str(key[0]) for key in keys if key != (name,)), f"alias-{kind}"
    if by_name and (name,) not in keys:
        keys = (*keys, (name,))
    strangers = () if (name,) in keys else (name,)
    return arguments, keys, strangers, f"alias-{kind}"


def _default(draw: Draw, shape: Shape) -> Default | None:
    pool = shape.defaults()
    if not pool:
        return None
    whole = [each for each in pool if not each.flaw]
    if whole and not chance(draw, 30):
        return pick(draw, whole)
    return pick(draw, pool)


def _fields(draw: Draw, names: Namer, depth: int, features: tuple[str, ...], kind: str) -> tuple[Field, ...]:
    made = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)):
        shape = _inner(draw, names, depth)
        arguments, keys, strangers, tag = names_of(
            draw, name, features, aliases=kind in ("model", "pydantic-dataclass")
        )
        default = _default(draw, shape) if kind != "typeddict" and chance(draw, 2) else None
        made.append(Field(name, shape, keys, strangers, default, arguments, tag=tag))
    return tuple(sorted(made, key=lambda each: each.default is not None)) if "dataclass" in kind else tuple(made)


def _config(features: tuple[str, ...], settings: bool = False) -> str:
    said = ", ".join(each for each in features if each)
    return f"    model_config = {'SettingsConfigDict' if settings else 'ConfigDict'}({said})\n" if said else ""


def _model(draw: Draw, names: Namer, depth: int) -> Shape:
    features = (pick(draw, MODEL_FEATURES),)
    fields = _fields(draw, names, depth, features, "model")
    name = names("Sub")
    body = "".join(each.line() + "\n" for each in fields)
    before = tuple(d for each in fields for d in each.shape.declares)
    parts = tuple(each.shape for each in fields)
    if chance(draw, 5) and len(fields) > 1:  # by inheritance
        first, rest = fields[0], fields[1:]
        base = f"class {name}Base(BaseModel):\n{_config(features)}{first.line()}\n"
        body = f"class {name}({name}Base):\n" + "".join(each.line() + "\n" for each in rest)
        return Model("model-inherited", name, (*before, base, body), parts, False, fields)
    return Model("model", name, (*before, f"class {name}(BaseModel):\n{_config(features)}{body}"), parts, False, fields)


def _generic(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = _inner(draw, names, 0)
    name = names("Box")
    fields = (
        Field("value", inner),
        Field(
            "many",
            Items("list", f"list[{inner.text}]", inner.declares, (inner,), False, inner),
            default=Default("[]", mutable=True),
        ),
    )
    text = f"class {name}(BaseModel, Generic[T]):\n    value: T\n    many: list[T] = []\n"
    return Model("generic", f"{name}[{inner.text}]", (*inner.declares, text), (inner,), False, fields)


def _pydantic_dataclass(draw: Draw, names: Namer, depth: int) -> Shape:
    feature = pick(
        draw,
        (
            "",
            "",
            'extra="forbid"',
            "strict=True",
            "populate_by_name=True",
            "alias_generator=to_camel",
            "str_to_lower=True",
        ),
    )
    fields = _fields(draw, names, depth, (feature,), "pydantic-dataclass")
    name = names("Data")
    said = ["kw_only=True"] if any(each.arguments for each in fields) else []
    said += [f"config=ConfigDict({feature})"] if feature else []
    config = f"({', '.join(said)})" if said else ""
    body = "".join(each.line(in_dataclass=True) + "\n" for each in fields)
    before = tuple(d for each in fields for d in each.shape.declares)
    return Model(
        "pydantic-dataclass",
        name,
        (*before, f"@pydantic_dataclass{config}\nclass {name}:\n{body}"),
        tuple(each.shape for each in fields),
        False,
        fields,
    )


def _stdlib_dataclass(draw: Draw, names: Namer, depth: int) -> Shape:
    fields = _fields(draw, names, 0, (), "stdlib-dataclass")
    name = names("Plain")
    body = "".join(each.line(in_dataclass=True).replace("= Field(", "= field(") + "\n" for each in fields)
    before = tuple(d for each in fields for d in each.shape.declares)
    return Model(
        "stdlib-dataclass",
        name,
        (*before, f"@dataclass\nclass {name}:\n{body}"),
        tuple(each.shape for each in fields),
        False,
        fields,
    )


def _typeddict(draw: Draw, names: Namer, depth: int) -> Shape:
    fields = _fields(draw, names, 0, (), "typeddict")
    name = names("Keys")
    total = pick(draw, ("", ", total=False"))
    body = "".join(f"    {each.name}: {each.shape.text}\n" for each in fields)
    before = tuple(d for each in fields for d in each.shape.declares)
    return Model(
        "typeddict",
        name,
        (*before, f"class {name}(TypedDict{total}):\n{body}"),
        tuple(each.shape for each in fields),
        False,
        fields,
    )


def _discriminated(draw: Draw, names: Namer, depth: int) -> Shape:
    members = []
    tags: tuple[Any, ...] = pick(draw, (("cat", "dog"), (1, 2), ("a", 1)))
    for tag in tags:
        fields = _fields(draw, names, 0, (), "plain-model")
        name = names("Kind")
        body = "".join(each.line() + "\n" for each in fields)
        before = tuple(d for each in fields for d in each.shape.declares)
        text = f"class {name}(BaseModel):\n    kind: Literal[{tag!r}]\n{body}"
        known = (Field("kind", leaf(FAMILIES["literal"][0])), *fields)
        members.append(
            Model(
                "model", name, (*before, text), tuple(each.shape for each in fields), False, known[1:], (("kind", tag),)
            )
        )
    text = f'Annotated[Union[{", ".join(each.text for each in members)}], Field(discriminator="kind")]'
    if chance(draw, 4):
        text = f"Optional[{text}]"
    return Tagged(
        "discriminated", text, tuple(d for each in members for d in each.declares), tuple(members), False, tags
    )


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


def _settings(draw: Draw, names: Namer, depth: int) -> Shape:
    fields = _fields(draw, names, 0, (), "plain-model")
    name = names("Nested")
    prefix = pick(draw, ('env_prefix="SUB_"', "", 'env_prefix="NESTED_", case_sensitive=True', 'extra="ignore"'))
    body = "".join(each.line() + "\n" for each in fields)
    before = tuple(d for each in fields for d in each.shape.declares)
    return Model(
        "settings",
        name,
        (*before, f"class {name}(BaseSettings):\n{_config((prefix,), True)}{body}"),
        tuple(each.shape for each in fields),
        False,
        fields,
    )


MAKERS: tuple[tuple[int, Callable[[Draw, Namer, int], Shape]], ...] = (
    (26, lambda draw, names, depth: some_scalar(draw)),
    (4, _list),
    (1, _bare),
    (2, _set),
    (4, _dict),
    (2, _tuple),
    (4, _optional),
    (4, _union),
    (2, _rootmodel),
    (2, _alias_type),
    (1, _secret_of),
    (2, _validated),
    (2, _nodecode),
    (7, _model),
    (2, _generic),
    (2, _pydantic_dataclass),
    (2, _stdlib_dataclass),
    (2, _typeddict),
    (3, _discriminated),
    (2, _settings),
)
_WHEEL = tuple(maker for weight, maker in MAKERS for _ in range(weight))


def some_shape(draw: Draw, names: Namer, depth: int = 2) -> Shape:
    return pick(draw, _WHEEL)(draw, names, depth)
