"""Variables with equal comparisons, whatever their names: they are compared only once.

If a change to a settings class affects many variables, they usually share the changed type.
"""

from __future__ import annotations

from confcontract.compare.accepted.compared import differences
from confcontract.compare.accepted.limits_alone import differ_in_limits_alone
from confcontract.contract.artifact import is_hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable

    from confcontract.compare.accepted.difference import Difference
    from confcontract.compare.accepted.side import Side


class Cases:
    """Compared variables of two contracts. A variable that is the same case as an earlier one is not compared again."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[tuple[Difference, ...], bool]] = {}
        self._sides: tuple[dict[Hashable, Side], dict[Hashable, Side]] = {}, {}

    def compared(self, old: Side, new: Side) -> tuple[tuple[Difference, ...], bool]:
        """Where the accepted strings differ, and whether the two differ in limits alone. Raises ContractUnusable."""
        said: tuple[Hashable, Hashable] = (_said_of(old), _said_of(new))
        if None in said:
            return _compared(old, new)
        if old.leaves_out_empty != new.leaves_out_empty:  # then their value when they are not set matters
            said = (said[0], repr(old.variable.get("default"))), (said[1], repr(new.variable.get("default")))
        if said not in self._known:
            ones = zip(self._sides, said, (old, new), strict=True)
            first = [known.setdefault(each, side) for known, each, side in ones]  # its texts may have been tried
            self._known[said] = _compared(first[0], first[1])
        return self._known[said]


def _compared(old: Side, new: Side) -> tuple[tuple[Difference, ...], bool]:
    in_limits_alone = differ_in_limits_alone(old, new)
    return differences(old, new, in_limits_alone=in_limits_alone), in_limits_alone


def _said_of(side: Side) -> Hashable | None:
    """Everything that the comparison of a side uses, except its names; None if a quick look can't list it."""
    if side.deferrals or side.texts_touched is None or not side.is_found_by_its_path or len(side.places) != 1:
        return None
    [place], variable, [(program, _)] = side.places, side.variable, side.decoding
    if "choices" in place.section:  # in a union: the verdict depends on other variables
        return None
    hydration = side.plan.hydration.get(place.pointer)
    return (
        (side.written[0], repr(hydration) if hydration else ""),
        (id(program), len(side.path), is_hidden(variable), variable["required"], "requiredIf" in variable),
        (variable["encoding"], variable.get("separator"), variable["type"]["text"]),
    )
