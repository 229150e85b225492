"""Divides a rollout into waves: which services go when, in which of their environments, and why not sooner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from confcontract.fleet.fleet_index import FleetIndex
from confcontract.fleet.service_record import RecordedReason, ServiceRecord, StepRecord, Wave

TITLES = {
    Wave.FIRST: "Wave 1: can go first, and can be rolled back",
    Wave.ONE_WAY: "Wave 2: can go, but can't be rolled back as they are",
    Wave.SETTINGS: "Wave 3: needs settings first",
    Wave.BLOCKED: "Blocked",
    Wave.FAILED: "Not evaluated",
    Wave.REMOVED: "Taken away",
}


@dataclass(frozen=True)
class WaveEntry:
    """Environments of a service that have the same result. versions: in words."""

    service: str
    versions: str
    environments: tuple[str, ...]
    reasons: tuple[RecordedReason, ...]
    settings: tuple[str, ...]


def entries_of(index: FleetIndex, wave: Wave) -> Iterator[WaveEntry]:
    """Services that could not be evaluated are in no wave, so they are left out."""
    for record, steps in index.steps(wave):
        yield from _entries(record, steps)


def failed_services(index: FleetIndex) -> Iterator[WaveEntry]:
    for record in index.records():
        if record.faults:
            yield WaveEntry(record.name, record.name, (), record.faults, ())


def _entries(record: ServiceRecord, steps: list[tuple[str, StepRecord]]) -> Iterator[WaveEntry]:
    alike: dict[StepRecord, list[str]] = {}
    for environment, step in steps:
        alike.setdefault(step, []).append(environment)
    for step, environments in alike.items():
        versions = step.versions or f"{record.name} {record.version}"
        yield WaveEntry(record.name, versions, tuple(environments), step.reasons, step.settings)
