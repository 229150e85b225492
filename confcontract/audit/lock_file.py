"""What was to be installed: a lock file of pip's requirements with hashes, of uv, Poetry or PDM, or a pylock.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.image.installed_packages import normalized
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

_PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*==\s*(?P<version>[^\s;\\]+)(?P<rest>.*)$", re.DOTALL
)
_HASH = re.compile(r"--hash[= ]\w+:[0-9a-f]{32,}|sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class LockFile:
    """versions: name, as PEP 503 has it → those that it allows: a lock may have several, for several systems.

    everywhere: names that have to be installed on every system. unhashed: names without a hash. loose: lines that pin
    nothing.
    """

    path: str
    versions: Mapping[str, frozenset[str]]
    everywhere: frozenset[str]
    unhashed: frozenset[str]
    loose: tuple[str, ...] = ()


def read_lock_file(path: str) -> LockFile:
    """Raises ConfigurationInvalid where it can't be read."""
    try:
        text = read_source(path).decode("utf-8")
    except Unreadable as error:
        raise _invalid(f"{path}: {error}", error.hint) from None
    except UnicodeDecodeError:
        raise _invalid(f"{path} is not UTF-8", "name the lock file that the image was built from") from None
    if path.endswith((".lock", ".toml")) and re.search(r"^\[\[packages?\]\]", text, re.MULTILINE):
        return _from_toml(path, text)
    return _from_requirements(path, text)


def _from_requirements(path: str, text: str) -> LockFile:
    lines = re.sub(r"\\\r?\n", " ", text).splitlines()
    versions: dict[str, set[str]] = {}
    everywhere, unhashed, loose = set(), set(), []
    for number, line in enumerate(lines, 1):
        stripped = re.sub(r"(^|\s)#.*$", "", line).strip()
        if not stripped or stripped.startswith("-"):
            continue
        pinned = _PINNED.match(stripped)
        if pinned is None:
            loose.append(re.split(r"[\s;@<>=~!\[]", stripped)[0] or f"requirement {number}")
            continue
        name = normalized(pinned["name"])
        versions.setdefault(name, set()).add(pinned["version"])
        if ";" not in pinned["rest"].partition("--hash")[0]:
            everywhere.add(name)
        if not _HASH.search(pinned["rest"]):
            unhashed.add(name)
    if not versions:  # whatever it is, perhaps a key: nothing of it is shown
        raise _invalid(f"{path} pins no package to a release", "name the lock file that the image was built from")
    return _lock(path, versions, everywhere, unhashed, tuple(loose))


def _from_toml(path: str, text: str) -> LockFile:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _invalid(f"{path} is no valid TOML: {error}", "lock the dependencies again") from None
    versions: dict[str, set[str]] = {}
    unhashed = set()
    for each in _tables(data.get("package") or data.get("packages")):
        name, version = each.get("name"), each.get("version")
        if not isinstance(name, str) or not isinstance(version, str) or _is_local(each):
            continue
        versions.setdefault(normalized(name), set()).add(version)
        if not _HASH.search(repr(each)):
            unhashed.add(normalized(name))
    return _lock(path, versions, set(), unhashed, ())


def _lock(
    path: str, versions: Mapping[str, set[str]], everywhere: set[str], unhashed: set[str], loose: tuple[str, ...]
) -> LockFile:
    allowed = {name: frozenset(each) for name, each in versions.items()}
    return LockFile(path, allowed, frozenset(everywhere), frozenset(unhashed), loose)


def _tables(found: Any) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _is_local(package: Mapping[str, Any]) -> bool:
    """The project itself, and others in the same repository."""
    source = package.get("source")
    kinds = source if isinstance(source, dict) else package
    return any(kind in kinds for kind in ("editable", "virtual", "directory"))


def _invalid(message: str, hint: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(Problem("lock-unreadable", message, hint=hint))
