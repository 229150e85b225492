"""Simple types, containers, literals and enums."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from confcontract.author import enums
from confcontract.author.beyond_json import NotBakeable, Special, encode
from confcontract.author.introspection import place_of, plain_test
from confcontract.author.remarks import REMARKS, remarked

if TYPE_CHECKING:
    from confcontract.author.lowering.lower import Lowering, Path, Schema

DROP = ("ref", "metadata", "serialization", "cls", "cls_name", "title")

# Core schema types that have nested schemas only under these keys; everything else in them is data.
PLAIN: dict[str, tuple[str, ...]] = {
    "any": (),
    "none": (),
    "bool": (),
    "int": (),
    "float": (),
    "decimal": (),
    "fraction": (),
    "complex": (),
    "str": (),
    "bytes": (),
    "date": (),
    "time": (),
    "datetime": (),
    "timedelta": (),
    "uuid": (),
    "url": (),
    "multi-host-url": (),
    "list": ("items_schema",),
    "deque": ("items_schema",),
    "set": ("items_schema",),
    "frozenset": ("items_schema",),
    "dict": ("keys_schema", "values_schema"),
    "ordered-dict": ("keys_schema", "values_schema"),
    "counter": ("keys_schema", "values_schema"),
    "nullable": ("schema",),
    "json": ("schema",),
    "custom-error": ("schema",),
}

# The types that an environment variable, or the JSON in one, can become: an `isinstance` test against
# any other class never passes.
_BORN_OF_TEXT = (str, int, float, bool, list, dict, type(None))

# No text is an instance of the application's classes, but strict mode makes some first; see coercions.Instance.
NEVER: Schema = {"type": "is-instance", "cls": Special("instance", None)}


UNLOWERABLE = object()  # the result of literal_member() for a member that equals no text


def plain(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    lowered: Schema = {}
    deferred = len(low.deferrals)
    for key, value in schema.items():
        if key in DROP or value is None:
            continue
        if key in PLAIN[schema["type"]]:
            low.json += schema["type"] == "json"
            low.containers += schema["type"] != "nullable"
            lowered[key] = low.lower(value, path, config)
            low.json -= schema["type"] == "json"
            low.containers -= schema["type"] != "nullable"
        else:
            try:
                lowered[key] = encode(value)
            except NotBakeable:
                return low.defer(path, "constraint", f"{schema['type']}.{key}")
    if len(low.deferrals) > deferred and _may_shrink(schema):
        lowered.pop("max_length", None)
        if schema["type"] in ("set", "frozenset") and _holds_anything(lowered.get("items_schema")):
            # the set gets what the application makes of an item; the item itself, such as a list, may be unhashable
            return remarked({**lowered, "type": "list"}, shape_of=lowered)
    return lowered


def _holds_anything(lowered: Any) -> bool:
    if isinstance(lowered, Special):
        return _holds_anything(lowered.data)
    if isinstance(lowered, dict):
        return lowered.get("type") == "any" or any(map(_holds_anything, lowered.values()))
    return isinstance(lowered, (list, tuple)) and any(map(_holds_anything, lowered))


def _may_shrink(schema: Schema) -> bool:
    """Whether the application's own code, in the items, may leave fewer of them than the input has."""
    omits = any(isinstance(each, dict) and each.get("on_error") == "omit" for each in schema.values())
    return omits or schema["type"] in ("set", "frozenset", "dict", "ordered-dict", "counter")


def tuple_(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    lowered = {key: value for key, value in schema.items() if key not in DROP and value is not None}
    low.containers += 1
    lowered["items_schema"] = [low.lower(item, path, config) for item in schema["items_schema"]]
    low.containers -= 1
    return lowered


def lax_or_strict(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    if not low.unions and not config.get("strict") and not schema.get("strict"):
        return low.lower(schema["lax_schema"], path, config)
    result = {k: v for k, v in schema.items() if k not in DROP and v is not None}
    result["lax_schema"] = low.lower(schema["lax_schema"], path, config)
    result["strict_schema"] = low.lower(schema["strict_schema"], path, config)
    return result


def json_or_python(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    if not low.json:
        return low.lower(schema["python_schema"], path, config)
    lowered = {key: low.lower(schema[key], path, config) for key in ("json_schema", "python_schema")}
    return {"type": "json-or-python", **lowered}


def chain(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    # Sequence[T] checks for a Sequence first; the list that follows refuses everything else anyway
    steps = [step for step in schema["steps"] if step.get("cls_repr") != "Sequence"]
    lowered = [low.lower(step, path, config) for step in steps]
    return lowered[0] if len(lowered) == 1 else {"type": "chain", "steps": lowered}


def is_instance(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    plain = plain_test(schema["cls"])
    if plain is not None:
        return {"type": "is-instance", "cls": Special("class", plain)}
    if _born_of_text(schema["cls"]):
        name = getattr(schema["cls"], "__qualname__", str(schema["cls"]))
        return low.defer(path, "type", f"instance of {name}")
    return dict(NEVER)


def literal(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    members = [literal_member(m) for m in schema["expected"] if not isinstance(m, bytes)]  # never text
    low.check_members(path, members)
    if any(member is UNLOWERABLE for member in members):
        return low.defer(path, "type", "Literal of members that are not strings, numbers or booleans")
    return {"type": "literal", "expected": members} if members else dict(NEVER)


def enum(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    cls: type[Enum] = schema["cls"]
    if not enums.is_plain_enum(cls):
        return low.defer(path, "enum", cls.__qualname__, place_of(cls))
    values = [enums.as_json(member.value) for member in schema["members"]]
    low.check_members(path, values)
    if enums.decides_itself(cls):
        deferred = low.defer(path, "enum", cls.__qualname__, place_of(cls))
        return remarked(deferred, suggested=list(dict.fromkeys(map(str, values))))
    data = enums.enum_data(cls)
    lowered: Schema = {"type": "enum", "cls": Special("enum", data), "members": None}
    for key in ("sub_type", "strict"):
        if schema.get(key) is not None:
            lowered[key] = schema[key]
    lowered[REMARKS] = {"members": values}
    return lowered


def _born_of_text(target: Any) -> bool:
    """Whether a value made from text or JSON can pass `isinstance(value, target)`."""
    try:
        return any(issubclass(cls, target) for cls in _BORN_OF_TEXT)
    except TypeError:
        return True


def literal_member(member: Any) -> Any:
    """The member of a Literal, or a tag, as JSON; UNLOWERABLE if no text can equal it."""
    if isinstance(member, Enum):
        return enums.plain(member.value) if isinstance(member, (str, int)) else UNLOWERABLE
    if member is None or isinstance(member, (str, bool, int)):
        return enums.plain(member)
    return UNLOWERABLE
