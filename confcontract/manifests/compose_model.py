"""Loads a Compose file together with the files that it extends and includes, without interpolation.

If `docker compose config` is installed, it does that. Otherwise this module reads the file alone, and reports anything
from other files as unknown.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from confcontract.host.folder import at
from confcontract.host.sourcefile import is_pipe
from confcontract.manifests.yaml_objects import NotText

SECONDS = 60
_DEEPEST = 50  # services that extend each other
_PROGRAMS = (("docker-compose",), ("docker", "compose"))
# A file that a user only inspects must not trigger downloads.
_OFFLINE = {"COMPOSE_EXPERIMENTAL_GIT_REMOTE": "false", "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "false"}
_INTEGER = "0123456789"


@dataclass(frozen=True)
class ComposeModel:
    """services, secrets, configs: in Compose's structure, with text as written. unknown: why there may be more than is
    read here, in words; "" if this is all. unknown_of: the same for single services. refused: why Compose refuses the
    file; then nothing else is known."""

    services: Mapping[str, Mapping[str, Any]]
    secrets: Mapping[str, Any]
    configs: Mapping[str, Any]
    unknown: str = ""
    unknown_of: Mapping[str, str] | None = None
    refused: str = ""


def is_compose(value: Any) -> bool:
    """Whether a document is a Compose file, not a Kubernetes manifest, which has apiVersion and kind."""
    if not isinstance(value, dict) or "apiVersion" in value or not isinstance(value.get("services"), dict):
        return False
    return all(isinstance(each, dict) or each is None for each in value["services"].values())


def compose_program(environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """The command of the installed Compose; None if there is none."""
    for words in _PROGRAMS:
        found = shutil.which(words[0], path=environ.get("PATH", ""))
        if found is not None and _runs((found, *words[1:]), environ):
            return (found, *words[1:])
    return None


def _runs(command: tuple[str, ...], environ: Mapping[str, str]) -> bool:
    """Whether it is installed, in a release with the required options."""
    try:
        done = subprocess.run(
            [*command, "config", "--help"],
            env={**environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"--no-env-resolution" in done.stdout


def by_program(command: tuple[str, ...], path: str, text: str, environ: Mapping[str, str]) -> ComposeModel:
    """path: of the file; "-" if its text came from standard input."""
    override = override_of(path)
    files = ["-f", path, *(["-f", override] if override else [])]
    # without interpolation Compose needs no .env, which could be a pipe on which it would wait
    dotenv = os.path.join(os.path.dirname(path), ".env")
    environment = ["--env-file", os.devnull] if is_pipe(dotenv) else []
    words = [
        *command,
        *files,
        *environment,
        "--profile",
        "*",
        "config",
        "--no-interpolate",
        "--no-env-resolution",
        "--format",
        "json",
    ]
    try:
        done = subprocess.run(
            words,
            env={**environ, **_OFFLINE},
            input=text if path == "-" else "",
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return ComposeModel({}, {}, {}, refused=f"docker compose config did not answer ({type(error).__name__})")
    if done.returncode:
        return ComposeModel({}, {}, {}, refused=_reason(done.stderr))
    try:
        model = json.loads(done.stdout)
    except ValueError:
        return ComposeModel({}, {}, {}, refused="docker compose config did not answer with JSON")
    return ComposeModel(_mapping(model, "services"), _mapping(model, "secrets"), _mapping(model, "configs"))


def _reason(said: str) -> str:
    """The last line of the output; other lines may have values of the file."""
    lines = [line for line in said.splitlines() if line.strip() and "level=warning" not in line]
    first = lines[0].partition(":")[0] if lines else ""
    return f"docker compose config refuses it: {first}" if first else "docker compose config refuses it"


def override_of(path: str) -> str | None:
    """The file that Compose merges over this one by default."""
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    if stem not in ("compose", "docker-compose"):
        return None
    found = (os.path.join(folder, f"{stem}.override{each}") for each in (ending, ".yaml", ".yml"))
    return next((each for each in found if os.path.isfile(at(each))), None)


def is_override(path: str) -> bool:
    """Whether Compose merges the file over another one beside it."""
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    base = stem.removesuffix(".override")
    if base == stem or base not in ("compose", "docker-compose"):
        return False
    return any(os.path.isfile(at(os.path.join(folder, base + each))) for each in (ending, ".yaml", ".yml"))


def by_itself(document: Mapping[str, Any], path: str) -> ComposeModel:
    """Reads the file without Compose: anchors, env files, and `extends` of a service in the same file."""
    services = {name: value for name, value in _mapping(document, "services").items() if isinstance(value, dict)}
    laid: dict[str, Mapping[str, Any]] = {}
    unknown: dict[str, str] = {}
    for name in services:
        laid[name], why = _extended(name, services, ())
        if why:
            unknown[name] = why
    more = "included files are read only if docker compose is installed" if "include" in document else ""
    if override_of(path):
        more = f"{override_of(path)} overrides it, which is read only if docker compose is installed"
    return ComposeModel(laid, _mapping(document, "secrets"), _mapping(document, "configs"), more, unknown)


def _extended(
    name: str, services: Mapping[str, Mapping[str, Any]], on_the_way: tuple[str, ...]
) -> tuple[Mapping[str, Any], str]:
    service = services[name]
    extends = service.get("extends")
    if extends is None:
        return service, ""
    base = extends if isinstance(extends, str) else extends.get("service") if isinstance(extends, dict) else None
    if isinstance(extends, dict) and "file" in extends:
        file = extends["file"] if isinstance(extends["file"], str) else "another file"
        return service, f"it extends a service of {file}, which is read only if docker compose is installed"
    if not isinstance(base, str) or base not in services or base in (*on_the_way, name):
        return service, "it extends a service that does not exist"
    if len(on_the_way) > _DEEPEST:
        return service, "it extends services over too many levels"
    below, why = _extended(base, services, (*on_the_way, name))
    return _laid_over(below, service), why


def _laid_over(below: Mapping[str, Any], service: Mapping[str, Any]) -> Mapping[str, Any]:
    merged = {**below, **{key: value for key, value in service.items() if key != "extends"}}
    for key in ("environment", "labels"):
        if key in below and key in service:
            merged[key] = {**as_mapping(below[key]), **as_mapping(service[key])}
    for key in ("env_file", "secrets", "configs", "volumes", "ports"):
        if key in below and key in service:
            merged[key] = [*as_list(below[key]), *as_list(service[key])]
    return merged


def as_mapping(value: Any) -> dict[str, Any]:
    """A mapping, or a list of NAME=VALUE; a bare NAME has the value None."""
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if isinstance(key, str)}
    found: dict[str, Any] = {}
    for each in value if isinstance(value, list) else ():
        if isinstance(each, str):
            name, equals, text = each.partition("=")
            found[name] = text if equals else None
    return found


def as_list(value: Any) -> list[Any]:
    return [*value] if isinstance(value, list) else [] if value is None else [value]


def as_text(value: Any) -> tuple[str | None, str | None]:
    """A scalar as Compose writes it, or the reason why that is not known here."""
    if isinstance(value, NotText):
        plain = value.written.removeprefix("-")
        if value.kind == "true or false":
            lower = value.written.lower()
            return lower if lower in ("true", "false") else value.written, None
        if plain == "0" or (plain.strip(_INTEGER) == "" and not plain.startswith("0")):
            return value.written, None
        return None, "how Compose writes this number is known only if docker compose is installed"
    if isinstance(value, bool):
        return str(value).lower(), None
    if isinstance(value, (str, int, float)):
        return str(value), None
    return None, None


def _mapping(model: Any, key: str) -> Mapping[str, Any]:
    value = model.get(key) if isinstance(model, dict) else None
    return value if isinstance(value, dict) else {}
