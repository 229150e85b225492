"""The environment as it was found, and as the application gets it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OURS = ("VAULT_", "BAO_", "CONFCONTRACT_")
# All CONFCONTRACT_* names that are read or handed over anywhere; any other is a typo.
KNOWN = frozenset(
    (
        "CONFCONTRACT_CONF_FILES",
        "CONFCONTRACT_DEBUG",
        "CONFCONTRACT_DELIVER",
        "CONFCONTRACT_DELIVER_DIR",
        "CONFCONTRACT_GRACE",
        "CONFCONTRACT_HEALTH_ADDR",
        "CONFCONTRACT_KEY_PASSWORD",
        "CONFCONTRACT_LOG_FORMAT",
        "CONFCONTRACT_MOUNTED_SECRETS",
        "CONFCONTRACT_PATH",
        "CONFCONTRACT_POLL",
        "CONFCONTRACT_ROLE",
        "CONFCONTRACT_RUNTIME_DIR",
        "CONFCONTRACT_SECRETS_DIR",
        "CONFCONTRACT_SECRETS_FILE",
        "CONFCONTRACT_STRICT",
        "CONFCONTRACT_SUPERVISE",
        "CONFCONTRACT_TIMEOUT",
        "CONFCONTRACT_VAULT_AUTH",
        "CONFCONTRACT_VAULT_AUTH_MOUNT",
        "CONFCONTRACT_VAULT_KV_VERSION",
        "CONFCONTRACT_VAULT_MOVE",
    )
)


def found_environ(environ: Mapping[str, str], given: bytes | None) -> dict[str, str]:
    """The environment that was given to this process, in its order; the first value of a duplicate name.

    given: the kernel's copy, if it could be read. os.environ is the substitute, but may differ: start-up files of the
    installation may have changed it, and Python sets LC_CTYPE in the C locale (PEP 538).
    """
    if given is None:
        return {name: value for name, value in environ.items() if name}
    texts = os.fsdecode(given).split("\0")[:-1]  # all at once: there may be thousands
    found = _mapping(texts)
    if len(found) == len(texts):
        return found
    from confcontract.host import oddenviron

    oddenviron.note(given.split(b"\0")[:-1])
    texts.reverse()
    return _mapping(texts)


def _mapping(texts: Sequence[str]) -> dict[str, str]:
    """The last value of a duplicate name; entries that are not pairs are left out."""
    return {name: value for text in texts for name, equals, value in [text.partition("=")] if name and equals}


def app_environ(
    environ: Mapping[str, str], keep: Sequence[str] = (), declares: Callable[[str], bool] | None = None
) -> dict[str, str]:
    """`environ` without the names that are addressed to us: VAULT_*, BAO_*, CONFCONTRACT_*.

    keep: names to keep, or their beginnings with a trailing `*`. declares: whether a name is a setting of the
    application, by any of its names; such a name is kept too.
    """
    ours = [name for name in environ if name.startswith(OURS)]
    dropped = {name for name in ours if not matches(name, keep) and not (declares and declares(name))}
    return {name: value for name, value in environ.items() if name not in dropped} if dropped else dict(environ)


def may_match(pattern: str, beginnings: Sequence[str]) -> bool:
    """Whether a name with one of these beginnings could match the pattern, in the form that `matches` takes."""
    if not pattern.endswith("*"):
        return pattern.startswith(tuple(beginnings))
    head = pattern[:-1]
    return any(head.startswith(each) or each.startswith(head) for each in beginnings)


def matches(name: str, patterns: Sequence[str]) -> bool:
    return any(name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern for pattern in patterns)
