"""The command line of `confcontract boot`, read without argparse (which costs more than all of boot's merging)."""

from __future__ import annotations

import os

from confcontract.contract import DEFAULT_PATH
from confcontract.errors import UsageError
from confcontract.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONF_DIR = "/etc/confcontract/conf.d"
POLICY_DIR = "/etc/confcontract/policy.d"
TIMEOUT = 60.0

_VALUES = ("contract", "env-file", "conf-dir", "policy-dir", "role", "keep", "log-format", "timeout")
_FLAGS = ("dry-run", "strict")
_VARIABLES = {
    "CONFCONTRACT_ROLE": "role",
    "CONFCONTRACT_LOG_FORMAT": "log-format",
    "CONFCONTRACT_TIMEOUT": "timeout",
}


class Options:
    """What boot was asked to do. `timeout`: seconds, for Vault and the checks together."""

    __slots__ = (
        "command",
        "conf_dir",
        "contract",
        "dry_run",
        "env_files",
        "keep",
        "log_format",
        "policy_dir",
        "role",
        "strict",
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
        self.dry_run = False
        self.strict = False


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read boot's arguments. Raises UsageError (exit 64)."""
    options = Options()
    options.contract = environ.get("CONFCONTRACT_PATH") or DEFAULT_PATH
    _from_environment(options, environ)
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            options.command = rest
            return options
        if not word.startswith("--"):
            hint = "put -- before the command: confcontract boot -- COMMAND ARG..."
            raise _usage(f"{word!r} is not understood", hint)
        name, given, value = word[2:].partition("=")
        if name in _FLAGS and not given:
            setattr(options, name.replace("-", "_"), True)
        elif name in _VALUES:
            if not given:
                if not rest:
                    raise _usage(f"--{name} needs a value", "see confcontract boot --help")
                value = rest.pop(0)
            _set(options, name, value)
        else:
            raise _usage(f"there is no option {word.partition('=')[0]}", _suggestion(name))
    return options


def wants_json(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether messages are wanted as JSON: asked before the arguments are understood, for what is wrong with them."""
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments
    given = [later for word, later in zip(ours, [*ours[1:], ""], strict=False) if word == "--log-format"]
    given += [word.partition("=")[2] for word in ours if word.startswith("--log-format=")]
    return (given[-1] if given else environ.get("CONFCONTRACT_LOG_FORMAT")) == "json"


def _from_environment(options: Options, environ: Mapping[str, str]) -> None:
    """An image whose entry point ends in `boot --` leaves no room for options, so these have variables too."""
    for variable, name in _VARIABLES.items():
        value = environ.get(variable)
        if value:
            try:
                _set(options, name, value)
            except UsageError as error:
                problem = error.problems[0]
                problem.variable = variable
                raise
    strict = environ.get("CONFCONTRACT_STRICT", "")
    if strict.lower() not in ("", "0", "1", "false", "true"):
        raise _usage(f"CONFCONTRACT_STRICT={strict!r} is neither true nor false", "set it to 1, or unset it")
    options.strict = strict.lower() in ("1", "true")


def _set(options: Options, name: str, value: str) -> None:
    if name == "env-file":
        options.env_files.append(value)
    elif name == "keep":
        options.keep.append(value)
    elif name == "timeout":
        options.timeout = _seconds(value)
    elif name == "log-format":
        if value not in ("text", "json"):
            raise _usage(f"--log-format {value!r} is not known", "text or json")
        options.log_format = value
    elif not value:
        raise _usage(f"--{name} is empty", "give it a value, or leave it out")
    elif name == "policy-dir" and not os.path.lexists(value):  # a typo must not switch the policies off
        raise _usage(f"--{name} {value!r} does not exist", "correct the path, or leave the option out")
    else:
        setattr(options, name.replace("-", "_"), value)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 1e9:
        raise _usage(f"--timeout {text!r} is no number of seconds", "for example --timeout 60")
    return seconds


def _suggestion(name: str) -> str:
    from confcontract.boot.suggest import closest

    guess = closest(name, [*_VALUES, *_FLAGS])
    return f"did you mean --{guess}? See confcontract boot --help" if guess else "see confcontract boot --help"


def _usage(message: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", message, hint=hint))
