"""The result for one service, as data that is sent by workers, stored in files and read by reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from confcontract.report.problem import Problem


class EnvironmentVerdict(StrEnum):
    """PARTLY: nothing that can be seen is refused. FAILED must never be treated as a result."""

    ACCEPTED = "accepted"
    PARTLY = "accepted as far as can be seen"
    REFUSED = "refused"
    FAILED = "not evaluated"


class Wave(StrEnum):
    """When the new version can replace the old one, the soonest first."""

    UNCHANGED = "unchanged"
    REMOVED = "removed"
    FIRST = "can go first"
    ONE_WAY = "can go, but not back"
    SETTINGS = "needs settings first"
    BLOCKED = "blocked"
    FAILED = "not evaluated"

    @property
    def stops(self) -> bool:
        """Whether something has to be done before the new version can go."""
        return self in (Wave.SETTINGS, Wave.BLOCKED)


@dataclass(frozen=True)
class RecordedReason:
    """Why something is refused, blocked or not evaluated. code: of the problem, or the rule. source: where it was
    found."""

    code: str
    variable: str
    message: str
    remedy: str = ""
    source: str = ""
    severity: str = "error"

    @classmethod
    def of(cls, problem: Problem) -> RecordedReason:
        hint, source = problem.hint or "", problem.source or ""
        return cls(problem.code, problem.variable or "", problem.message, hint, source, problem.severity)


@dataclass(frozen=True)
class StepRecord:
    """The step from one version to the next in one environment. versions: in words. settings: those to change
    before."""

    wave: Wave
    versions: str
    reasons: tuple[RecordedReason, ...] = ()
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class EnvironmentRecord:
    """unseen: as in a VersionVerdict. deprecated: deprecated names that it still sets. references:
    variable → its reference to a secret store. step: to the next version, if one is known."""

    name: str
    files: tuple[str, ...]
    verdict: EnvironmentVerdict
    reasons: tuple[RecordedReason, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)
    deprecated: tuple[str, ...] = ()
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    step: StepRecord | None = None


@dataclass(frozen=True)
class VariableRecord:
    """names: all accepted names, preferred first. deprecated: those that are deprecated. instead: their replacement."""

    names: tuple[str, ...]
    type: str
    required: bool
    secret: bool
    deprecated: tuple[str, ...] = ()
    instead: str = ""


@dataclass(frozen=True)
class SectionRecord:
    """A group of variables. members: each as NAME_IN_THE_GROUP: TYPE. mark: equal for equal groups."""

    title: str
    members: tuple[str, ...]
    mark: str


@dataclass(frozen=True)
class ServiceRecord:
    """faults: why the service could not be evaluated; if there are any, it has no version and no variables."""

    name: str
    contract: str
    version: str = ""
    digest: str = ""
    faults: tuple[RecordedReason, ...] = ()
    environments: tuple[EnvironmentRecord, ...] = ()
    variables: tuple[VariableRecord, ...] = ()
    sections: tuple[SectionRecord, ...] = ()

    def as_text(self) -> str:
        """One line of JSON; equal records give equal texts."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> ServiceRecord:
        """Raises ValueError, KeyError or TypeError for text that is not a record."""
        data = json.loads(text)
        return cls(
            **{
                **data,
                "faults": _reasons(data["faults"]),
                "environments": tuple(map(_environment, data["environments"])),
                "variables": tuple(
                    VariableRecord(**{**each, "names": tuple(each["names"]), "deprecated": tuple(each["deprecated"])})
                    for each in data["variables"]
                ),
                "sections": tuple(
                    SectionRecord(**{**each, "members": tuple(each["members"])}) for each in data["sections"]
                ),
            }
        )


def _environment(data: Mapping[str, Any]) -> EnvironmentRecord:
    return EnvironmentRecord(
        **{
            **data,
            "files": tuple(data["files"]),
            "verdict": EnvironmentVerdict(data["verdict"]),
            "reasons": _reasons(data["reasons"]),
            "deprecated": tuple(data["deprecated"]),
            "references": {name: tuple(texts) for name, texts in data["references"].items()},
            "step": None if data["step"] is None else _step(data["step"]),
        }
    )


def _step(data: Mapping[str, Any]) -> StepRecord:
    return StepRecord(Wave(data["wave"]), data["versions"], _reasons(data["reasons"]), tuple(data["settings"]))


def _reasons(entries: list[Mapping[str, Any]]) -> tuple[RecordedReason, ...]:
    return tuple(RecordedReason(**each) for each in entries)
