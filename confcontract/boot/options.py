"""The options of `confcontract boot`: one table.

Read without argparse, which costs more than all of boot's merging.
"""

from __future__ import annotations

import os

from confcontract.contract.artifact import DEFAULT_PATH
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
_BY_NAME = {option.name: option for option in OPTIONS}
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


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read boot's arguments. Raises UsageError (exit 64)."""
    options = Options()
    options.contract = ""
    _from_environment(options, environ)
    _read(arguments, options)
    _refuse_elsewhere(options.contract, "--contract")
    options.contract = options.contract or named_contract(environ)
    return options


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


def named_contract(environ: Mapping[str, str]) -> str:
    """The path of the contract if no option names one. Raises ContractUnusable if CONFCONTRACT_PATH is not a path."""
    path = environ.get("CONFCONTRACT_PATH")
    if not path:
        return DEFAULT_PATH
    _refuse_elsewhere(path, "CONFCONTRACT_PATH")
    if not (path.endswith(".json") or os.path.lexists(path)):  # and may therefore be a misplaced credential
        from confcontract.contract.pathwords import pointer
        from confcontract.report.errors import ContractUnusable

        message = f"{pointer('CONFCONTRACT_PATH', path)} does not exist"
        hint = "bake one with 'confcontract bake', name it with --contract, or correct CONFCONTRACT_PATH"
        raise ContractUnusable(Problem("contract-unreadable", message, variable="CONFCONTRACT_PATH", hint=hint))
    return path


def _refuse_elsewhere(path: str, named_by: str) -> None:
    if ":" in path:
        from confcontract.contract.anywhere import refuse_elsewhere

        refuse_elsewhere(path, named_by)


def _read(arguments: Sequence[str], options: Options) -> None:
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            if rest and rest[0].startswith("-"):
                from confcontract.boot.misplaced import option_as_command

                wrong = _BY_NAME.get(rest[0][2:].partition("=")[0])
                raise option_as_command(rest[0], known=wrong is not None, variable=wrong.variable if wrong else None)
            options.command = rest
            return
        if not word.startswith("--"):
            if word.startswith("-") and len(word) > 1:
                raise _usage(f"there is no option {word}", "see confcontract boot --help")
            from confcontract.boot.misplaced import not_understood

            at = len(arguments) - len(rest) - 1
            before = _BY_NAME.get(arguments[at - 1][2:]) if at else None
            flag = before if before is not None and before.takes == FLAG else None
            raise not_understood(word, flag.name if flag else None, flag.variable if flag else None)
        name, given, value = word[2:].partition("=")
        option = _BY_NAME.get(name)
        if option is None:
            raise _usage(f"there is no option {word.partition('=')[0]}", _suggestion(name))
        if option.takes == FLAG:
            if given:
                raise _usage(f"--{name} takes no value", f"write --{name}, or leave it out")
            setattr(options, option.attribute, True)
        else:
            if not given:
                if not rest or rest[0].startswith("--"):
                    hint = f"see confcontract boot --help; a value that begins with -- is written --{name}=VALUE"
                    raise _usage(f"--{name} needs a value", hint)
                value = rest.pop(0)
            if option.takes == MANY and name in options.by_variable - options.given:
                getattr(options, option.attribute).clear()  # the command line outranks the variable
            _set(options, option, value)
            options.given.add(name)


def _from_environment(options: Options, environ: Mapping[str, str]) -> None:
    """Options from variables, for an image whose entry point ends in `boot --`, where options can't be added."""
    for variable, name in VARIABLES.items():
        value = environ.get(variable)
        if value:
            option = _BY_NAME[name]
            try:
                for each in value.split(":") if option.takes == MANY else (value,):
                    _set(options, option, each, shown=False)
            except UsageError as error:
                raise UsageError(error.problems[0].but(variable=variable)) from None
            options.by_variable.add(name)
    options.strict = wants_strict(environ)
    options.supervise = _is_true(environ, "CONFCONTRACT_SUPERVISE")


def wants_strict(environ: Mapping[str, str]) -> bool:
    """CONFCONTRACT_STRICT. Raises UsageError if it is neither true nor false."""
    return _is_true(environ, "CONFCONTRACT_STRICT")


def named_conf_files(environ: Mapping[str, str]) -> list[str]:
    """The config files from a variable, separated by ":", if no option names any."""
    return [path for path in environ.get("CONFCONTRACT_CONF_FILES", "").split(":") if path]


def _is_true(environ: Mapping[str, str], variable: str) -> bool:
    given = environ.get(variable, "")
    if given.lower() not in ("", "0", "1", "false", "true"):
        error = _usage("is neither true nor false", "set it to 1, or unset it")
        raise UsageError(error.problems[0].but(variable=variable))
    return given.lower() in ("1", "true")


def _set(options: Options, option: Option, value: str, *, shown: bool = True) -> None:
    """shown: whether the value may be in a message; not that of a variable, which may be a misplaced credential."""
    name = option.name
    said = f"--{name} {value!r}" if shown else f"the value of --{name}"
    if option.takes == SECONDS:
        setattr(options, option.attribute, _seconds(name, value, said))
    elif option.takes == CHOICE and value not in option.choices:
        raise _usage(f"{said} is not known", " or ".join(option.choices))
    elif not value:
        raise _usage(f"--{name} is empty", "give it a value, or leave it out")
    elif option.takes == MANY:
        getattr(options, option.attribute).append(value)
    elif option.takes == THERE and not os.path.lexists(value):  # a typing error must not disable policies or settings
        raise _usage(f"{said} does not exist", "correct the path, or leave the option out")
    else:
        setattr(options, option.attribute, value)


def _seconds(name: str, text: str, said: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 1e9:
        raise _usage(f"{said} is not a number of seconds above 0", f"for example --{name} 60")
    return seconds


def _suggestion(name: str) -> str:
    from confcontract.report.did_you_mean import closest

    guess = closest(name, [*_BY_NAME])
    return f"did you mean --{guess}? See confcontract boot --help" if guess else "see confcontract boot --help"


def _usage(message: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", message, hint=hint))
