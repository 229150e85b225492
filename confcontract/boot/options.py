"""The options of `confcontract boot`: one table, and the values that a start has.

parse_options.py reads them from the command line and the environment.
"""

from __future__ import annotations

import os

from confcontract.contract.artifact import DEFAULT_PATH

CONF_DIR = "/etc/confcontract/conf.d"
POLICY_DIR = "/etc/confcontract/policy.d"
SECRETS_DIR = "/run/secrets"  # where Docker, Swarm and Podman mount secrets
_OF_PLATFORMS = {"kubernetes.io", "eks.amazonaws.com"}  # folders that exist there in almost every pod, without settings
TIMEOUT = 60.0

GRACE = 30.0  # as long as Kubernetes waits
POLL = 300.0

# What an option accepts.
TEXT = "text"
MANY = "many"  # text; may be repeated
THERE = "there"  # a path that must exist
SECONDS = "seconds"
CHOICE = "choice"
FLAG = "flag"


class Option:
    """One option of boot: the source of the parser, the help and the option's variable.

    name: without the dashes. takes: one of the above. variable: the one that replaces it, for an image whose entry
    point ends in `boot --`. needs: the option, and its value, without which it has no effect.
    """

    __slots__ = ("choices", "help", "metavar", "name", "needs", "takes", "variable")

    def __init__(
        self,
        name: str,
        takes: str,
        help: str,  # noqa: A002 - what it is called everywhere
        *,
        metavar: str | None = None,
        variable: str | None = None,
        choices: tuple[str, ...] = (),
        needs: str | None = None,
    ) -> None:
        self.name = name
        self.takes = takes
        self.help = help
        self.metavar = metavar
        self.variable = variable
        self.choices = choices
        self.needs = needs

    @property
    def attribute(self) -> str:
        return _ATTRIBUTES.get(self.name) or self.name.replace("-", "_")

    @property
    def words(self) -> str:
        """Its help, with the variable that can replace it."""
        instead = f" Or ${self.variable}{'=1' if self.takes == FLAG else ''}." if self.variable else ""
        return self.help + instead


