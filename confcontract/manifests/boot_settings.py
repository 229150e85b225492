"""The settings of boot from a container's command line and environment: env files, role, and the mounts of secrets.

Boot's own parser starts processes and refuses invalid options. This module reads only what decides which sources are
used. A test compares both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from confcontract.manifests.boot_command import boot_arguments
from confcontract.manifests.workload import UNSEEN_WORD, Container

CONF_DIR = "/etc/confcontract/conf.d"
POLICY_DIR = "/etc/confcontract/policy.d"
SECRETS_DIR = "/run/secrets"
FLAGS = frozenset(("dry-run", "strict", "supervise"))
ROLE = "CONFCONTRACT_ROLE"
# Option → the variable that can replace it.
WITH_VALUE: dict[str, str | None] = {
    "contract": "CONFCONTRACT_PATH",
    "env-file": None,
    "conf-file": "CONFCONTRACT_CONF_FILES",
    "conf-dir": None,
    "policy-dir": None,
    "mounted-secrets": "CONFCONTRACT_MOUNTED_SECRETS",
    "role": ROLE,
    "keep": None,
    "log-format": "CONFCONTRACT_LOG_FORMAT",
    "health-addr": "CONFCONTRACT_HEALTH_ADDR",
    "deliver": "CONFCONTRACT_DELIVER",
    "secrets-dir": "CONFCONTRACT_DELIVER_DIR",
    "grace": "CONFCONTRACT_GRACE",
    "poll": "CONFCONTRACT_POLL",
    "timeout": "CONFCONTRACT_TIMEOUT",
}


@dataclass(frozen=True)
class BootSettings:
    """starts: whether the container starts boot, None if the image's entry point decides, which is not visible here.

    words: boot's arguments; None if it is not known to start, unless they begin with an option. command: the command
    that boot starts; empty if none is given. Paths are those in the container. contract: the path of
    the contract that boot is configured to read.
    """

    starts: bool | None = None
    env_files: tuple[str, ...] = ()
    conf_files: tuple[str, ...] = ()
    conf_dir: str = CONF_DIR
    policy_dir: str = POLICY_DIR
    mounted_secrets: tuple[str, ...] = ()
    role: str | None = None
    strict: bool = False
    keep: tuple[str, ...] = ()
    health_addr: str | None = None
    command: tuple[str, ...] = field(default=())
    words: tuple[str, ...] | None = None
    contract: str | None = None


def boot_settings(container: Container) -> BootSettings:
    """The settings of boot in one container."""
    given = container.values
    words, starts = _boot_words(container)
    options, command = _options(words)

    def one(name: str) -> str | None:
        if found := options.get(name):
            return found[-1]
        return given.get(WITH_VALUE[name] or "") or None

    conf_files = options.get("conf-file") or [
        each for each in given.get("CONFCONTRACT_CONF_FILES", "").split(":") if each
    ]
    return BootSettings(
        starts=starts,
        env_files=tuple(options.get("env-file", ())),
        conf_files=tuple(conf_files),
        conf_dir=one("conf-dir") or CONF_DIR,
        policy_dir=one("policy-dir") or POLICY_DIR,
        mounted_secrets=tuple(each for each in (one("mounted-secrets") or "").split(":") if each),
        role=one("role"),
        strict="strict" in options or given.get("CONFCONTRACT_STRICT", "").lower() in ("1", "true"),
        keep=tuple(options.get("keep", ())),
        health_addr=one("health-addr"),
        command=tuple(command),
        words=tuple(words) if starts or begins_with_option(container) else None,
        contract=one("contract"),
    )


def begins_with_option(container: Container) -> bool:
    """Whether the arguments begin with an option, and the image's ENTRYPOINT decides which program gets it."""
    return _begin_with_option(container.args or ()) and _boot_words(container)[1] is None


def _boot_words(container: Container) -> tuple[Sequence[str], bool | None]:
    """The arguments of boot, and whether the container starts it."""
    args = container.args or ()
    found = boot_arguments([*(container.command or ()), *args])
    if found is not None:
        return found, True
    if UNSEEN_WORD in (*(container.command or ()), *args):
        return (), None
    if container.command or (container.command is not None and container.args is not None):
        return (), False
    return (args if _begin_with_option(args) else ["--", *args]), None


def _begin_with_option(args: Sequence[str]) -> bool:
    return bool(args) and args[0].startswith("-")


def _options(words: Sequence[str]) -> tuple[Mapping[str, list[str]], Sequence[str]]:
    found: dict[str, list[str]] = {}
    rest = [*words]
    while rest:
        word = rest.pop(0)
        if word == "--":
            return found, rest
        name, equals, value = word.removeprefix("--").partition("=")
        if name in FLAGS:
            found[name] = []
        elif name in WITH_VALUE and (equals or rest):
            found.setdefault(name, []).append(value if equals else rest.pop(0))
    return found, ()
