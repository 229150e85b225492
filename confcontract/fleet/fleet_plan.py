"""The plan of a fleet check: the services, each with a contract and its environments. No file is read yet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from confcontract.contract.digest import sha256


@dataclass(frozen=True, slots=True)
class EnvironmentPlan:
    """files: the files of a deployment's environment, of which later ones win, or the manifests that define it for a
    container. planned: the files after a rollout, None if they are not known. container: the one to use
    if the manifests leave that open."""

    name: str
    files: tuple[str, ...]
    planned: tuple[str, ...] | None = None
    container: str | None = None


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """contract: a reference as in contract/anywhere.py; "" if nothing runs yet. next: the contract of the next version;
    "" if it is not known. fault: why the service can't be checked, in words."""

    name: str
    contract: str
    environments: tuple[EnvironmentPlan, ...]
    next: str = ""
    role: str | None = None
    fault: str = ""


@dataclass(frozen=True)
class FleetOptions:
    """rollout: whether to check a rollout instead of today's environments. strict: as for boot."""

    rollout: bool = False
    strict: bool = False


@dataclass(frozen=True)
class FleetPlan:
    """services: by name. ignored: entries that belong to no service, in words."""

    services: tuple[ServicePlan, ...]
    options: FleetOptions = FleetOptions()
    ignored: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of what is checked, independent of the machine and the number of processes."""
        asked = {"options": asdict(self.options), "services": [asdict(each) for each in self.services]}
        return sha256(json.dumps(asked, sort_keys=True).encode("utf-8", "backslashreplace"))


@dataclass(frozen=True)
class Shard:
    """One of `count` shares of a fleet, with a number from 1."""

    number: int = 1
    count: int = 1

    def numbers(self, services: Sequence[ServicePlan]) -> range:
        """The numbers of its services: every count-th, so that large services are spread over the shards."""
        return range(self.number - 1, len(services), self.count)
