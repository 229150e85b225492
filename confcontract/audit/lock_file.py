"""Reads the packages that were to be installed from a lock file: pip's requirements with hashes, uv, Poetry, PDM, or a
pylock.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from confcontract.attestation.lock_entries import lock_entries
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem


@dataclass(frozen=True)
class LockFile:
    """versions: normalized name (PEP 503) → allowed versions: a lock may have several, for several systems.

    everywhere: names that must be installed on every system. unhashed: names without a hash. loose: lines that pin
    nothing.
    """

    path: str
    versions: Mapping[str, frozenset[str]]
    everywhere: frozenset[str]
    unhashed: frozenset[str]
    loose: tuple[str, ...] = ()


def read_lock_file(path: str) -> LockFile:
    """Raises ConfigurationInvalid if it can't be read."""
    try:
        entries = lock_entries(read_source(path).decode("utf-8"))
    except Unreadable as error:
        raise _invalid(f"{path}: {error}", error.hint) from None
    except UnicodeDecodeError:
        raise _invalid(f"{path} is not UTF-8", "name the lock file from which the image was built") from None
    except (ValueError, RecursionError) as error:
        raise _invalid(f"{path} is not valid TOML: {error}", "lock the dependencies again") from None
    versions: dict[str, set[str]] = {}
    everywhere, unhashed, loose = set(), set(), []
    for each in entries:
        if each.version is None:
            loose.append(each.name)
        elif not each.local:
            versions.setdefault(each.name, set()).add(each.version)
            everywhere |= {each.name} if each.everywhere else set()
            unhashed |= set() if each.hashes else {each.name}
    if not versions and not any(each.local for each in entries):  # the file may be a key, so its content is not shown
        raise _invalid(f"{path} pins no package version", "name the lock file from which the image was built")
    allowed = {name: frozenset(each) for name, each in versions.items()}
    return LockFile(path, allowed, frozenset(everywhere), frozenset(unhashed), tuple(loose))


def _invalid(message: str, hint: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(Problem("lock-unreadable", message, hint=hint))
