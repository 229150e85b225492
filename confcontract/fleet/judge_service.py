"""Checks one service of a fleet: reads its contract once, then checks each of its environments.

It raises nothing: if something can't be evaluated, the record contains the reason.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from confcontract.boot.options import TIMEOUT
from confcontract.compare.deployment import Asked, VersionVerdict, verdict_on
from confcontract.compare.pairing import names_of
from confcontract.contract import anywhere
from confcontract.contract.artifact import Contract
from confcontract.contract.damage import refuse_damaged
from confcontract.contract.engine import VERSION
from confcontract.contract.reference import ReferenceInvalid, parse_references
from confcontract.fleet.fleet_plan import EnvironmentPlan, FleetOptions, ServicePlan
from confcontract.fleet.fleet_sections import sections_in
from confcontract.fleet.rollout_step import RolloutStep
from confcontract.fleet.service_record import (
    EnvironmentRecord,
    EnvironmentVerdict,
    RecordedReason,
    ServiceRecord,
    StepRecord,
    VariableRecord,
    Wave,
)
from confcontract.host.limits import reached
from confcontract.host.sourcefile import give_up_at, is_pipe
from confcontract.report.errors import ConfcontractError, ConfigurationInvalid
from confcontract.report.problem import Problem
from confcontract.verdict.resolution import Resolution
from confcontract.verdict.validator import prepare


def judge_service(plan: ServicePlan, options: FleetOptions) -> ServiceRecord:
    """The record of a service."""
    shown = anywhere.without_login(plan.next if options.rollout and plan.next else plan.contract or plan.next)
    if plan.fault:
        return ServiceRecord(plan.name, shown, faults=(RecordedReason("fleet-invalid", "", plan.fault),))
    give_up_at(time.monotonic() + TIMEOUT)
    try:
        return _Judged(plan, options, shown).record()
    except Exception as error:
        return ServiceRecord(plan.name, shown, faults=_faults(error))


class _Judged:
    def __init__(self, plan: ServicePlan, options: FleetOptions, shown: str) -> None:
        self.plan, self.options, self.shown = plan, options, shown
        self.now = _loaded(plan.contract) if plan.contract else None
        self.next = _loaded(plan.next) if plan.next else None
        self.step: RolloutStep | None = None
        if self.next is not None or options.rollout:
            self.step = RolloutStep(plan.name, self.now, self.next)

    def record(self) -> ServiceRecord:
        contract = self.next if self.options.rollout and self.next is not None else self.now or self.next
        assert contract is not None
        faults: tuple[RecordedReason, ...] = ()
        if not self.plan.environments:
            faults = (
                RecordedReason("fleet-invalid", "", "there is no environment to check", "name one, such as prod.env"),
            )
        return ServiceRecord(
            self.plan.name,
            self.shown,
            contract.version,
            contract.digest,
            faults,
            tuple(self.environment(each) for each in self.plan.environments),
            tuple(_variable(each) for each in contract.variables),
            sections_in(contract.variables),
        )

    def environment(self, plan: EnvironmentPlan) -> EnvironmentRecord:
        """In a rollout, the verdict applies to the contract and the environment after it."""
        give_up_at(time.monotonic() + TIMEOUT)
        contract, files = self.now, plan.files
        if self.options.rollout and self.next is not None:
            contract, files = self.next, plan.planned or plan.files
        assert contract is not None
        asked = Asked(self.plan.role, self.options.strict, container=plan.container)
        try:
            _refuse_pipes(*plan.files, *(plan.planned or ()))
            verdict, result = verdict_on(contract, files, asked)
        except Exception as error:
            failed = StepRecord(Wave.FAILED, "", _faults(error)) if self.step is not None else None
            return EnvironmentRecord(plan.name, files, EnvironmentVerdict.FAILED, _faults(error), step=failed)
        return EnvironmentRecord(
            plan.name,
            files,
            _word(verdict, result),
            tuple(RecordedReason.of(each) for each in (*verdict.refusals, *verdict.warnings)),
            dict(sorted(verdict.unseen.items())),
            tuple(sorted({str(each.variable) for each in result.problems if each.code == "name-deprecated"})),
            _references(verdict, result),
            self._step(plan, asked),
        )

    def _step(self, plan: EnvironmentPlan, asked: Asked) -> StepRecord | None:
        if self.step is None:
            return None
        try:
            return self.step.into(plan.files, plan.planned, asked)
        except Exception as error:
            return StepRecord(Wave.FAILED, self.step.versions, _faults(error))


def _refuse_pipes(*paths: str) -> None:
    """Refuses pipes, since a fleet has thousands of files, some of which are read more than once, and must not wait for
    any. Raises ConfigurationInvalid."""
    for path in paths:
        if is_pipe(path):
            message = f"{path} is a pipe, which a fleet does not read"
            hint = "name a regular file"
            raise ConfigurationInvalid(Problem("source-unreadable", message, source=path, hint=hint, source_said=True))


def _loaded(reference: str) -> Contract:
    """Loads a contract as the command line does: it must be undamaged and in the form that bake writes. Raises
    ConfcontractError."""
    _refuse_pipes(reference)
    contract = anywhere.load(reference)
    refuse_damaged(contract.data)
    if contract.compiled["pydanticCore"] == VERSION:
        prepare(contract)
    return contract


def _word(verdict: VersionVerdict, result: Resolution) -> EnvironmentVerdict:
    if verdict.refusals:
        return EnvironmentVerdict.REFUSED
    return EnvironmentVerdict.PARTLY if verdict.unseen or result.deferred else EnvironmentVerdict.ACCEPTED


def _references(verdict: VersionVerdict, result: Resolution) -> dict[str, tuple[str, ...]]:
    """variable → the references that give its value, in canonical form, so that equal places have equal texts."""
    found: dict[str, tuple[str, ...]] = {name: (str(key),) for name, key in verdict.secret_keys.items()}
    for name, text in result.references.items():
        with suppress(ReferenceInvalid):  # alternatives after an optional reference were not validated
            found[name] = tuple(map(str, parse_references(text).alternatives))
    return dict(sorted(found.items()))


def _variable(variable: Mapping[str, Any]) -> VariableRecord:
    deprecated = variable.get("deprecated", {})
    return VariableRecord(
        names_of(variable),
        variable["type"]["text"],
        bool(variable["required"]),
        bool(variable["secret"]),
        tuple(deprecated.get("names", (variable["name"],))) if deprecated else (),
        deprecated.get("replacedBy") or "",
    )


def _faults(error: Exception) -> tuple[RecordedReason, ...]:
    """The reasons of a failed evaluation. For a defect only its type is reported, since its message may contain a
    value."""
    if isinstance(error, ConfcontractError):
        return tuple(map(RecordedReason.of, error.problems))
    limit = reached(error)
    if limit is not None:
        return (RecordedReason.of(limit),)
    return (
        RecordedReason("internal", "", f"a defect in confcontract ended this ({type(error).__name__})", "report it"),
    )
