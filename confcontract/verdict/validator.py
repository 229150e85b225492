"""The compiled part of a contract, made ready to run: the values that JSON can't hold are restored.

Format: `compiled` in schemas/contract-v1.schema.json. `hydrate` lists [pointer, kind, data].
"""

from __future__ import annotations

from confcontract.contract.artifact import Contract
from confcontract.contract.hydration import CLASSES_OF, PATTERN_FLAGS, NotAllowed, known_class, refuse_misplaced
from confcontract.report.errors import ContractUnusable
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

    from confcontract.contract.engine import Validator


# Schemas that may wrap a section without changing the meaning of its members.
AROUND_SECTIONS = ("default", "nullable", "function-after", "function-before", "definitions")


class Compiled:
    """`plan`: programs and nodes; see verdict/sources/fields.py. `validator`: pydantic_core's, of the document."""

    __slots__ = ("plan", "validator")

    def __init__(self, plan: Mapping[str, Any], validator: Any) -> None:
        self.plan = plan
        self.validator = validator


def prepare(contract: Contract) -> Compiled:
    """Build the validator. Raises ContractUnusable (exit 78) if this pydantic_core can't."""
    if contract.prepared is None:
        try:
            contract.prepared = _prepare(contract.compiled, contract.backtracks)
        except Exception as error:  # SchemaError, or any error that a damaged table causes
            raise _unusable(contract, error) from None
    prepared: Compiled = contract.prepared
    return prepared


def _prepare(data: Mapping[str, Any], backtracks: bool) -> Compiled:
    plan = _plan(data, backtracks)
    return Compiled(plan, _kind(backtracks)(plan["validator"]))


def _plan(data: Mapping[str, Any], backtracks: bool) -> dict[str, Any]:
    made = _kind(backtracks)
    plan = _hydrated(data)
    plan["coercers"] = [made(schema) for schema in plan["coercers"]]
    plan["instances"] = [made(schema) for schema in plan["instances"]]
    return plan


def hydrated_plan(contract: Contract, fields: Collection[str] | None = None) -> Mapping[str, Any]:
    """The plan without the validator of the whole document, for questions about one variable. fields: of the settings,
    if only some are needed. Raises ContractUnusable."""
    if contract.prepared is not None:
        return prepare(contract).plan
    try:
        compiled = contract.compiled if fields is None else _with_fields(contract.compiled, fields)
        return _plan(compiled, contract.backtracks)
    except Exception as error:  # as above
        raise _unusable(contract, error) from None


def _with_fields(data: Mapping[str, Any], fields: Collection[str]) -> Mapping[str, Any]:
    """The same plan without the other fields in its outermost section, if that section is easily found."""
    node, place = data["validator"], ["validator"]
    around = []
    while node["type"] in AROUND_SECTIONS:
        around.append(node)
        node, place = node["schema"], [*place, "schema"]
    if node["type"] != "typed-dict":
        return data
    all_fields = node["fields"]  # thousands, of which few are needed
    node = {**node, "fields": {name: all_fields[name] for name in filter(fields.__contains__, all_fields)}}
    for outer in reversed(around):
        node = {**outer, "schema": node}
    place.append("fields")
    size = len(place)
    hydrate = [
        entry
        for entry in data["hydrate"]
        if entry[0][:size] != place or len(entry[0]) == size or entry[0][size] in fields
    ]
    return {**data, "validator": node, "hydrate": hydrate}


def _unusable(contract: Contract, error: Exception) -> ContractUnusable:
    """Damaged; else made for another pydantic_core; else damaged in a way that only shows now."""
    from confcontract.contract.damage import refuse_damaged, unusable
    from confcontract.contract.engine import VERSION

    try:
        refuse_damaged(contract.data)
    except ContractUnusable as damaged:
        return damaged
    baked = contract.compiled.get("pydanticCore")
    if baked == VERSION:
        return unusable(f"its plan can't be used ({type(error).__name__})")
    return ContractUnusable(
        Problem(
            "contract-stale",
            f"the contract was compiled for pydantic_core {baked} and can't be used with {VERSION}"
            f" ({type(error).__name__})",
            hint="bake again in the image that boots",
        )
    )


def _kind(backtracks: bool) -> type[Validator]:
    if backtracks:
        from confcontract.verdict.bounded import TimedValidator

        return TimedValidator
    from confcontract.contract.engine import Validator

    return Validator


def validator_of(contract: Contract, schema: Any) -> Any:
    """A validator for another schema, made of hydrated parts of this contract."""
    return _kind(contract.backtracks)(schema)


def partial_validator(contract: Contract) -> Any:
    """A validator for the existing values: none is required. It checks the rest if some values may be missing."""
    return validator_of(contract, _nothing_required(prepare(contract).plan["validator"]))


def _nothing_required(node: Any) -> Any:
    if isinstance(node, dict):
        copy = {key: _nothing_required(value) for key, value in node.items()}
        if copy.get("required") is True and isinstance(copy.get("schema"), dict):
            copy["required"] = False
        elif copy.get("type") == "typed-dict":
            copy["total"] = False
        return copy
    if isinstance(node, (list, tuple)):
        return type(node)(_nothing_required(item) for item in node)
    return node


