"""Changes in how unknown names are treated: by the settings class, and by each section."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.presence import is_section
from confcontract.compare.unknown_names import forbids, forbids_in_files, sections_at
from confcontract.findings.severity import ERROR, INFO, WARNING, Severity


def policy_changes(compared: Compared, *, forbidden: bool) -> Iterator[ContractChange]:
    """Where unknown names are refused that were ignored; or the reverse."""
    old, new = (any(p["extraForbid"] for p in c.compiled["settings"]) for c in (compared.old, compared.new))
    if old is not new and new is forbidden:
        matters = forbids_in_files(compared.new if forbidden else compared.old)
        where = "in the files that the application reads itself" if matters else "in files; it reads none itself"
        yield _change("", (), where, forbidden, ERROR if matters else WARNING)
    for pair in compared.treated_otherwise:
        if not (is_section(pair.old) and is_section(pair.new)):
            continue
        before = any(map(forbids, sections_at(compared.old, pair.old["path"])))
        now = any(map(forbids, sections_at(compared.new, pair.new["path"])))
        if before is not now and now is forbidden:
            yield _change(pair.path, pair.names, "in this section", forbidden, ERROR, pair.declared)


def _change(
    path: str, names: tuple[str, ...], where: str, forbidden: bool, bad: Severity, declared: str = ""
) -> ContractChange:
    before, now = ("ignored", "refused") if forbidden else ("refused", "ignored")
    return ContractChange(
        path,
        names,
        before,
        now,
        f"unknown names {where} are {now} now, were {before}",
        back=f"unknown names {where} are {before} again",
        stands_alone=True,
        forward=bad if forbidden else INFO,
        rollback=INFO if forbidden else bad,
        declared=declared,
    )
