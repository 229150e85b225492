"""Remarks beside the verdict: typos in our own names, quotes, references of other tools."""

from __future__ import annotations

from confcontract.verdict.environment import KNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.glance import Glance


def add(
    result: Resolution,
    environ: Mapping[str, str],
    given: Mapping[str, str],
    glance: Glance,
    unasked: Mapping[str, str],
    *,
    keep: Sequence[str],
    strict: bool,
) -> None:
    """environ: the process environment. given: the merged values of all sources. unasked: variables whose references to
    Vault have not been resolved."""
    slips: list[str] = []
    if "CONFCONTRACT_" in "\n".join(environ):  # one look at all of them: there may be thousands
        slips = [name for name in environ if name.startswith("CONFCONTRACT_") and name not in KNOWN]
        if any(name.endswith("_SERVICE_HOST") for name in slips):
            from confcontract.verdict.sources.servicelinks import find

            links = find(environ)
            slips = [name for name in slips if name not in links]
    if slips:
        from confcontract.verdict.problems.unread_names import like_ours

        result.problems.extend(like_ours(result, slips, keep, strict=strict))
    if unasked:
        from confcontract.verdict.problems.store_unasked import without_vault

        result.problems.extend(without_vault(result, unasked, strict=strict))
    if glance.ends_in_quote:
        from confcontract.verdict.problems.quotes import explain_quotes

        explain_quotes(result)
    if glance.may_be_foreign(given):
        from confcontract.verdict.sources.foreign_references import foreign_references

        result.problems.extend(foreign_references(result, given))
    if any("dotenv" in program for program in result.contract.compiled["settings"]):
        from confcontract.verdict.sources.foreign_references import foreign_in_own_files

        result.problems.extend(foreign_in_own_files(result))
