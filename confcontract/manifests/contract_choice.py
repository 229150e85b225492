"""Chooses the contract for a container: the one named for it, the one from a map, or the one in its image."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from confcontract.contract.artifact import Contract
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.manifests.shown_name import shown_image
from confcontract.manifests.workload import Container, Manifests, Workload
from confcontract.report.errors import ConfcontractError, ConfigurationInvalid, UsageError
from confcontract.report.problem import ERROR, Problem
from confcontract.verdict.sources.documents import YAML, format_of, read

IMAGE = "{image}"  # in a reference of the map, a placeholder for the image of the container
_NAMED_BY = ("app.kubernetes.io/name", "app", "k8s-app", "confcontract/name", "confcontract.name")

Load = Callable[[str], Contract]


@dataclass(frozen=True)
class Choice:
    """why: the reason why there is no contract. do: the remedy. faults: of a named contract that can't be used."""

    contract: Contract | None
    why: str = ""
    do: str = "name its contract with --contract and --container, or in the file of --contracts"
    faults: tuple[Problem, ...] = ()


class ContractChoice:
    """contract: from --contract. patterns: for images, with the references of their contracts, the first match wins;
    None to read unnamed contracts from the registry. containers: names of containers that the contract applies to."""

    def __init__(
        self,
        manifests: Manifests,
        load: Load,
        contract: Contract | None = None,
        patterns: Mapping[str, str] | None = None,
        containers: Sequence[str] = (),
    ) -> None:
        self._load = load
        self._contract = contract
        self._patterns = patterns
        self._containers = containers
        self._loaded: dict[str, Choice] = {}
        own = [each for workload in manifests.workloads for each in workload.containers if not each.init]
        self._is_only_one = len(own) == 1

    def of(self, workload: Workload, container: Container) -> Choice:
        """Returns a choice without a contract if that of a map can't be loaded, or if the registry has none."""
        if self._containers and container.name not in self._containers:
            return Choice(None, "--container names others", "to check it, name it with --container as well")
        if self._contract is not None:
            only_one = self._is_only_one and not container.init
            if self._containers or only_one or is_meant_for(self._contract, workload, container):
                return Choice(self._contract)
            if self._patterns is None:
                return Choice(None, f"nothing identifies it as {self._contract.name}", "name it with --container")
        if container.image is None:
            return Choice(None, "its image is not named")
        if self._patterns is None:
            return self._in_registry(container.image)
        reference = fitting(self._patterns, container.image)
        if reference is None:
            return Choice(None, f"no pattern in --contracts matches the image {shown_image(container.image)}")
        return self._named(reference.replace(IMAGE, container.image))

    def _named(self, reference: str) -> Choice:
        if reference not in self._loaded:
            try:
                self._loaded[reference] = Choice(self._load(reference))
            except ConfcontractError as error:  # the other containers are still checked
                self._loaded[reference] = Choice(None, faults=tuple(error.problems))
        return self._loaded[reference]

    def _in_registry(self, image: str) -> Choice:
        reference = f"docker://{image}"
        if reference not in self._loaded:
            try:
                self._loaded[reference] = Choice(self._load(reference))
            except ConfcontractError as error:
                why = "; ".join(each.message for each in error.problems)
                do = "; ".join(dict.fromkeys(each.hint for each in error.problems if each.hint)) or Choice.do
                self._loaded[reference] = Choice(None, why, do)
        return self._loaded[reference]


def is_meant_for(contract: Contract, workload: Workload, container: Container) -> bool:
    """Whether a container's name, image or labels match the contract's name, or its role is one of the contract."""
    if container.values.get("CONFCONTRACT_ROLE") in contract.roles:
        return True
    repository = posixpath.basename(repository_of(container.image or ""))
    if contract.name.lower() in (repository.lower(), container.name.lower()):
        return True
    alone = len([each for each in workload.containers if not each.init]) == 1 and not container.init
    return alone and contract.name in {workload.labels.get(label) for label in _NAMED_BY}


def repository_of(image: str) -> str:
    """The image without tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return head + slash + last.partition(":")[0]


def fitting(patterns: Mapping[str, str], image: str) -> str | None:
    """The reference of the first pattern that matches an image, with or without its tag."""
    names = (image, image.partition("@")[0], repository_of(image))
    return next((to for pattern, to in patterns.items() if any(fnmatchcase(name, pattern) for name in names)), None)


def read_patterns(path: str) -> dict[str, str]:
    """Reads TOML, YAML or JSON: pattern of images → reference of a contract. Paths are relative to the folder of the
    file. Raises ConfigurationInvalid."""
    try:
        document = read(read_source(path), format_of(path) or YAML)
    except Unreadable as error:
        message = f"{path} {error}" if error.of_file else f"{path}: {error}"
        raise ConfigurationInvalid(Problem("manifest-unreadable", message, hint=error.hint)) from None
    for fault in document.faults:
        raise _invalid(f"{path}{fault.place} {fault.message}")
    value = document.value
    if not isinstance(value, dict) or not value:
        raise _invalid(f"{path} has to map patterns of images to contracts")
    for pattern, reference in value.items():
        if not isinstance(pattern, str) or not isinstance(reference, str) or not reference:
            raise _invalid(f"{path}: {pattern!r} has to lead to the reference of a contract, as text")
    return {pattern: _from_folder(path, reference) for pattern, reference in value.items()}


def _from_folder(path: str, reference: str) -> str:
    from confcontract.contract.anywhere import BEGINNINGS

    head, colon, _ = reference.partition(":")
    if head + colon in BEGINNINGS or os.path.isabs(reference):
        return reference
    return os.path.join(os.path.dirname(path), reference)


def _invalid(message: str) -> ConfigurationInvalid:
    hint = 'write for example "registry.example/shop:*" = "contracts/shop.json"'
    return ConfigurationInvalid(Problem("manifest-malformed", message, hint=hint))


def refuse_unknown(manifests: Manifests, containers: Sequence[str]) -> None:
    """Raises UsageError if no container has a name given by --container. It does not if some containers could not be
    read; the problems give the reason."""
    if any(each.problem.severity == ERROR for each in manifests.problems):
        return
    names = [each.name for workload in manifests.workloads for each in workload.containers]
    for name in containers:
        if name not in names:
            told = ", ".join(dict.fromkeys(names)) or "none"
            raise UsageError(Problem("usage", f"no container is called {name}", hint=f"there are: {told}"))
