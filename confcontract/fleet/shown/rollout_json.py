"""The rollout report for programs, wave by wave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from confcontract.fleet.fleet_index import FleetIndex
from confcontract.fleet.rollout_waves import TITLES, WaveEntry, entries_of, failed_services
from confcontract.fleet.service_record import Wave
from confcontract.fleet.shown.fleet_json import listed, members, summary

_KEYS = {
    Wave.FIRST: "canGoFirst",
    Wave.ONE_WAY: "canGoButNotBack",
    Wave.SETTINGS: "needSettingsFirst",
    Wave.BLOCKED: "blocked",
    Wave.FAILED: "notEvaluated",
    Wave.REMOVED: "removed",
}


def json_of_rollout(index: FleetIndex) -> Iterator[str]:
    """In pieces, each of whole lines."""
    yield "{\n"
    yield from members(summary(index))
    for wave in TITLES:
        if wave is Wave.FAILED:
            yield from listed("servicesNotEvaluated", map(_entry, failed_services(index)))
        yield from listed(_KEYS[wave], map(_entry, entries_of(index, wave)), last=wave is Wave.REMOVED)
    yield "}\n"


def _entry(entry: WaveEntry) -> dict[str, Any]:
    return asdict(entry)