_ATTRIBUTES = {"env-file": "env_files", "conf-file": "conf_files"}
SUPERVISE = "--supervise"
STRICT_REFUSES = (
    "Treat as errors: unknown names, empty required secrets, secrets left at a default, an unconfigured Vault."
)
OPTIONS = (
    Option(
        "contract",
        TEXT,
        f"The contract. Default: {DEFAULT_PATH}.",
        metavar="FILE",
        variable="CONFCONTRACT_PATH",
    ),
    Option(
        "env-file",
        MANY,
        "A dotenv file; later ones win. May be repeated.",
        metavar="FILE",
    ),
    Option(
        "conf-file",
        MANY,
        "Settings in TOML, YAML or JSON, below env files; later ones win. May be repeated.",
        metavar="FILE",
        variable="CONFCONTRACT_CONF_FILES",
    ),
    Option(
        "conf-dir",
        THERE,
        f"*.env, *.toml, *.yaml, *.yml and *.json files below all others. Default: {CONF_DIR}.",
        metavar="DIR",
    ),
    Option("policy-dir", THERE, f"*.schema.json policy overlays. Default: {POLICY_DIR}.", metavar="DIR"),
    Option(
        "mounted-secrets",
        TEXT,
        f"Folders of files that are named like variables, separated by colons. Default: {SECRETS_DIR}.",
        metavar="DIRS",
        variable="CONFCONTRACT_MOUNTED_SECRETS",
    ),
    Option(
        "role",
        TEXT,
        "The process type to start: use its command, and require only its variables.",
        metavar="ROLE",
        variable="CONFCONTRACT_ROLE",
    ),
    Option("dry-run", FLAG, "Do everything except start the command; print the explanation."),
    Option("keep", MANY, "A VAULT_*, BAO_* or CONFCONTRACT_* variable to pass on to the command.", metavar="NAME"),
    Option(
        "strict",
        FLAG,
        STRICT_REFUSES,
        variable="CONFCONTRACT_STRICT",
    ),
    Option(
        "log-format",
        CHOICE,
        "Format of the messages on stderr.",
        variable="CONFCONTRACT_LOG_FORMAT",
        choices=("text", "json"),
    ),
    Option(
        "supervise",
        FLAG,
        "Stay as the parent of COMMAND: serve its health, and renew its secrets.",
        variable="CONFCONTRACT_SUPERVISE",
    ),
    Option(
        "health-addr",
        TEXT,
        "With --supervise: HOST:PORT or unix:PATH to serve health and metrics over HTTP.",
        metavar="ADDR",
        variable="CONFCONTRACT_HEALTH_ADDR",
        needs=SUPERVISE,
    ),
    Option(
        "deliver",
        CHOICE,
        "How COMMAND gets its secrets. Default: as the contract says.",
        variable="CONFCONTRACT_DELIVER",
        choices=("env", "files", "memfd"),
    ),
    Option(
        "secrets-dir",
        TEXT,
        "The directory for the files. Default: a private one in memory.",
        metavar="DIR",
        variable="CONFCONTRACT_DELIVER_DIR",
        needs="--deliver files",
    ),
    Option(
        "grace",
        SECONDS,
        f"With --supervise: time between TERM and KILL. Default: {GRACE:.0f}.",
        metavar="SECONDS",
        variable="CONFCONTRACT_GRACE",
        needs=SUPERVISE,
    ),
    Option(
        "poll",
        SECONDS,
        f"With --supervise: time between two checks for new values. Default: {POLL:.0f}.",
        metavar="SECONDS",
        variable="CONFCONTRACT_POLL",
        needs=SUPERVISE,
    ),
    Option(
        "timeout",
        SECONDS,
        f"One deadline for everything before the start, such as Vault and the checks. Default: {TIMEOUT:.0f}.",
        metavar="SECONDS",
        variable="CONFCONTRACT_TIMEOUT",
    ),
)
BY_NAME = {option.name: option for option in OPTIONS}
# The variables that replace an option with a value. The contract's variable is read last, separately.
VARIABLES = {
    option.variable: option.name
    for option in OPTIONS
    if option.variable and option.takes != FLAG and option.name != "contract"
}
MAY_BE_IDLE = ("keep", *(option.name for option in OPTIONS if option.needs))  # see idle.py


class Options:
    """Boot's options.

    Seconds: timeout, for Vault and the checks together; grace, from TERM to KILL; poll, between two checks for new
    secrets. deliver: None: as the contract says. given, by_variable: the names of options on the command line, and of
    options that are set by a variable.
    """

    __slots__ = (
        "by_variable",
        "command",
        "conf_dir",
        "conf_files",
        "contract",
        "deliver",
        "dry_run",
        "env_files",
        "given",
        "grace",
        "health_addr",
        "keep",
        "log_format",
        "mounted_secrets",
        "policy_dir",
        "poll",
        "role",
        "secrets_dir",
        "strict",
        "supervise",
        "timeout",
    )

    def __init__(self) -> None:
        self.command: list[str] = []
        self.contract = DEFAULT_PATH
        self.env_files: list[str] = []
        self.conf_files: list[str] = []
        self.conf_dir = CONF_DIR
        self.policy_dir = POLICY_DIR
        self.mounted_secrets = ""
        self.role: str | None = None
        self.keep: list[str] = []
        self.log_format = "text"
        self.timeout = TIMEOUT
        self.deliver: str | None = None
        self.secrets_dir: str | None = None
        self.health_addr: str | None = None
        self.grace = GRACE
        self.poll = POLL
        self.dry_run = False
        self.strict = False
        self.supervise = False
        self.given: set[str] = set()
        self.by_variable: set[str] = set()


def secret_dirs(named: str | None) -> list[str]:
    """The folders of mounted secrets. named: the value of --mounted-secrets; without it, the default folder if it
    contains anything.
    """
    if named:
        return [folder for folder in named.split(":") if folder]
    try:
        return [] if _OF_PLATFORMS.issuperset(os.listdir(SECRETS_DIR)) else [SECRETS_DIR]
    except FileNotFoundError:
        return []  # the usual case
    except OSError:
        return [SECRETS_DIR]  # reading it reports the error
