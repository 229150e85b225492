"""Reads boot's options from the command line and the environment.

Without argparse, which costs more than all of boot's merging.
"""

from __future__ import annotations

import os

from confcontract.boot.options import (
    BY_NAME,
    CHOICE,
    FLAG,
    MANY,
    SECONDS,
    THERE,
    VARIABLES,
    Option,
    Options,
)
from confcontract.contract.artifact import DEFAULT_PATH
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read boot's arguments. Raises UsageError (exit 64)."""
    options = Options()
    options.contract = ""
    _from_environment(options, environ)
    _read(arguments, options)
    _refuse_elsewhere(options.contract, "--contract")
    options.contract = options.contract or named_contract(environ)
    return options


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

                wrong = BY_NAME.get(rest[0][2:].partition("=")[0])
                raise option_as_command(rest[0], known=wrong is not None, variable=wrong.variable if wrong else None)
            options.command = rest
            return
        if not word.startswith("--"):
            if word.startswith("-") and len(word) > 1:
                raise _usage(f"there is no option {word}", "see confcontract boot --help")
            from confcontract.boot.misplaced import not_understood

            at = len(arguments) - len(rest) - 1
            before = BY_NAME.get(arguments[at - 1][2:]) if at else None
            flag = before if before is not None and before.takes == FLAG else None
            raise not_understood(word, flag.name if flag else None, flag.variable if flag else None)
        name, given, value = word[2:].partition("=")
        option = BY_NAME.get(name)
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
            option = BY_NAME[name]
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

    guess = closest(name, [*BY_NAME])
    return f"did you mean --{guess}? See confcontract boot --help" if guess else "see confcontract boot --help"


def _usage(message: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", message, hint=hint))
