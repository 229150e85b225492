"""Which files a lock allows for each release: their SHA-256, from requirements with hashes or a lock in TOML.

Formats: pip's requirements files; uv.lock, poetry.lock, pdm.lock and pylock.toml, of which each package has a name, a
version and files with hashes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from confcontract.image.installed_packages import normalized

Release = tuple[str, str]  # a normalized name, and a version
_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([^\s;\\]+)")
_HASH = re.compile(r"--hash[=\s]+sha256:([0-9a-f]{64})")
_NAMED = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def lock_hashes(content: bytes) -> Mapping[Release, tuple[str, ...]]:
    """Each release once, with all its hashes in order. Raises ValueError where the lock has no hashes at all."""
    text = content.decode()
    found: dict[Release, dict[str, None]] = {}
    for release, hashes in _of_toml(text) if re.search(r"^\[\[", text, re.MULTILINE) else _of_requirements(text):
        found.setdefault(release, {}).update(dict.fromkeys(hashes))
    if not any(found.values()):
        raise ValueError("it has no release with a hash of sha256")
    return {release: tuple(sorted(hashes)) for release, hashes in found.items() if hashes}


def _of_requirements(text: str) -> Iterator[tuple[Release, list[str]]]:
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        pinned = _PIN.match(line.strip())
        if pinned:
            yield (normalized(pinned[1]), pinned[2]), _HASH.findall(line)


def _of_toml(text: str) -> Iterator[tuple[Release, list[str]]]:
    data = tomllib.loads(text)  # its error is a ValueError
    packages = data.get("package", data.get("packages"))
    for each in packages if isinstance(packages, list) else ():
        if isinstance(each, dict) and isinstance(each.get("name"), str) and isinstance(each.get("version"), str):
            yield (normalized(each["name"]), each["version"]), [*_hashes_in(each, 0)]


def _hashes_in(value: Any, depth: int) -> Iterator[str]:
    """Of all files below: `hash = "sha256:..."` or `hashes = {sha256 = "..."}`."""
    if depth > 4:
        return
    if isinstance(value, list):
        for each in value:
            yield from _hashes_in(each, depth + 1)
    elif isinstance(value, dict):
        for name, within in value.items():
            if name in ("hash", "sha256") and isinstance(within, str) and (named := _NAMED.fullmatch(within)):
                yield named[1]
            else:
                yield from _hashes_in(within, depth + 1)
