"""The environment as it was found, and as the application gets it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OURS = ("VAULT_", "BAO_", "CONFCONTRACT_")


def found_environ(environ: Mapping[str, str], given: Sequence[bytes] | None) -> dict[str, str]:
    """The environment that was given to this process, in its order; of a name that is there twice, the first value.

    given: its entries, if they could be read. os.environ, which stands in for them, is not the same: start-up files of
    the installation may have changed it, and Python sets LC_CTYPE in the C locale (PEP 538).
    """
    if given is None:
        return {name: value for name, value in environ.items() if name}
    texts = os.fsdecode(b"\0".join(given)).split("\0") if given else []  # all at once: there may be thousands
    try:
        found = dict([text.split("=", 1) for text in texts])
    except ValueError:  # one is no pair
        found = {}
    if len(found) == len(texts) and "" not in found:
        return found
    from confcontract.boot import oddenviron

    oddenviron.note(given)
    pairs = [text.partition("=") for text in texts]
    return {name: value for name, equals, value in reversed(pairs) if name and equals}


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
