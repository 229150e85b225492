"""Drawing shapes: one function for each kind of type, and a wheel that picks among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from .aliases import MODEL_FEATURES, names_of
from .moods import Draw, Namer, chance, pick
from .scalars import FAMILIES
from .shapes import Default, Either, Field, Items, Leaf, Model, Parted, Row, Shape, Table, Tagged, Wrapped, leaf

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
    "Annotated[Sequence[{}], Field(min_length=1, max_length=2)]",
)
SETS = ("set[{}]", "frozenset[{}]", "AbstractSet[{}]", "Annotated[set[{}], Field(min_length=2)]")
DICTS = (
    "dict[{}, {}]",
    "Mapping[{}, {}]",
    "Annotated[dict[{}, {}], Field(min_length=1)]",
    "defaultdict[{}, {}]",
    "OrderedDict[{}, {}]",
    "Annotated[defaultdict[{}, {}], Field(min_length=1)]",
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
    if "defaultdict" in text and value.tag not in ("int", "str", "float", "bool", "list", "set"):
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


def _separated(draw: Draw, names: Namer, depth: int) -> Shape:
    item = leaf(
        pick(
            draw,
            FAMILIES[
                pick(
                    draw,
                    ("int", "str", "ip", "enum-str", "literal", "constrained", "path", "bool", "float", "timedelta"),
                )
            ],
        )
    )
    text = pick(draw, ("list[{}]", "set[{}]", "tuple[{}, ...]", "frozenset[{}]", "list[{}] | None"))
    delimiter = pick(draw, (",", ",", ";", "::"))
    bound = pick(draw, ("", "", ", Field(max_length=2)")) if "None" not in text else ""
    return Parted(
        "separated",
        f"Annotated[{text.format(item.text)}, Separated({delimiter!r}){bound}]",
        item.declares,
        (item,),
        False,
        item,
        delimiter=delimiter,
    )


def _optional(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = some_shape(draw, names, depth - 1) if depth > 0 else some_scalar(draw)
    style = pick(draw, ("Optional[{}]", "Union[{}, None]", "Union[None, {}]", "{} | None"))
    if inner.text == "None":
        style = "Optional[{}]"
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
        "enum-further",
        "enum-flag",
        "enum-decided",
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


def _recursive(draw: Draw, names: Namer, depth: int) -> Shape:
    inner = some_scalar(draw)
    name = names("Tree")
    text = f'class {name}(BaseModel):\n    value: {inner.text}\n    kids: list["{name}"] = []\n'
    leaf_of = Model("model", name, (), (), False, (Field("value", inner),))
    kids = Items("list", "", (), (leaf_of,), False, leaf_of)
    return Model(
        "recursive",
        name,
        (*inner.declares, text),
        (inner,),
        False,
        (Field("value", inner), Field("kids", kids, default=Default("[]", mutable=True))),
    )


def _namedtuple(draw: Draw, names: Namer, depth: int) -> Shape:
    items = tuple(_inner(draw, names, 0) for _ in range(2))
    name = names("Row")
    text = f"class {name}(NamedTuple):\n    x: {items[0].text}\n    y: {items[1].text}\n"
    return Row("namedtuple", name, (*items[0].declares, *items[1].declares, text), items)


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
    tag = "validator" if "Before" in marker else "nodecode"
    return Wrapped(tag, f"Annotated[{inner.text}, {marker}]", inner.declares, (inner,))


NAMES = ("host", "port", "url", "Name", "MAX_SIZE", "a", "b_c")


def some_default(draw: Draw, shape: Shape) -> Default | None:
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
        default = some_default(draw, shape) if kind != "typeddict" and chance(draw, 2) else None
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
    (2, _separated),
    (4, _union),
    (2, _rootmodel),
    (1, _recursive),
    (1, _namedtuple),
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
