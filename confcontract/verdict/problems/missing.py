"""A required variable, or a member of one, that has no value in any source."""

from __future__ import annotations

from confcontract.report.problem import Problem
from confcontract.verdict.problems.expected import expected, wanted
from confcontract.verdict.problems.inparts import lacking_hint
from confcontract.verdict.problems.place_words import place_words, source_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.problems.locator import Locator
    from confcontract.verdict.sources.merged import Merged


def missing_value(
    loc: tuple[Any, ...], variable: Mapping[str, Any] | None, rest: tuple[Any, ...], locator: Locator, merged: Merged
) -> Problem:
    if variable is None:
        return Problem("value-missing", f"{place_words(loc)} has no value", rule="missing")
    exact = not rest
    origin = None if exact else locator.cause(variable, rest)
    secret = bool(variable.get("secret"))
    message = (
        "is required and has no value in any source" if exact else f"is missing the required member {place_words(rest)}"
    )
    hint = _to_set(variable) if exact else expected(variable, locator)
    beside = locator.parts(variable, rest[:-1]) if locator.is_in_part(variable, rest[:-1]) else []
    if not exact and origin is None and beside:
        origin = beside[0]
        hint = lacking_hint(variable, rest[:-1], [name for name, _ in beside], locator) or hint
    members = locator.what_to_set(tuple(variable["path"])) if exact else None
    if exact and locator.reads_by_itself(tuple(variable["path"])):
        lacking = [each["name"] for each in locator.required_below(loc) if not locator.is_given(each)]
        also = f", and {' and '.join(lacking)}" if lacking else ""
        hint = f"set {variable['name']}={{}}{also}: then the section reads its own variables"
    elif members:
        hint = f"set {members}"
    elif exact and locator.within(variable, variable["name"]) is not None:
        hint = f"set {variable['name']}: {expected(variable, locator, variable['name'])}"
    elif exact and variable.get("vault"):
        from confcontract.contract.schemes import place, scheme_of

        place_of, by = place(variable["vault"]), scheme_of(variable["vault"]).configured_by
        hint = f"it is read from {place_of.replace('Vault ', 'Vault at ', 1)}; set {by}, or {variable['name']}"
    elif exact and secret:
        hint = f"set {variable['name']}, or {variable['name']}_FILE to the path of a file that holds it"
    if exact and (own := locator.in_own_file(variable)) is not None:
        hint += f"; or give {own}"
    if exact and variable["name"] in merged.unbound:
        message += f"; {merged.unbound[variable['name']]}"
        hint = f"bind a matching service, or {hint}"
    return Problem(
        "secret-missing" if secret and exact else "value-missing",
        message,
        variable=variable["name"],
        source=source_words(merged, *origin, loc, variable["name"]) if origin else None,
        hint=hint,
        rule="missing",
    )


def _to_set(variable: Mapping[str, Any]) -> str:
    """What to set: only the name if any text is valid, otherwise also the form of the value."""
    what = wanted(variable["type"], variable)
    return f"set {variable['name']}" + (f" to {what}" if what != "text" else "")
