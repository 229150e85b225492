"""The words that all report formats share."""

from __future__ import annotations

from confcontract.fleet.fleet_index import FleetIndex
from confcontract.fleet.service_record import (
    EnvironmentRecord,
    EnvironmentVerdict,
    RecordedReason,
    ServiceRecord,
    Wave,
)
from confcontract.report.problem import WARNING

NONE = "-"  # the service does not have this environment
CELLS = {
    EnvironmentVerdict.ACCEPTED: "ok",
    EnvironmentVerdict.PARTLY: "ok*",
    EnvironmentVerdict.REFUSED: "REFUSED",
    EnvironmentVerdict.FAILED: "?",
}
STARRED = (
    "ok* means accepted, but not completely checked: secrets in a store and the application's own code are not checked"
)
UNANSWERED = "? could not be evaluated: the reason is below"
STOPPED = (Wave.SETTINGS, Wave.BLOCKED, Wave.FAILED)


def in_numbers(index: FleetIndex) -> str:
    """'3 services, 12 environments: 10 accepted, 1 refused, 1 not evaluated'."""
    told = [f"{count} {verdict.value}" for verdict in EnvironmentVerdict if (count := index.verdicts[verdict])]
    failed = index.failed_services
    told += [f"{failed} {_plural('service', failed)} not evaluated"] if failed else []
    services, pairs = index.services, index.pairs
    whole = f"{services} {_plural('service', services)}, {pairs} {_plural('environment', pairs)}"
    return f"{whole}: {', '.join(told)}" if told else whole


def waves_in_numbers(index: FleetIndex) -> str:
    """'4 can go first, 2 blocked', counted in pairs of a service and an environment."""
    told = [f"{count} {_counted(wave, count)}" for wave in Wave if (count := index.waves[wave])]
    failed = index.failed_services
    told += [f"{failed} {_plural('service', failed)} not evaluated"] if failed else []
    return ", ".join(told) or "nothing to do"


def titled(record: ServiceRecord) -> str:
    """The service and its version."""
    return f"{record.name} {record.version}".rstrip()


def is_worth_telling(environment: EnvironmentRecord) -> bool:
    return environment.verdict in (EnvironmentVerdict.REFUSED, EnvironmentVerdict.FAILED)


def warnings_of(environment: EnvironmentRecord) -> list[RecordedReason]:
    """Without deprecated names, which are in a section of their own for the whole fleet."""
    return [each for each in environment.reasons if each.severity == WARNING and each.code != "name-deprecated"]


def grouped(pairs: tuple[tuple[str, str], ...]) -> str:
    """'billing (prod), shop (dev, prod)'."""
    found: dict[str, list[str]] = {}
    for service, environment in pairs:
        found.setdefault(service, []).append(environment)
    return ", ".join(f"{service} ({', '.join(names)})" for service, names in found.items())


def _counted(wave: Wave, count: int) -> str:
    return "need settings first" if wave is Wave.SETTINGS and count > 1 else wave.value


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
