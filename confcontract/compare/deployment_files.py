"""The files that hold the environment of a deployment.

What a platform makes an environment of is not one: a Compose file, read as a file of settings, would say that nothing
is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confcontract.compare.pairing import names_of
from confcontract.contract.artifact import Contract
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem
from confcontract.verdict.sources.documents import format_of, read
from confcontract.verdict.sources.operatorfile import MAX_BYTES


@dataclass(frozen=True)
class EnvironmentFiles:
    """env_files: NAME=VALUE lines. conf_files: TOML, YAML or JSON. Later ones win."""

    env_files: tuple[str, ...]
    conf_files: tuple[str, ...]

    @classmethod
    def of(cls, paths: Sequence[str]) -> EnvironmentFiles:
        """Told apart by the ending of the name."""
        structured = tuple(path for path in paths if path.lower().endswith((".toml", ".yaml", ".yml", ".json")))
        return cls(tuple(path for path in paths if path not in structured), structured)


def refuse_manifests(files: EnvironmentFiles, contracts: Iterable[Contract]) -> None:
    """Raises ConfigurationInvalid for a Compose file or a manifest of Kubernetes."""
    variables = [each for contract in contracts for each in contract.variables]
    settings = {name.lower() for each in variables for name in (str(each["path"][0]), *names_of(each))}
    for path in files.conf_files:
        said = _mapping(path)
        kind = _manifest({key: value for key, value in said.items() if str(key).lower() not in settings})
        if kind:
            raise ConfigurationInvalid(
                Problem(
                    "source-malformed",
                    f"{path} is {kind}: what it gives to a container is not read from it",
                    source=path,
                    hint="name a file of NAME=VALUE lines instead, such as the output of `env` in the container",
                )
            )


def _mapping(path: str) -> Mapping[Any, Any]:
    """What a file of settings says; nothing where that can't be read, which those who judge it tell of."""
    kind = format_of(path)
    try:
        value = read(read_source(path, limit=MAX_BYTES), kind).value if kind is not None else None
    except Unreadable:
        return {}
    return value if isinstance(value, dict) else {}


def _manifest(said: Mapping[Any, Any]) -> str:
    """What it is, in words, as its keys show that are no settings; or ""."""
    if "apiVersion" in said and "kind" in said:
        return "a manifest of Kubernetes"
    services = said.get("services")
    is_compose = isinstance(services, dict) and services and all(map(_is_service, services.values()))
    return "a Compose file" if is_compose else ""


def _is_service(value: Any) -> bool:
    return isinstance(value, dict) and not {"image", "build", "environment", "env_file", "extends"}.isdisjoint(value)
