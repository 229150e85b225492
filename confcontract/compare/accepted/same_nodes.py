"""Whether a text is decoded in the same way in two plans: the nodes that say how, with all that they lead to."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.compare.accepted.side import IndexedPlan

# What of a table of names changes how a text is taken, whatever the name.
OF_TEXTS = ("ignoreEmpty", "noneStr", "enums", "caseSensitive")
_PLAIN: Mapping[str, Any] = {}


def same_node(
    old: IndexedPlan, a: int | None, new: IndexedPlan, b: int | None, seen: set[tuple[int | None, int | None]]
) -> bool:
    if (a, b) in seen:
        return True
    seen.add((a, b))
    node = _PLAIN if a is None else old.compiled["nodes"][a]
    other = _PLAIN if b is None else new.compiled["nodes"][b]
    if _own(old, a, node) != _own(new, b, other):
        return False
    renames, others = _renames(node), _renames(other)
    return renames.keys() == others.keys() and all(
        key == others[name][0] and same_node(old, index, new, others[name][1], seen)
        for name, (key, index) in renames.items()
    )


def _renames(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keys within decoded data that are spelled as the model has them, and the nodes that they lead to."""
    renames = node.get("renames", {})
    return {name: (name, index) for name, index in node["next"].items()} if renames is True else renames


_OF_NAMES = ("next", "renames", "other", "head", "heads", "coerce", "decodes")  # or said in other words below


def _own(plan: IndexedPlan, index: int | None, node: Mapping[str, Any]) -> tuple[Any, ...]:
    said = {key: value for key, value in node.items() if key not in _OF_NAMES}
    coercer = None
    if "coerce" in node:
        coercer = (plan.compiled["coercers"][node["coerce"]], plan.hydration.get(("coercers", node["coerce"])))
    return said, plan.hydration.get(("nodes", index)) if index is not None else None, coercer
