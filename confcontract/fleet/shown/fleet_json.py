"""The fleet report for programs. Each service has its own line. `complete` is false if something was not evaluated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from confcontract.findings.outcome import FAILED
from confcontract.fleet.fleet_index import DeprecatedName, FleetIndex, NameReader, SharedSecret, SharedSection
from confcontract.fleet.service_record import EnvironmentVerdict, ServiceRecord, Wave
from confcontract.report import terminal


def json_of_fleet(index: FleetIndex) -> Iterator[str]:
    """In pieces, each of whole lines."""
    yield "{\n"
    yield from members(summary(index))
    yield from listed("services", map(_service, index.records()))
    yield from listed("variables", ({"name": name, "readers": _readers(found)} for name, found in index.readers()))
    yield from listed(
        "disputedSecrets", ({"name": name, "readers": _readers(found)} for name, found in index.disputed())
    )
    yield from listed("deprecatedNames", map(_deprecated, index.deprecated()))
    yield from listed("sharedSecrets", map(_secret, index.shared_secrets()))
    yield from listed("sharedSections", map(_section, index.shared_sections()), last=True)
    yield "}\n"


def summary(index: FleetIndex) -> dict[str, Any]:
    return {
        "complete": index.exit_code != FAILED,
        "exitCode": index.exit_code,
        "counts": {
            "services": index.services,
            "servicesNotEvaluated": index.failed_services,
            "environments": {verdict.value: index.verdicts[verdict] for verdict in EnvironmentVerdict},
            "steps": {wave.value: index.waves[wave] for wave in Wave},
        },
        "ignored": list(index.ignored),
    }


def _service(record: ServiceRecord) -> dict[str, Any]:
    """Leaves out variables and sections, which the report lists further below for all services."""
    return {name: value for name, value in asdict(record).items() if name not in ("variables", "sections")}


def _readers(found: Iterable[NameReader]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]


def _deprecated(name: DeprecatedName) -> dict[str, Any]:
    return {
        "name": name.name,
        "instead": name.instead or None,
        "deprecatedBy": list(name.by),
        "setIn": [{"service": service, "environment": environment} for service, environment in name.set_in],
        "stillRead": list(name.current),
    }


def _secret(shared: SharedSecret) -> dict[str, Any]:
    readers = [
        {"service": service, "variable": name, "environments": list(where)}
        for (service, name), where in shared.readers.items()
    ]
    return {"reference": shared.reference, "readers": readers}


def _section(shared: SharedSection) -> dict[str, Any]:
    services = [{"service": service, "title": title} for service, title in shared.services]
    return {"members": list(shared.members), "services": services}


def members(values: Mapping[str, Any]) -> Iterator[str]:
    """One member per line."""
    for name, value in values.items():
        yield f"  {json.dumps(name)}: {_line(value)},\n"


def listed(name: str, values: Iterable[Any], *, last: bool = False) -> Iterator[str]:
    """A list with one value per line. last: whether it is the last member."""
    yield f"  {json.dumps(name)}: ["
    before = "\n    "
    for each in values:
        yield before + _line(each)
        before = ",\n    "
    closed = "]" if before == "\n    " else "\n  ]"
    yield f"{closed}\n" if last else f"{closed},\n"


def _line(value: Any) -> str:
    return terminal.harmless_json(json.dumps(value))
