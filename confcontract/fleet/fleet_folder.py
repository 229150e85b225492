"""Reads a fleet from a folder: SERVICE/contract.json, with SERVICE/ENVIRONMENT.env beside it.

ENVIRONMENT.yaml may be a Kubernetes manifest or a Compose file, and ENVIRONMENT/ a folder of several files.
"""

from __future__ import annotations

import os

from confcontract.fleet.fleet_plan import EnvironmentPlan, ServicePlan
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

CONTRACT, NEXT = "contract.json", "next.json"
# These files beside a contract are not environments; bake writes most of them.
_OF_BAKE = frozenset((CONTRACT, NEXT, "schema.json", "defaults.env"))
_ENDINGS = (".env", ".toml", ".yaml", ".yml", ".json")


def services_in(folder: str) -> tuple[list[ServicePlan], list[str]]:
    """The services, by name, and the entries that belong to no service, in words. Raises ConfigurationInvalid if the
    folder can't be listed."""
    services, ignored = [], []
    for name in _listed(folder):
        place = os.path.join(folder, name)
        if name.startswith("."):
            continue
        if not os.path.isdir(place):
            ignored.append(f"{place} is not a service folder")
            continue
        try:
            files = [each for each in _listed(place) if not each.startswith(".")]
        except ConfigurationInvalid as error:
            services.append(ServicePlan(name, place, (), fault=error.problems[0].message))
            continue
        environments = _environments(place, files)
        if CONTRACT not in files and not environments:
            ignored.append(f"{place} holds neither {CONTRACT} nor an environment")
            continue
        following = os.path.join(place, NEXT) if NEXT in files else ""
        services.append(ServicePlan(name, os.path.join(place, CONTRACT), environments, following))
    return services, ignored


def _environments(place: str, files: list[str]) -> tuple[EnvironmentPlan, ...]:
    """Files with the same name and different extensions are one environment, and so is a folder of files."""
    found: dict[str, list[str]] = {}
    for ending in _ENDINGS:
        for name in files:
            if name.endswith(ending) and name not in _OF_BAKE and not os.path.isdir(os.path.join(place, name)):
                found.setdefault(name.removesuffix(ending), []).append(os.path.join(place, name))
    for name in files:
        if within := files_in(os.path.join(place, name)):
            found.setdefault(name, []).extend(within)
    return tuple(EnvironmentPlan(name, tuple(found[name])) for name in sorted(found))


def files_in(folder: str) -> list[str]:
    """The files that can hold an environment, also in subfolders; none if it is not a folder."""
    found = []
    for inner, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        named = (each for each in sorted(files) if not each.startswith("."))
        found += [os.path.join(inner, each) for each in named if each.endswith(_ENDINGS)]
    return found


def _listed(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        message = f"{folder} can't be listed: {error.strerror}"
        raise ConfigurationInvalid(
            Problem("fleet-invalid", message, source=folder, hint="name a folder that this user may read")
        ) from None
