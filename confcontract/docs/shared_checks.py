"""Checks of the application that concern many variables, such as a validator of the whole class. The page names each of
them once, instead of at every variable.
"""

from __future__ import annotations

from collections import Counter

from confcontract.docs.model import DeferralEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.docs.model import Page, Section, VariableEntry

_MOST = 3  # number of variables that each name such a check


def with_checks_once(page: Page) -> Page:
    """The page, with checks that more than three variables share moved to those of the whole document."""
    entries = page.entries
    counted = Counter(deferral for entry in entries for deferral in entry.deferred)
    shared = [deferral for deferral, number in counted.items() if number > _MOST]
    if not shared:
        return page

    def without(entry: VariableEntry) -> VariableEntry:
        return entry._replace(deferred=tuple(one for one in entry.deferred if one not in shared))

    def shorter(section: Section) -> Section:
        whole = None if section.whole is None else without(section.whole)
        return section._replace(whole=whole, entries=tuple(map(without, section.entries)))

    told = tuple(
        DeferralEntry(f"{deferral.words}, for {_which(deferral, entries)}", deferral.declared_at) for deferral in shared
    )
    return page._replace(sections=tuple(map(shorter, page.sections)), deferred=(*page.deferred, *told))


def _which(deferral: DeferralEntry, entries: Sequence[VariableEntry]) -> str:
    names = [entry.name for entry in entries if deferral in entry.deferred]
    if len(names) == len(entries):
        return "all variables"
    return ", ".join(names[:_MOST]) + f" and {len(names) - _MOST} more"
