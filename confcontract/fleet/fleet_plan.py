"""What is to be judged: the services of a fleet, each with a contract and its environments. Nothing is read yet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from confcontract.contract.digest import sha256


@dataclass(frozen=True, slots=True)
class EnvironmentPlan:
    """files: what holds the environment of a deployment, later ones win, or the manifests that give it to a container.
    planned: what will hold it after a rollout, None where that is not known. container: the one of manifests that is
    meant, where that is not clear."""

    name: str
    files: tuple[str, ...]
    planned: tuple[str, ...] | None = None
    container: str | None = None


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """contract: a reference, as contract/anywhere.py knows them; "" where nothing runs yet. next: the contract that
    comes after it; "" where none is known. fault: why there is nothing to judge, in words."""

    name: str
    contract: str
    environments: tuple[EnvironmentPlan, ...]
    next: str = ""
    role: str | None = None
    fault: str = ""


@dataclass(frozen=True)
class FleetOptions:
    """rollout: whether the question is a rollout, not today's environments. strict: as for boot."""

    rollout: bool = False
    strict: bool = False


@dataclass(frozen=True)
class FleetPlan:
    """services: by name. ignored: what was there and belongs to no service, in words."""

    services: tuple[ServicePlan, ...]
    options: FleetOptions = FleetOptions()
    ignored: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Of what is asked, wherever and by how many processes it is answered."""
        asked = {"options": asdict(self.options), "services": [asdict(each) for each in self.services]}
        return sha256(json.dumps(asked, sort_keys=True).encode("utf-8", "backslashreplace"))


@dataclass(frozen=True)
class Shard:
    """The number-th of `count` shares of a fleet, from 1."""

    number: int = 1
    count: int = 1

    def numbers(self, services: Sequence[ServicePlan]) -> range:
        """Of the services that are in it: every count-th, so that the large ones of a fleet are spread."""
        return range(self.number - 1, len(services), self.count)
