"""What `hydrate` in a plan may ask for: the data of each kind, and the places that each kind may replace."""

from __future__ import annotations

from confcontract.contract.grammar.words import (
    ANY,
    INDEX,
    NULL,
    NUMBER,
    TEXT,
    TEXTS,
    either,
    listed,
    record,
    row,
    table,
    text,
    words,
)
from confcontract.contract.hydration import CLASSES, CLASSES_OF, PATTERN_FLAGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.grammar.words import Rule

_SIZE = either(INDEX, NULL)
_INTEGER: Rule = {"type": "int", "strict": True}
_ENUM = record(
    {"name": text(), "mixin": words("", "str", "int", "float"), "members": listed(row(text(), ANY))},
    {"boundary": words("CONFORM", "EJECT", "KEEP", "STRICT"), "further": listed(row(ANY, text()))},
)
_COERCIONS: dict[str, tuple[Rule, ...]] = {
    "bound": (words("gt", "ge", "lt", "le", "multiple_of"), either(NUMBER, TEXT)),
    "byteSize": (table(NUMBER),),
    "finite": (),
    "ip": (words(0, 4, 6), words("address", "network", "interface")),
    "length": (_SIZE, _SIZE),
    "path": (),
    "regex": (),
    "separated": (text(),),
    "size": (_SIZE, _SIZE),
}
_DATA: dict[str, Rule] = {
    **dict.fromkeys(("date", "datetime", "decimal", "float", "int", "time"), text()),
    "class": words(*sorted(CLASSES)),
    "enum": _ENUM,
    "enumMember": row(_ENUM, text()),
    "enumMembers": listed(_ENUM),
    "function": either(*(row(words(name), row(*rules)) for name, rules in _COERCIONS.items())),
    "instance": NULL,
    "instanceOf": TEXT,
    "namedTuple": row(text(), TEXTS),
    "pattern": row(TEXT, {"type": "int", "strict": True, "ge": 0, "le": PATTERN_FLAGS}),
    "timedelta": row(_INTEGER, _INTEGER, _INTEGER),
}
_POINTER = listed(either(TEXT, _INTEGER), 1)
_IN_PLACE = ("map", "pair", "shared")  # these convert a value that is already in place


def entry() -> Rule:
    """The rule for one entry of `hydrate`."""
    by_kind = {kind: row(_POINTER, words(kind), rule) for kind, rule in _DATA.items()}
    by_kind.update({kind: row(_POINTER, words(kind)) for kind in _IN_PLACE})
    return {"type": "tagged-union", "discriminator": _kind_of, "choices": by_kind}


def _kind_of(entry: Any) -> str | None:
    kind = entry[1] if isinstance(entry, list) and len(entry) > 1 else None
    return kind if isinstance(kind, str) else None


def is_misplaced(compiled: Mapping[str, Any], pointer: list[str | int], kind: str) -> bool:
    """Whether that place lacks the value that boot would replace. compiled: otherwise valid by the grammar."""
    place: Any = compiled
    parents: list[Any] = [None]
    try:
        for key in pointer:
            parents.append(place)
            place = place[key]
    except (LookupError, TypeError):
        return True
    parent, last = parents[-1], pointer[-1]
    if kind in CLASSES_OF:
        return not (last == "cls" and parent.get("type") == CLASSES_OF[kind])
    if kind == "function":
        return not (last == "function" and parent.get("type") == "no-info" and place is None)
    if kind == "shared":
        fields = place.values() if last == "fields" and isinstance(place, dict) else (-1,)
        return not all(0 <= each < len(compiled["shared"]) for each in fields if isinstance(each, int))
    if kind == "map":
        return not (last == "choices" and parent.get("type") == "tagged-union")
    if kind == "pair":
        return not (isinstance(place, list) and len(place) == 2)
    if kind == "enumMembers":
        return not (len(pointer) == 3 and pointer[0] == "nodes" and last == "enums")
    return place is not None or last in ("cls", "function", "members", "enums")
