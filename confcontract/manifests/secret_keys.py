"""The key of a Secret that gives a variable its value. Two variables with the same key share a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from confcontract.contract.declared import Declared
from confcontract.manifests.container_files import ContainerFiles
from confcontract.manifests.workload import Container, SecretKey


def secret_keys(
    declared: Declared, container: Container, files: ContainerFiles, folders: Sequence[str]
) -> Mapping[str, SecretKey]:
    """The keys, by variable. folders: those with files named after variables. The environment overrides a file."""
    found: dict[str, SecretKey] = {}
    for name, key in (*_in_environment(declared, container, files), *_in_files(declared, files, folders)):
        found.setdefault(name, key)
    set_plainly = {
        variable["name"] for each in container.environment if not each.key for variable in declared.sharing(each.name)
    }
    return {name: key for name, key in sorted(found.items()) if name not in set_plainly}


def _in_environment(declared: Declared, container: Container, files: ContainerFiles) -> Iterator[tuple[str, SecretKey]]:
    for given in container.environment:
        if given.key is not None:
            for variable in declared.sharing(given.name):
                yield variable["name"], given.key
    for given in container.environment:
        pointed = declared.pointed_at(given.name)
        file = files.file(given.value) if pointed is not None and given.value else None
        if pointed is not None and file is not None and file.key is not None:
            for variable in declared.sharing(pointed):
                yield variable["name"], file.key


def _in_files(declared: Declared, files: ContainerFiles, folders: Sequence[str]) -> Iterator[tuple[str, SecretKey]]:
    for folder in folders:
        for file in files.in_folder(folder):
            if file.key is not None:
                for variable in declared.sharing(file.path.rpartition("/")[2]):
                    yield variable["name"], file.key
