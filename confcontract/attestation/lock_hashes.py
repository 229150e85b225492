"""The SHA-256 hashes of the files that a lock allows for each release."""

from __future__ import annotations

from collections.abc import Mapping

from confcontract.attestation.lock_entries import lock_entries
from confcontract.image.installed_packages import Release

_ALGORITHM = "sha256:"


def lock_hashes(content: bytes) -> Mapping[Release, tuple[str, ...]]:
    """Each release once, with all its hashes sorted. Raises ValueError if the lock has no hashes at all."""
    found: dict[Release, set[str]] = {}
    for each in lock_entries(content.decode()):
        hashes = {hashed.removeprefix(_ALGORITHM) for hashed in each.hashes if hashed.startswith(_ALGORITHM)}
        if each.version is not None and hashes:
            found.setdefault((each.name, each.version), set()).update(hashes)
    if not found:
        raise ValueError("it has no release with a SHA-256 hash")
    return {release: tuple(sorted(hashes)) for release, hashes in found.items()}
