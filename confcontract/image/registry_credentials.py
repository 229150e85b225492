"""Reads credentials for a registry from the files of skopeo, podman and docker: containers-auth.json(5).

The first file that has credentials for the registry wins. A credential helper is a program `docker-credential-NAME`,
which is called for one registry. Its output is never shown.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from confcontract.image.image_fault import ImageFault

PATIENCE = 30.0  # seconds for a credential helper, which may query a keyring
_FILE_BYTES = 4 * 1024 * 1024
_HELPER = re.compile(r"[\w.-]+", re.ASCII)
_DOCKER_HUB = ("https://index.docker.io/v1/", "index.docker.io")
_TOKEN_USER = "<token>"


@dataclass(frozen=True, slots=True)
class RegistryCredentials:
    """identity: a refresh token, in place of user and password. None of these fields is ever shown."""

    user: str = ""
    password: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)


def credentials_for(host: str, repository: str, environ: Mapping[str, str]) -> RegistryCredentials | None:
    """Returns None if no credentials are found: many images are public. Raises ImageFault."""
    names = list(_names(host, repository))
    for path in _files(environ):
        data = _read(path)
        helpers = data.get("credHelpers")
        for name in names:
            if isinstance(helpers, dict) and isinstance(helpers.get(name), str):
                found = _asked(helpers[name], name)
            else:
                found = _noted(data.get("auths"), name, path)
            if found:
                return found
        store = data.get("credsStore")
        if isinstance(store, str) and store:
            for name in names[-1:] if host != "docker.io" else _DOCKER_HUB[:1]:
                if found := _asked(store, name):
                    return found
    return None


def _names(host: str, repository: str) -> Iterator[str]:
    """The names to look up, most specific first."""
    parts = repository.split("/")
    yield from (f"{host}/{'/'.join(parts[:count])}" for count in range(len(parts), 0, -1))
    yield host
    yield from _DOCKER_HUB if host == "docker.io" else ()


def _files(environ: Mapping[str, str]) -> Iterator[str]:
    if named := environ.get("REGISTRY_AUTH_FILE"):
        yield named
        return
    home = environ.get("HOME") or os.path.expanduser("~")
    runtime = environ.get("XDG_RUNTIME_DIR")
    yield f"{runtime}/containers/auth.json" if runtime else f"/run/containers/{os.getuid()}/auth.json"
    yield os.path.join(environ.get("XDG_CONFIG_HOME") or f"{home}/.config", "containers/auth.json")
    yield os.path.join(environ.get("DOCKER_CONFIG") or f"{home}/.docker", "config.json")


def _read(path: str) -> dict[str, Any]:
    """Raises ImageFault for a file that exists and can't be used."""
    try:
        with open(path, "rb") as file:
            data = json.loads(file.read(_FILE_BYTES))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unusable(f"the credentials in {path} can't be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise _unusable(f"the credentials in {path} are not a JSON object")
    return data


def _noted(auths: Any, name: str, path: str) -> RegistryCredentials | None:
    entry = auths.get(name) if isinstance(auths, dict) else None
    if not isinstance(entry, dict):
        return None
    if entry.get("identitytoken"):
        return RegistryCredentials(identity=str(entry["identitytoken"]))
    if not entry.get("auth"):
        return None
    import base64

    try:
        user, colon, password = base64.b64decode(str(entry["auth"]), validate=True).decode().partition(":")
    except ValueError:
        user = colon = password = ""
    if not colon:
        raise _unusable(f"the entry for {name} in {path} is not USER:PASSWORD in base64")
    return RegistryCredentials(user, password.rstrip("\0"))


def _asked(helper: str, name: str) -> RegistryCredentials | None:
    import subprocess

    program = f"docker-credential-{helper}"
    if not _HELPER.fullmatch(helper):
        raise _unusable("the name of a credential helper is not a plain name")
    try:
        done = subprocess.run([program, "get"], input=name.encode(), capture_output=True, timeout=PATIENCE, check=False)
    except OSError as error:
        raise _unusable(f"{program} can't be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise _unusable(f"{program} did not answer within {PATIENCE:.0f} s") from None
    if done.returncode:
        if b"not found" in done.stdout + done.stderr:
            return None  # the protocol's message for a registry without credentials
        raise _unusable(f"{program} failed for {name}")
    try:
        said = json.loads(done.stdout)
        user, secret = str(said["Username"]), str(said["Secret"])
    except (ValueError, LookupError, TypeError):
        raise _unusable(f"{program} did not answer in the credential helper protocol") from None
    return RegistryCredentials(identity=secret) if user == _TOKEN_USER else RegistryCredentials(user, secret)


def _unusable(what: str) -> ImageFault:
    return ImageFault(what, "log in again with skopeo login, podman login or docker login", code="registry-denied")
