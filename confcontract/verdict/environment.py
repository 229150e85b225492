"""The environment as it was found, and as the application gets it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OURS = ("VAULT_", "BAO_", "CONFCONTRACT_")
# All CONFCONTRACT_* that are read, or handed over, somewhere; any other is a slip.
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
    """The environment that was given to this process, in its order; of a name that is there twice, the first value.

    given: it as the kernel has it, if that could be read. os.environ, which stands in for it, is not the same: start-up
    files of the installation may have changed it, and Python sets LC_CTYPE in the C locale (PEP 538).
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
    """Of a name that is there twice the last value; without what is not a pair."""
    return {name: value for text in texts for name, equals, value in [text.partition("=")] if name and equals}


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


def may_match(pattern: str, beginnings: Sequence[str]) -> bool:
    """Whether a name that begins like one of these could match the pattern, of the form that `matches` takes."""
    if not pattern.endswith("*"):
        return pattern.startswith(tuple(beginnings))
    head = pattern[:-1]
    return any(head.startswith(each) or each.startswith(head) for each in beginnings)


def matches(name: str, patterns: Sequence[str]) -> bool:
    return any(name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern for pattern in patterns)
