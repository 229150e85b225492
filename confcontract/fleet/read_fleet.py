"""Reads a fleet from a folder or a file, or two fleets, before and after a rollout."""

from __future__ import annotations

import os
from dataclasses import replace

from confcontract.fleet.fleet_file import services_of
from confcontract.fleet.fleet_folder import services_in
from confcontract.fleet.fleet_plan import EnvironmentPlan, FleetOptions, FleetPlan, ServicePlan
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem


def read_fleet(path: str, options: FleetOptions) -> FleetPlan:
    """path: of a folder or a file. Raises ConfigurationInvalid if it is not a fleet, or an empty one."""
    services, ignored = _read(path)
    return FleetPlan(tuple(services), options, tuple(ignored))


def read_rollout(old: str, new: str, options: FleetOptions) -> FleetPlan:
    """The services of both fleets, each with its running contract and the next one. Raises the errors of
    `read_fleet`."""
    services, ignored = _read(old)
    following, more = _read(new)
    before = {each.name: each for each in services}
    after = {each.name: each for each in following}
    plans = [_step(name, before.get(name), after.get(name)) for name in sorted(before | after)]
    return FleetPlan(tuple(plans), options, (*ignored, *more))


def _step(name: str, old: ServicePlan | None, new: ServicePlan | None) -> ServicePlan:
    """A service or environment that is missing on one side has no reference or files for that side."""
    if new is None:
        assert old is not None
        return replace(old, next="")
    today = {each.name: each for each in old.environments} if old is not None else {}
    then = {each.name: each for each in new.environments}
    environments = []
    for each in sorted(today | then):
        one, other = today.get(each), then.get(each)
        files = one.files if one is not None else ()
        planned = other.files if other is not None else None
        container = (other or one or EnvironmentPlan(each, ())).container
        environments.append(EnvironmentPlan(each, files, planned, container))
    contract, fault = (old.contract, old.fault) if old is not None else ("", "")
    return ServicePlan(name, contract, tuple(environments), new.contract, new.role, fault or new.fault)


def _read(path: str) -> tuple[list[ServicePlan], list[str]]:
    if os.path.isdir(path):
        services, ignored = services_in(path)
    else:
        services, ignored = services_of(path), []
    if not services:
        raise ConfigurationInvalid(
            Problem(
                "fleet-invalid",
                f"{path}: there is no service in it",
                source=path,
                hint="name a folder that holds SERVICE/contract.json and SERVICE/ENVIRONMENT.env",
                source_said=True,
            )
        )
    return services, ignored