def stale_warning(contract: Contract) -> list[Problem]:
    """A warning if boot runs another pydantic_core than the contract was compiled for."""
    from confcontract.contract.engine import VERSION

    baked = contract.compiled.get("pydanticCore")
    if baked == VERSION:
        return []
    return [
        Problem(
            "contract-stale",
            f"the contract was compiled for pydantic_core {baked}, here is {VERSION}: verdicts may differ",
            hint="bake again in the image that boots",
            severity="warning",
        )
    ]


def _hydrated(data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of `data` along the pointers, so that the contract itself stays unchanged."""
    root: dict[str, Any] = dict(data)
    copied: set[int] = set()
    enums: dict[Any, Any] = {}
    for entry in data["hydrate"]:
        pointer, kind = entry[0], entry[1]
        parent: Any = root
        for key in pointer[:-1]:
            child = parent[key]
            if id(child) not in copied:
                child = child.copy()
                copied.add(id(child))
                parent[key] = child
            parent = child
        last = pointer[-1]
        if kind in CLASSES_OF or kind == "function":
            refuse_misplaced(kind, parent, last)
        if kind == "enum":
            cls = _enum_class(entry[2], enums)
            parent[last] = cls
            parent["members"] = list(dict.fromkeys(cls.__members__.values()))  # also for flags of several bits
        elif kind == "enumMembers":
            parent[last] = [dict(_enum_class(member, enums).__members__) for member in entry[2]]
        elif kind == "enumMember":
            parent[last] = _member(_enum_class(entry[2][0], enums), entry[2][1])
        elif kind == "pair":
            parent[last] = tuple(parent[last])
        elif kind == "map":
            parent[last] = dict(parent[last])
        elif kind == "shared":
            shared = data["shared"]
            fields = {name: shared[field] if isinstance(field, int) else field for name, field in parent[last].items()}
            parent[last] = fields
            copied.add(id(fields))
        elif parent[last] is None:
            parent[last] = _VALUES[kind](entry[2])
        else:
            raise NotAllowed("something is there already")
    return root


def _member(cls: Any, text: str) -> Any:
    """The member of this name, or the combined bits of several members: `READ|WRITE`, `READ|8`, `0` (author/enums.py:
    `member_text`)."""
    if text in cls.__members__:
        return cls[text]
    bits = cls(0)
    for part in text.split("|"):
        bits |= cls(int(part)) if part.lstrip("-").isdecimal() else cls[part]
    return bits


def _enum_class(data: Mapping[str, Any], made: dict[Any, Any]) -> Any:
    """One class for each enum, in all places: a member must be an instance of *the* class.

    pydantic_core calls the class with a value that is not a member's, so flags are combined by Python's own rules.
    """
    members = [(name, _tuples(value)) for name, value in data["members"]]
    further = [(value, name) for value, name in data.get("further", ())]
    key = (data["name"], data["mixin"], data.get("boundary"), repr(members), repr(further))  # 1 is not True
    if key not in made:
        import enum

        mixin = {"str": str, "int": int, "float": float}.get(data["mixin"])
        # a type checker can't follow the functional API
        functional: Any = enum.Enum
        short = data["name"].rsplit(".", 1)[-1]
        if "boundary" in data:
            functional = enum.IntFlag if mixin else enum.Flag
            made[key] = functional(short, members, boundary=enum.FlagBoundary[data["boundary"]])
        else:
            made[key] = functional(short, members, type=mixin) if mixin else functional(short, members)
        for value, name in further:
            made[key]._value2member_map_[value] = made[key][name]
    return made[key]


def _tuples(value: Any) -> Any:
    """A member's value; a list represents a tuple, which JSON does not have (and which no JSON value equals)."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def hydrated_value(kind: str, data: Any) -> Any:
    """A schema's bound that JSON can't hold, by its kind in `hydrate`."""
    return _VALUES[kind](data)


def _function(data: list[Any]) -> Callable[[Any], Any]:
    from confcontract.contract.coercions import NAMED

    name, arguments = data
    return NAMED[name](*arguments)


def _instance_of(text: str) -> Any:
    from confcontract.contract.coercions import Instance

    return Instance(text)


def _named_tuple(data: list[Any]) -> Any:
    """Like `collections.namedtuple`, but without evaluating text."""
    name, fields = data

    def new(cls: Any, *values: Any, **by_name: Any) -> Any:
        return tuple.__new__(cls, (*values, *(by_name[field] for field in fields[len(values) :])))

    return type(name, (tuple,), {"__slots__": (), "_fields": tuple(fields), "__new__": new})


def _instance(_: None) -> type:
    from confcontract.contract.coercions import Instance

    return Instance


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def _timedelta(data: list[int]) -> Any:
    from datetime import timedelta

    return timedelta(*data)


def _temporal(name: str) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        import datetime

        return getattr(datetime, name).fromisoformat(text)

    return parse


def _pattern(data: list[Any]) -> Any:
    import re

    if data[1] & ~PATTERN_FLAGS:
        raise NotAllowed("flags of a pattern")
    return re.compile(data[0], data[1])


_VALUES: dict[str, Callable[[Any], Any]] = {
    "class": known_class,
    "date": _temporal("date"),
    "datetime": _temporal("datetime"),
    "decimal": _decimal,
    "float": float,
    "function": _function,
    "int": int,
    "instance": _instance,
    "instanceOf": _instance_of,
    "namedTuple": _named_tuple,
    "pattern": _pattern,
    "time": _temporal("time"),
    "timedelta": _timedelta,
}
