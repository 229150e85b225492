"""The estimated cost of a policy for the API server, and how a policy that costs too much is split.

An API server counts the operations of an expression, and aborts at a limit: one for each expression, one for a whole
policy. Source: k8s.io/apiserver, pkg/apis/cel/config.go. The numbers below were measured with cel-go's own counter,
configured as in an API server, for values of 60 characters.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.platforms.admission.validations import Validation

BUDGET = 10_000_000  # RuntimeCELCostBudget
PER_EXPRESSION = 1_000_000  # PerCallLimit

# A large object: this many containers of the image, each with this many variables, or one for each of the contract.
CONTAINERS = 3
ENTRIES = 100

_HELD_BACK = 2  # a policy may cost the budget divided by this
_LONGEST = 200_000  # characters: `kubectl apply` keeps the whole object in an annotation of 256 KiB
_ENTRY = 160  # cost of an entry of `variables.given`
_JUDGED = 250  # cost of judging one value


def entries_of(names: int) -> int:
    return max(ENTRIES, names)


def cost_of(validations: Sequence[Validation], names: int) -> int:
    """names: how many the contract has."""
    entries = entries_of(names)
    return CONTAINERS * (_ENTRY * entries + sum(_cost(each, entries) for each in validations))


def parted(validations: Sequence[Validation], names: int) -> list[list[Validation]]:
    """Parts that each cost no more than an API server allows, and are no longer than an object can be."""
    parts: list[list[Validation]] = [[]]
    entries = entries_of(names)
    base = CONTAINERS * _ENTRY * entries
    cost, length = base, 0
    for each in validations:
        more, longer = CONTAINERS * _cost(each, entries), len(each.expression) + len(each.message)
        if parts[-1] and (cost + more > BUDGET // _HELD_BACK or length + longer > _LONGEST):
            parts.append([])
            cost, length = base, 0
        parts[-1].append(each)
        cost, length = cost + more, length + longer
    return parts


def _cost(validation: Validation, entries: int) -> int:
    return validation.per_entry * entries + _JUDGED
