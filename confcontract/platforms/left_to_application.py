"""What only the application knows about a variable: whether it is missing, and what its text becomes."""

from __future__ import annotations

from confcontract.verdict.elsewhere.document_places import places_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract


def may_be_supplied(contract: Contract) -> frozenset[str]:
    """Variables that boot never misses: a function of the application gets their section before anything judges it, and
    may put in what is not there."""
    if not contract.deferred:
        return frozenset()
    places = places_of(contract.compiled)
    root = contract.compiled["validator"]["type"]
    opaque = []
    for entry in contract.deferred:
        path = tuple(entry["path"])
        kind = root if not path else places[path].schema["type"] if path in places else "any"
        if kind == "any":
            opaque.append(path)
    return frozenset(
        variable["name"]
        for variable in contract.variables
        if any(tuple(variable["path"][: len(path)]) == path and len(variable["path"]) > len(path) for path in opaque)
    )


def judged_as_text(contract: Contract) -> frozenset[str]:
    """Variables whose text the contract's validator gets as it is, and alone decides on."""
    places = places_of(contract.compiled)
    deferred = {name for entry in contract.deferred for name in entry["variables"]}
    return frozenset(
        variable["name"]
        for variable in contract.variables
        if (place := places.get(tuple(variable["path"]))) is not None
        and place.judged
        and variable["name"] not in deferred
    )
