"""The rollout report as one HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from confcontract.fleet.fleet_index import FleetIndex
from confcontract.fleet.fleet_words import waves_in_numbers
from confcontract.fleet.rollout_waves import TITLES, WaveEntry, entries_of, failed_services
from confcontract.fleet.service_record import Wave
from confcontract.fleet.shown.fleet_page import chapter, foot, head, or_none, reasons, shown, table


def page_of_rollout(index: FleetIndex) -> Iterator[str]:
    """In pieces, each of whole elements."""
    yield from head("Rollout", waves_in_numbers(index), {wave.name.lower(): title for wave, title in TITLES.items()})
    for wave, title in TITLES.items():
        yield chapter(wave.name.lower(), title)
        yield from or_none(_wave(index, wave, title))
        yield "</section>\n"
    yield from foot(index.ignored)


def _wave(index: FleetIndex, wave: Wave, title: str) -> Iterator[str]:
    yield from table(f"{title}: by service", ["Service", "Environments", "Why"], _rows(entries_of(index, wave)))
    if wave is Wave.FAILED:
        caption = "Services that could not be evaluated"
        yield from table(caption, ["Service", "Environments", "Why"], _rows(failed_services(index)))


def _rows(entries: Iterable[WaveEntry]) -> Iterator[list[str]]:
    for each in entries:
        settings = ", ".join(f"<code>{shown(name)}</code>" for name in each.settings)
        first = f"<p>Set first: {settings}</p>" if settings else ""
        yield [shown(each.versions), shown(", ".join(each.environments)) or "all", first + reasons(each.reasons)]
