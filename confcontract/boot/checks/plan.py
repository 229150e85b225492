"""Turns a check of the contract into a plan that can be attempted, now or later by a probe."""

from __future__ import annotations

from confcontract.boot.checks.address import NotAnAddress
from confcontract.boot.checks.settings import Settings, Skipped
from confcontract.checks.defaults import ASKED_IN, DEADLINE, INTERVAL, PERIOD, TIMEOUT
from confcontract.checks.kinds import KINDS, class_of
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.boot.checks.attempt import Attempt


class Place:
    """The target of a check. variable: its canonical name; None for a literal. text: its value, "" if there is none."""

    __slots__ = ("secret", "settings", "text", "variable")

    def __init__(self, variable: str | None, text: str, settings: Settings) -> None:
        self.variable = variable
        self.text = text
        self.settings = settings
        self.secret = settings.is_secret(variable)

    @property
    def unshown(self) -> str:
        return f"the address in {self.variable}" if self.variable else "the address"


class Target:
    """What to attempt. where: a description that is safe to show.

    data: everything that is needed to attempt it again without a secret, as JSON; None if that is not possible.
    credentials: whether the attempt needs a secret; `data` then describes a simpler check.
    """

    __slots__ = ("attempt", "credentials", "data", "where")

    def __init__(self, attempt: Attempt, where: str, data: dict[str, Any] | None, *, credentials: bool = False) -> None:
        self.attempt = attempt
        self.where = where
        self.data = data
        self.credentials = credentials


class Plan:
    """A check that can be run. Times are seconds.

    attempt: takes the deadline, as time.monotonic(); returns None or what it found, in words; raises NotYet. where: the
    target in words. verb: what the target is not, if it fails. phases: those that it is part of; critical: those of
    them in which its failure is a failure, and not only degradation. credentials: whether the attempt needs a secret.
    target_data: see Target.data.
    """

    __slots__ = (
        "attempt",
        "credentials",
        "critical",
        "deadline",
        "interval",
        "kind",
        "name",
        "period",
        "phases",
        "target_data",
        "timeout",
        "variable",
        "verb",
        "where",
    )

    def __init__(self, check: Mapping[str, Any], variable: str | None, target: Target) -> None:
        self.name: str = check["name"]
        self.kind: str = check["kind"]
        self.variable = variable
        self.attempt = target.attempt
        self.where = target.where
        self.credentials = target.credentials
        self.target_data = target.data
        self.verb = "not reachable" if self.kind == "tcp" else "not ready"
        phases = check.get("phases", ASKED_IN)
        self.phases = frozenset(phases)
        told = "critical" in check  # missing in contracts from before phases existed
        self.critical = frozenset(check["critical"] if told else class_of(self.kind).critical_by_default(phases))
        self.timeout = float(check.get("timeout", TIMEOUT))
        self.interval = float(check.get("interval", INTERVAL))
        self.deadline = float(check.get("deadline", DEADLINE))
        self.period = float(check.get("period", PERIOD))


def plans(
    checks: Sequence[Mapping[str, Any]],
    environ: Mapping[str, str],
    values: Mapping[str, Any],
    *,
    variables: Sequence[Mapping[str, Any]] = (),
    hidden: Sequence[str] = (),
    phase: str,
) -> tuple[list[Plan], list[Problem]]:
    """The plans for a phase ("startup", "ready", "live"), and the problems of checks that can't be planned.

    A check of a variable that is not set is left out. environ, values, variables, hidden: as in `run_checks`.
    """
    settings = Settings(environ, values, variables, hidden)
    made: list[Plan] = []
    problems: list[Problem] = []
    for check in checks:
        if phase not in check.get("phases", ASKED_IN):
            continue
        try:
            planned = plan(check, settings)
        except Skipped:
            continue
        if isinstance(planned, Plan):
            made.append(planned)
        else:
            problems.append(planned)
    return made, problems


def plan(check: Mapping[str, Any], settings: Settings) -> Plan | Problem:
    """The plan, or the problem of the target. Raises Skipped."""
    if check["kind"] not in KINDS:
        message = f"{check['name']}: this release does not support checks of kind {check['kind']!r}"
        return Problem("check-failed", message, hint="boot with the release that baked the contract")
    given: str = check["target"] if "target" in check or not class_of(check["kind"]).target_is_input else ""
    variable = settings.variable(given)
    try:
        place = Place(variable, settings.value(variable) if variable else given, settings)
        return Plan(check, variable, _module(check["kind"]).target(check, place))
    except NotAnAddress as error:
        target = f"the value of {variable}" if variable else "its target"
        hint = f"correct {variable}" if variable else "correct the check where it is declared, and bake again"
        message = f"{check['name']}: can't be checked, because {target} {error}"
        return Problem("check-failed", message, variable=variable, hint=hint)


def portable(plan: Plan) -> dict[str, Any] | None:
    """What a probe needs to run this check later, as JSON data without any secret; None if that is not possible.

    A check that logs in becomes a plain connection. Programs and functions get the application's environment, which
    may hold secrets, and are left out.
    """
    if plan.target_data is None:
        return None
    words = ("name", "kind", "variable", "where", "timeout", "interval", "deadline", "period")
    return {
        **{word: getattr(plan, word) for word in words},
        "phases": sorted(plan.phases),
        "critical": sorted(plan.critical),
        "target": plan.target_data,
    }


def from_portable(data: Mapping[str, Any]) -> Plan:
    """The plan for data from `portable`, also if it was stored as JSON."""
    target = data["target"]
    attempt = _module(target["kind"]).restored(target)
    return Plan(data, data["variable"], Target(attempt, data["where"], target))


def _module(kind: str) -> Any:
    """The module that attempts a kind, by `target(check, place)` and `restored(data)`."""
    _, name = KINDS[kind]
    return __import__(f"confcontract.boot.checks.{name}", fromlist=["target"])
