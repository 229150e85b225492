"""The environment as it was found, and as the application gets it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OURS = ("VAULT_", "BAO_", "CONFCONTRACT_")


def found_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment as the parent gave it: Python sets LC_CTYPE in the C locale (PEP 538), and that is undone."""
    found = _decoded(environ)
    found.pop("", None)
    if found.get("LC_CTYPE") in ("C.UTF-8", "C.utf8", "UTF-8") and not found.get("LC_ALL"):
        try:
            with open("/proc/self/environ", "rb") as file:
                given = [line[9:] for line in file.read().split(b"\0") if line.startswith(b"LC_CTYPE=")]
        except OSError:
            return found
        del found["LC_CTYPE"]
        if given:
            found["LC_CTYPE"] = os.fsdecode(given[0])
    return found


def _decoded(environ: Mapping[str, str]) -> dict[str, str]:
    """A copy. `os.environ` holds bytes and decodes name by name, which takes 2 ms at 5,000: here it is done at once."""
    held = getattr(environ, "_data", None)
    if held.__class__ is not dict or not held or not set(map(type, [*held, *held.values()])) <= {bytes}:
        return dict(environ)
    names, values = os.fsdecode(b"\0".join(held)), os.fsdecode(b"\0".join(held.values()))  # neither can hold a \0
    return dict(zip(names.split("\0"), values.split("\0"), strict=True))


def app_environ(
    environ: Mapping[str, str], keep: Sequence[str] = (), declares: Callable[[str], bool] | None = None
) -> dict[str, str]:
    """`environ` without what is addressed to us: VAULT_*, BAO_*, CONFCONTRACT_*.

    keep: names, or beginnings with a trailing `*`, that stay. declares: whether a name is a setting of the
    application, by whichever of its names; that stays too.
    """
    ours = [name for name in environ if name.startswith(OURS)]
    dropped = {name for name in ours if not matches(name, keep) and not (declares and declares(name))}
    return {name: value for name, value in environ.items() if name not in dropped} if dropped else dict(environ)


def matches(name: str, patterns: Sequence[str]) -> bool:
    return any(name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern for pattern in patterns)
