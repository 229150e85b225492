"""Lock files as data."""

from __future__ import annotations

from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def locked(lock: Path) -> dict[str, Requirement]:
    """What a lock file pins, by name."""
    lines = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    entries = [line.partition(" --hash")[0] for line in lines if line and not line.lstrip().startswith("#")]
    return {canonicalize_name(entry.name): entry for entry in map(Requirement, entries)}


def release_of(entry: Requirement) -> str:
    (pin,) = entry.specifier
    return pin.version
