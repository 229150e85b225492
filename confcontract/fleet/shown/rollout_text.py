"""The rollout report for people, wave by wave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from confcontract.fleet.fleet_index import FleetIndex
from confcontract.fleet.fleet_words import waves_in_numbers
from confcontract.fleet.rollout_waves import TITLES, WaveEntry, entries_of, failed_services
from confcontract.fleet.service_record import RecordedReason, Wave
from confcontract.report import terminal
from confcontract.report.terminal import paint


def text_of_rollout(index: FleetIndex, *, color: bool = False) -> Iterator[str]:
    """In pieces, each of whole lines."""
    for wave, title in TITLES.items():
        entries = [entries_of(index, wave)] + ([failed_services(index)] if wave is Wave.FAILED else [])
        first = True
        for each in (entry for group in entries for entry in group):
            if first:
                yield f"{paint(title.upper(), color, terminal.BOLD)}\n"
                first = False
            yield from _entry(each, color)
        if not first:
            yield "\n"
    for each_ in index.ignored:
        yield f"ignored: {terminal.printable(each_)}\n"
    yield f"{waves_in_numbers(index)}\n"


def told_reasons(reasons: Iterable[RecordedReason]) -> Iterator[str]:
    for each in reasons:
        name = f"{each.variable}: " if each.variable else ""
        yield f"    {terminal.printable(f'{name}{each.message}')}  [{each.code}]\n"
        for label, text in (("from", each.source), ("do", each.remedy)):
            if text:
                yield f"      {label + ':':<6}{terminal.printable(text)}\n"


def _entry(entry: WaveEntry, color: bool) -> Iterator[str]:
    where = f" in {', '.join(entry.environments)}" if entry.environments else ""
    yield f"  {paint(terminal.printable(f'{entry.versions}{where}'), color, terminal.BOLD)}\n"
    if entry.settings:
        yield f"    set first: {terminal.printable(', '.join(entry.settings))}\n"
    yield from told_reasons(entry.reasons)
