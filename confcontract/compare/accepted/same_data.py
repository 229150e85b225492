"""Whether two sides say the same, by their data alone: no validator is built, nothing is tried."""

from __future__ import annotations

from confcontract.compare.accepted.plan_pair import pair_of
from confcontract.compare.accepted.same_nodes import OF_TEXTS, same_node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.compare.accepted.side import FieldPlace, IndexedPlan, Side


def same_data(old: Side, new: Side) -> bool:
    """Whether both accept the same strings because their plans say the same."""
    if pair_of(old.plan, new.plan).same(old.variable, new.variable):
        return True
    if old.variable["encoding"] != new.variable["encoding"]:
        return False
    if old.variable.get("separator") != new.variable.get("separator"):
        return False
    if old.variable["required"] != new.variable["required"] and _may_leave_unset(old, new):
        return False
    old_places, new_places = old.places, new.places
    if not old_places or len(old_places) != len(new_places):
        return False
    if any(a.configs != b.configs for a, b in zip(old_places, new_places, strict=True)):
        return False
    if any(_schema(old.plan, a) != _schema(new.plan, b) for a, b in zip(old_places, new_places, strict=True)):
        return False
    return same_decoding(old, new)


def _may_leave_unset(old: Side, new: Side) -> bool:
    return old.variable["encoding"] == "json" or old.plan.ignores_empty or new.plan.ignores_empty


def _schema(plan: IndexedPlan, place: FieldPlace) -> tuple[Any, ...]:
    """All that decides which values a field takes. Its default does not, unless it is there in an error's place."""
    schema = place.field["schema"]
    definitions = plan.definitions if plan.definitions and _refers(schema) else {}
    hydration = plan.hydration.get(place.pointer, [])
    while schema["type"] == "default" and schema.get("on_error", "raise") == "raise":
        schema = schema["schema"]
        hydration = [(rest[1:], kind, data) for rest, kind, data in hydration if rest[:1] == ("schema",)]
    referred = {ref: each for ref, (_, each) in definitions.items()}
    return schema, hydration, referred, plan.hydration.get(("definitions",)) if definitions else None


def _refers(schema: Any) -> bool:
    if isinstance(schema, dict):
        return schema.get("type") == "definition-ref" or any(map(_refers, schema.values()))
    return isinstance(schema, list) and any(map(_refers, schema))


def same_decoding(old: Side, new: Side) -> bool:
    """Whether a text becomes the same data on both sides."""
    a, b = old.decoding, new.decoding
    if not a or len(a) != len(b):
        return False
    seen: set[tuple[int | None, int | None]] = set()
    for (program, node), (other_program, other_node) in zip(a, b, strict=True):
        if any(program[key] != other_program[key] for key in OF_TEXTS):
            return False
        if not same_node(old.plan, node, new.plan, other_node, seen):
            return False
    return True
