"""Reads a fleet from a TOML, YAML or JSON file, which gives the contract and the environments of each service.

[services.shop]
contract = "docker://registry.example/shop:1.4.0"    # any reference; a path is relative to this file
next = "shop/next.json"                              # the next version, if there is one
role = "web"

[services.shop.environments]
staging = "shop/staging.env"
prod = ["common.env", "shop/prod.env"]               # later ones win
edge = { files = "shop/edge.yaml", container = "web" }  # Kubernetes manifests, or a Compose file
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from confcontract.contract.anywhere import BEGINNINGS
from confcontract.fleet.fleet_folder import files_in
from confcontract.fleet.fleet_plan import EnvironmentPlan, ServicePlan
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.did_you_mean import closest
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem
from confcontract.verdict.sources.documents import Document, format_of, read

_OF_FLEET = ("services",)
_OF_SERVICE = ("contract", "next", "role", "environments")
_OF_ENVIRONMENT = ("files", "container")


def services_of(path: str) -> list[ServicePlan]:
    """The services, by name. Raises ConfigurationInvalid, with file and line, for each fault."""
    return _FleetFile(path).services()


class _FleetFile:
    def __init__(self, path: str) -> None:
        self.path = path
        self.folder = os.path.dirname(path)
        kind = format_of(path)
        if kind is None:
            what = "is not a fleet file" if os.path.exists(path) else "is not there"
            raise self.invalid(f"{path} {what}", "name a folder, or a file that ends in .toml, .yaml or .json")
        try:
            self.document: Document = read(read_source(path), kind)
        except Unreadable as error:
            raise self.invalid(f"{path} {error}" if error.of_file else f"{path}: {error}", error.hint) from None
        for fault in self.document.faults:
            raise self.invalid(f"{path}{fault.place}: {fault.message}", fault.hint or "correct the line")

    def services(self) -> list[ServicePlan]:
        services = self.mapping(self.document.value, ())
        self.refuse_unknown(services, _OF_FLEET)
        services = self.mapping(services.get("services"), ("services",))
        return [self.service(str(name), ("services", name)) for name in sorted(services, key=str)]

    def service(self, name: str, at: tuple[str, ...]) -> ServicePlan:
        said = self.mapping(self.document.value["services"][at[1]], at)
        self.refuse_unknown(said, _OF_SERVICE, *at)
        contract = self.text(said.get("contract"), *at, "contract")
        following = self.text(said["next"], *at, "next") if "next" in said else ""
        role = self.text(said["role"], *at, "role") if "role" in said else None
        within = (*at, "environments")
        environments = self.mapping(said.get("environments", {}), within)
        plans = (self.environment(str(key), environments[key], (*within, key)) for key in sorted(environments, key=str))
        return ServicePlan(name, self.located(contract), tuple(plans), self.located(following), role)

    def environment(self, name: str, said: Any, at: tuple[str, ...]) -> EnvironmentPlan:
        if not isinstance(said, dict):
            return EnvironmentPlan(name, self.files(said, at))
        self.refuse_unknown(said, _OF_ENVIRONMENT, *at)
        container = self.text(said["container"], *at, "container") if "container" in said else None
        return EnvironmentPlan(name, self.files(said.get("files"), (*at, "files")), container=container)

    def files(self, value: Any, at: tuple[str, ...]) -> tuple[str, ...]:
        entries = value if isinstance(value, list) else [value]
        if not entries:
            raise self.fault("names no file", "name at least one", *at)
        paths = [os.path.join(self.folder, self.text(each, *at)) for each in entries]
        return tuple(file for path in paths for file in files_in(path) or [path])

    def located(self, reference: str) -> str:
        """Resolves a path relative to the folder of the fleet's file. A reference with another prefix is returned
        unchanged. The code that reads it refuses a malformed one, without a password that it may contain."""
        head, colon, _ = reference.partition(":")
        path = os.path.join(self.folder, reference)
        is_path = not colon or (head + colon not in BEGINNINGS and os.path.lexists(path))
        return path if reference and is_path else reference

    def mapping(self, value: Any, at: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.fault(f"{'.'.join(at) or 'a fleet'} must be a table", "write one", *at)
        return value

    def text(self, value: Any, *at: str) -> str:
        if not isinstance(value, str) or not value:
            raise self.fault(f"{at[-1]} must be text", "correct it", *at)
        return value

    def refuse_unknown(self, table: Mapping[str, Any], known: tuple[str, ...], *at: str) -> None:
        for name in table:
            if name not in known:
                near = closest(str(name), known)
                hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
                raise self.fault(f"{str(name)!r} is not known here", hint, *at, name)

    def fault(self, message: str, hint: str, *at: str) -> ConfigurationInvalid:
        for size in range(len(at), 0, -1):
            position = self.document.position(at[:size])
            if position is not None:
                return self.invalid(f"{self.path}, line {position[0]}: {message}", hint)
        return self.invalid(f"{self.path}: {message}", hint)

    def invalid(self, message: str, hint: str) -> ConfigurationInvalid:
        return ConfigurationInvalid(Problem("fleet-invalid", message, source=self.path, hint=hint, source_said=True))
