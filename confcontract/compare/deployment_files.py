"""The files that hold the environment of a deployment.

A file from which a platform makes an environment is different: read as a file of settings, a Compose file would set
nothing. It is read for what it sets in a container.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confcontract.compare.pairing import names_of
from confcontract.contract.artifact import Contract
from confcontract.host.folder import at
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.manifests.yaml_objects import read_objects
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem
from confcontract.verdict.sources.documents import JSON, YAML, format_of, read
from confcontract.verdict.sources.operatorfile import MAX_BYTES


@dataclass(frozen=True)
class EnvironmentFiles:
    """env_files: NAME=VALUE lines. conf_files: TOML, YAML or JSON. Later ones override earlier ones."""

    env_files: tuple[str, ...]
    conf_files: tuple[str, ...]

    @classmethod
    def of(cls, paths: Sequence[str]) -> EnvironmentFiles:
        """The extension of a name decides."""
        structured = tuple(path for path in paths if path.lower().endswith((".toml", ".yaml", ".yml", ".json")))
        return cls(tuple(path for path in paths if path not in structured), structured)


def manifests_among(paths: Sequence[str], contracts: Iterable[Contract]) -> bool:
    """Whether all of the files are Kubernetes manifests or Compose files, or folders of these.

    Raises ConfigurationInvalid if some are, and others hold settings themselves.
    """
    variables = [each for contract in contracts for each in contract.variables]
    settings = {name.lower() for each in variables for name in (str(each["path"][0]), *names_of(each))}
    found = {path: kind for path in paths if (kind := _kind_of(path, settings))}
    others = [path for path in paths if path not in found]
    if not found or not others:
        return bool(found)
    path, kind = next(iter(found.items()))
    raise ConfigurationInvalid(
        Problem(
            "source-malformed",
            f"{path} is {kind}, and {others[0]} is not one: it is not known which of them is used",
            source=path,
            hint="name manifests only, or files of settings only",
        )
    )


def _kind_of(path: str, settings: Collection[str]) -> str:
    """The kind of a file, in words, determined by its keys that are not settings; or ""."""
    if os.path.isdir(at(path)):
        return "a folder of manifests"
    kind = format_of(path)
    if kind not in (YAML, JSON):
        return ""
    try:
        raw = read_source(path, limit=MAX_BYTES)
    except Unreadable:
        return ""  # the code that reads it later reports the problem
    if kind == JSON:
        values = [read(raw, kind).value]
    else:
        documents, _ = read_objects(raw.decode("utf-8", "replace"))
        values = [each.value for each in documents]
    for value in values:
        if isinstance(value, dict):
            told = _manifest({key: each for key, each in value.items() if str(key).lower() not in settings})
            if told:
                return told
    return ""


def _manifest(said: Mapping[Any, Any]) -> str:
    """The kind of a document, in words, determined by its keys that are not settings; or ""."""
    if "apiVersion" in said and "kind" in said:
        return "a manifest of Kubernetes"
    services = said.get("services")
    is_compose = isinstance(services, dict) and services and all(map(_is_service, services.values()))
    return "a Compose file" if is_compose else ""


def _is_service(value: Any) -> bool:
    return isinstance(value, dict) and not {"image", "build", "environment", "env_file", "extends"}.isdisjoint(value)
