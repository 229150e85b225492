"""Find two sides that differ only in the limits of numbers or texts, or in the members of a closed set.

For these, the plans alone decide: if it is proven that everything is still accepted, no texts need be tried. For
everything else, texts are tried in addition to the proof; see compared.py.
"""

from __future__ import annotations

from confcontract.compare.accepted.same_plan import same_plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.compare.accepted.shape import Shape
    from confcontract.compare.accepted.side import Side

# Kind → the options that are limits.
_LIMITS = {
    "int": ("ge", "gt", "le", "lt"),
    "str": ("min_length", "max_length"),
    "members": ("values",),
}


def differ_in_limits_alone(old: Side, new: Side) -> bool:
    """Whether the two differ only in limits. Then the JSON of a section and the files of a settings class can't show
    more than texts do: a proof for one is valid for the others.
    """
    if len(old.places) != 1 or len(new.places) != 1:
        return False
    shapes = old.shapes, new.shapes
    before = [each for each in shapes[0] if each not in shapes[1]]
    now = [each for each in shapes[1] if each not in shapes[0]]
    if len(before) != 1 or len(now) != 1 or not all(_is_one_but_for_null(each) for each in shapes):
        return False
    one, other = before[0], now[0]
    return (
        one.kind == other.kind
        and one.kind in _LIMITS
        and not (one.checks or other.checks)
        and _without_limits(one) == _without_limits(other)
        and len(shapes[0]) == len(shapes[1])
        and old.variable["required"] == new.variable["required"]
        and same_plan(old.plan, new.plan).same_texts(old, new)
    )


def _is_one_but_for_null(shapes: tuple[Shape, ...]) -> bool:
    return len([each for each in shapes if each.kind != "none"]) == 1


def _without_limits(shape: Shape) -> dict[str, Any]:
    return {key: value for key, value in shape.options.items() if key not in _LIMITS[shape.kind]}
