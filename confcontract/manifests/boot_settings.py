"""What a container's command line and environment tell boot: its env files, its role, and where secrets are mounted.

Boot's own reading of its arguments starts processes and refuses what it can't do; here is only what decides which
sources count. A test holds the two together.
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
# Option → the variable that may stand in its place.
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
    """starts: whether boot is started, None where that is up to the image's entry point, which is not seen here.

    words: boot's arguments; None where it is not known to start. command: what boot starts; empty where that is not
    said. Paths are those in the container. contract: the path of the one that boot is told to read."""

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
    """Of one container."""
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
        words=tuple(words) if starts else None,
        contract=one("contract"),
    )


def _boot_words(container: Container) -> tuple[Sequence[str], bool | None]:
    """The arguments of boot, and whether it is started."""
    args = container.args or ()
    found = boot_arguments([*(container.command or ()), *args])
    if found is not None:
        return found, True
    if UNSEEN_WORD in (*(container.command or ()), *args):
        return (), None
    if container.command or (container.command is not None and container.args is not None):
        return (), False
    return (args if args and args[0].startswith("--") else ["--", *args]), None


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
