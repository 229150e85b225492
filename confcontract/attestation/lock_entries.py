"""The entries of a lock file, one per package: from requirements with hashes, or a lock in TOML.

Formats: pip's requirements files; uv.lock, poetry.lock, pdm.lock and pylock.toml, in which each package has a name, a
version and files with hashes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from confcontract.image.installed_packages import normalized

_IS_TOML = re.compile(r"^\[\[packages?\]\]", re.MULTILINE)
_COMMENT = re.compile(r"(^|\s)#.*$")
_NAMED = re.compile(r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?=[;@<>=~!(\s]|$)")
_PINNED = re.compile(r"===?\s*(?P<version>[^\s;\\,*]+)(?=[\s;]|$)(?P<marker>\s*;)?")
_OPTION = re.compile(r"--hash[=\s]+(\S+)")
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}  # the algorithms that pip and uv accept


@dataclass(frozen=True, slots=True)
class LockEntry:
    """name: normalized for comparison (PEP 503). version: None if none is pinned. hashes: of its files, as sha256:....

    everywhere: the package is installed on every system. local: it is the project itself, or another one of the same
    repository.
    """

    name: str
    version: str | None
    hashes: tuple[str, ...]
    everywhere: bool = False
    local: bool = False


def lock_entries(text: str) -> list[LockEntry]:
    """In the order of the file; a package may have several entries. Raises ValueError for malformed TOML."""
    return list(_of_toml(text) if _IS_TOML.search(text) else _of_requirements(text))


def _of_requirements(text: str) -> Iterator[LockEntry]:
    for number, line in enumerate(re.sub(r"\\\r?\n", " ", text).splitlines(), 1):
        requirement = _COMMENT.sub("", line).strip()
        if not requirement or requirement.startswith("-"):
            continue
        hashes = tuple(hashed for each in _OPTION.findall(requirement) if (hashed := _hash(*each.partition(":")[::2])))
        named = _NAMED.match(requirement)
        if named is None:  # a URL, which may contain a password
            yield LockEntry(f"requirement {number}", None, hashes)
            continue
        pinned = _PINNED.match(requirement, named.end())
        version = pinned["version"] if pinned else None
        yield LockEntry(
            normalized(named["name"]), version, hashes, everywhere=pinned is not None and not pinned["marker"]
        )


def _of_toml(text: str) -> Iterator[LockEntry]:
    data = tomllib.loads(text)
    packages = data.get("package", data.get("packages"))
    for each in packages if isinstance(packages, list) else ():
        if isinstance(each, dict) and isinstance(each.get("name"), str) and isinstance(each.get("version"), str):
            yield LockEntry(normalized(each["name"]), each["version"], (*_hashes_in(each, 0),), local=_is_local(each))


def _is_local(package: Mapping[str, Any]) -> bool:
    source = package.get("source")
    kinds = source if isinstance(source, dict) else package
    return any(kind in kinds for kind in ("editable", "virtual", "directory"))


def _hashes_in(value: Any, depth: int) -> Iterator[str]:
    """The hashes of all nested files: `hash = "sha256:..."` or `hashes = {sha256 = "..."}`."""
    if depth > 4:
        return
    if isinstance(value, list):
        for each in value:
            yield from _hashes_in(each, depth + 1)
    elif isinstance(value, dict):
        for name, within in value.items():
            if not isinstance(within, str):
                yield from _hashes_in(within, depth + 1)
            elif hashed := _hash(*within.partition(":")[::2]) if name == "hash" else _hash(name, within):
                yield hashed


def _hash(algorithm: str, digits: str) -> str | None:
    digits = digits.removeprefix(f"{algorithm}:")
    fits = len(digits) == _DIGITS.get(algorithm) and re.fullmatch(r"[0-9a-f]+", digits)
    return f"{algorithm}:{digits}" if fits else None
