"""The response for verdicts: the status and the text, in each format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from confcontract.boot.health.statuses import DEGRADED, DOWN, UNKNOWN, UP, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.boot.health.snapshot import HealthEntry, Verdict

MICROPROFILE = "application/json"
DRAFT = "application/health+json"  # draft-inadarei-api-health-check-06
LINE = "text/plain"
FORMATS = (MICROPROFILE, DRAFT, LINE)
_DRAFT_WORDS = {UP: "pass", DEGRADED: "warn", DOWN: "fail"}


def status_code(verdicts: Sequence[Verdict]) -> int:
    """200 if all are up, degraded or not; 503 otherwise."""
    return 503 if any(verdict.status == DOWN for verdict in verdicts) else 200


def body(kind: str, verdicts: Sequence[Verdict], *, details: bool) -> str:
    """The text in one of FORMATS. details: also each check, and why."""
    if kind == LINE:
        return "".join(line(one.probe, one.status, one.words if details else "") + "\n" for one in verdicts)
    data = _draft(verdicts, details) if kind == DRAFT else _microprofile(verdicts, details)
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")) + "\n"


def _microprofile(verdicts: Sequence[Verdict], details: bool) -> dict[str, Any]:
    checks: list[dict[str, Any]] = []
    for verdict in verdicts:
        data = {"state": verdict.status.lower()}
        if details and verdict.words:
            data["message"] = verdict.words
        checks.append({"name": verdict.probe, "status": _up_or_down(verdict.status), "data": data})
    if details:
        checks += [_check(entry, status) for entry, status in _worst(verdicts)]
    return {"status": DOWN if status_code(verdicts) != 200 else UP, "checks": checks}


def _check(entry: HealthEntry, status: str) -> dict[str, Any]:
    data = {"state": UNKNOWN.lower() if entry.status == UNKNOWN else status.lower(), **entry.data}
    if entry.words:
        data["message"] = entry.words
    return {"name": entry.name, "status": _up_or_down(status), "data": data}


def _up_or_down(status: str) -> str:
    return DOWN if status == DOWN else UP


def _worst(verdicts: Sequence[Verdict]) -> list[tuple[HealthEntry, str]]:
    """Each entry once, with its worst status in any of the verdicts."""
    order = (UP, DEGRADED, DOWN)
    found: dict[int, tuple[HealthEntry, str]] = {}
    for verdict in verdicts:
        for entry in verdict.entries:
            status = entry.status_in(verdict.probe)
            _, before = found.get(id(entry), (entry, UP))
            found[id(entry)] = (entry, max(before, status, key=order.index))
    return list(found.values())


def _draft(verdicts: Sequence[Verdict], details: bool) -> dict[str, Any]:
    worst = max((verdict.status for verdict in verdicts), key=(UP, DEGRADED, DOWN).index)
    data: dict[str, Any] = {"status": _DRAFT_WORDS[worst]}
    if details:
        words = [f"{verdict.probe}: {verdict.words}" for verdict in verdicts if verdict.words]
        if words:
            data["output"] = "; ".join(words)
        data["checks"] = checks = {}
        for verdict in verdicts:
            checks[verdict.probe] = [{"status": _DRAFT_WORDS[verdict.status]}]
        for entry, status in _worst(verdicts):
            checks.setdefault(entry.name, []).append(_component(entry, status))
    return data


def _component(entry: HealthEntry, status: str) -> dict[str, Any]:
    rest = dict(entry.data)
    component: dict[str, Any] = {"status": _DRAFT_WORDS[status]}
    if "seconds" in rest:
        component |= {"observedValue": rest.pop("seconds"), "observedUnit": "s"}
    if "evaluated" in rest:
        component["time"] = rest.pop("evaluated")
    if status != UP and entry.words:
        component["output"] = entry.words
    return component | rest
