"""The command line of `confcontract boot`, read without argparse (which costs more than all of boot's merging)."""

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
TIMEOUT = 60.0

GRACE = 30.0  # as long as Kubernetes waits
POLL = 300.0

_VALUES = (
    "contract",
    "env-file",
    "conf-dir",
    "policy-dir",
    "role",
    "keep",
    "log-format",
    "timeout",
    "deliver",
    "secrets-dir",
    "health-addr",
    "grace",
    "poll",
)
_MUST_BE_THERE = ("conf-dir", "policy-dir")
_FLAGS = ("dry-run", "strict", "supervise")
_SECONDS = ("timeout", "grace", "poll")
_CHOICES = {"log-format": ("text", "json"), "deliver": ("env", "files", "memfd")}
VARIABLES = {
    "CONFCONTRACT_ROLE": "role",
    "CONFCONTRACT_LOG_FORMAT": "log-format",
    "CONFCONTRACT_TIMEOUT": "timeout",
    "CONFCONTRACT_DELIVER": "deliver",
    "CONFCONTRACT_DELIVER_DIR": "secrets-dir",
    "CONFCONTRACT_HEALTH_ADDR": "health-addr",
    "CONFCONTRACT_GRACE": "grace",
    "CONFCONTRACT_POLL": "poll",
}
# What has no effect without another option; see boot/idle.py.
MAY_BE_IDLE = ("secrets-dir", "health-addr", "grace", "poll")


class Options:
    """What boot was asked to do.

    Seconds: timeout, for Vault and the checks together; grace, from TERM to KILL; poll, between two looks at secrets.
    deliver: None for what the contract says. given: the names of options that are on the command line.
    """

    __slots__ = (
        "command",
        "conf_dir",
        "contract",
        "deliver",
        "dry_run",
        "env_files",
        "given",
        "grace",
        "health_addr",
        "keep",
        "log_format",
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
        self.conf_dir = CONF_DIR
        self.policy_dir = POLICY_DIR
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


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read boot's arguments. Raises UsageError (exit 64)."""
    options = Options()
    options.contract = ""
    _from_environment(options, environ)
    _read(arguments, options)
    options.contract = options.contract or named_contract(environ)
    return options


def named_contract(environ: Mapping[str, str]) -> str:
    """The path of the contract where no option names one. Raises ContractUnusable where CONFCONTRACT_PATH is none."""
    path = environ.get("CONFCONTRACT_PATH")
    if not path:
        return DEFAULT_PATH
    if not (path.endswith(".json") or os.path.lexists(path)):  # and may therefore be a misplaced credential
        from confcontract.contract.pathwords import pointer
        from confcontract.report.errors import ContractUnusable

        message = f"{pointer('CONFCONTRACT_PATH', path)} does not exist"
        hint = "bake one with 'confcontract bake', name it with --contract, or correct CONFCONTRACT_PATH"
        raise ContractUnusable(Problem("contract-unreadable", message, variable="CONFCONTRACT_PATH", hint=hint))
    return path


def _read(arguments: Sequence[str], options: Options) -> None:
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            options.command = rest
            return
        if not word.startswith("--"):
            if word.startswith("-") and len(word) > 1:
                raise _usage(f"there is no option {word}", "see confcontract boot --help")
            hint = "put -- before the command: confcontract boot -- COMMAND ARG..."
            raise _usage(f"{word!r} is not understood", hint)
        name, given, value = word[2:].partition("=")
        if name in _FLAGS and not given:
            setattr(options, name.replace("-", "_"), True)
        elif name in _VALUES:
            if not given:
                if not rest or rest[0].startswith("--"):
                    hint = f"see confcontract boot --help; a value that begins with -- is written --{name}=VALUE"
                    raise _usage(f"--{name} needs a value", hint)
                value = rest.pop(0)
            _set(options, name, value)
            options.given.add(name)
        elif name in _FLAGS:
            raise _usage(f"--{name} takes no value", f"write --{name}, or leave it out")
        else:
            raise _usage(f"there is no option {word.partition('=')[0]}", _suggestion(name))


def wants_json(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether messages are wanted as JSON: asked before the arguments are understood, for what is wrong with them."""
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments
    given = [later for word, later in zip(ours, [*ours[1:], ""], strict=False) if word == "--log-format"]
    given += [word.partition("=")[2] for word in ours if word.startswith("--log-format=")]
    return (given[-1] if given else environ.get("CONFCONTRACT_LOG_FORMAT")) == "json"


def _from_environment(options: Options, environ: Mapping[str, str]) -> None:
    """An image whose entry point ends in `boot --` leaves no room for options, so these have variables too."""
    for variable, name in VARIABLES.items():
        value = environ.get(variable)
        if value:
            try:
                _set(options, name, value, shown=False)
            except UsageError as error:
                raise UsageError(error.problems[0].but(variable=variable)) from None
    options.strict = wants_strict(environ)
    options.supervise = _is_true(environ, "CONFCONTRACT_SUPERVISE")


def wants_strict(environ: Mapping[str, str]) -> bool:
    """CONFCONTRACT_STRICT. Raises UsageError where it is neither true nor false."""
    return _is_true(environ, "CONFCONTRACT_STRICT")


def _is_true(environ: Mapping[str, str], variable: str) -> bool:
    given = environ.get(variable, "")
    if given.lower() not in ("", "0", "1", "false", "true"):
        error = _usage("is neither true nor false", "set it to 1, or unset it")
        raise UsageError(error.problems[0].but(variable=variable))
    return given.lower() in ("1", "true")


def _set(options: Options, name: str, value: str, *, shown: bool = True) -> None:
    """shown: whether the value may be in a message; not that of a variable, which may be a misplaced credential."""
    said = f"--{name} {value!r}" if shown else f"the value of --{name}"
    if name in _SECONDS:
        setattr(options, name, _seconds(name, value, said))
    elif name in _CHOICES:
        if value not in _CHOICES[name]:
            raise _usage(f"{said} is not known", " or ".join(_CHOICES[name]))
        setattr(options, name.replace("-", "_"), value)
    elif not value:
        raise _usage(f"--{name} is empty", "give it a value, or leave it out")
    elif name == "env-file":
        options.env_files.append(value)
    elif name == "keep":
        options.keep.append(value)
    elif name in _MUST_BE_THERE and not os.path.lexists(value):  # a typo must not switch policies or settings off
        raise _usage(f"{said} does not exist", "correct the path, or leave the option out")
    else:
        setattr(options, name.replace("-", "_"), value)


def _seconds(name: str, text: str, said: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 1e9:
        raise _usage(f"{said} is no number of seconds above 0", f"for example --{name} 60")
    return seconds


def _suggestion(name: str) -> str:
    from confcontract.report.suggestions import closest

    guess = closest(name, [*_VALUES, *_FLAGS])
    return f"did you mean --{guess}? See confcontract boot --help" if guess else "see confcontract boot --help"


def _usage(message: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", message, hint=hint))
