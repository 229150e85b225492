"""`confcontract boot --help`; boot itself doesn't use Typer."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Literal

import typer

from confcontract.boot.options import CHOICE, FLAG, MANY, OPTIONS, SECONDS, Option

_TYPES: dict[str, Any] = {MANY: list[str] | None, SECONDS: float | None, FLAG: bool}


def boot(**_: object) -> int:
    """Merge, validate and check the configuration, then become COMMAND."""
    raise AssertionError("confcontract/__main__.py sends boot past Typer; only its --help comes here")


def _parameter(option: Option) -> inspect.Parameter:
    """The option as a parameter, since Typer reads options from the signature of a function."""
    declared = typer.Option(f"--{option.name}", metavar=option.metavar, help=option.words)
    default: object = False if option.takes == FLAG else _DEFAULTS.get(option.name)
    kind = _TYPES.get(option.takes, str | None)
    if option.takes == CHOICE:
        kind = Literal[option.choices] if default else Literal[option.choices] | None
    return _keyword(option.name.replace("-", "_"), default, Annotated[kind, declared])


def _keyword(name: str, default: object, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


_DEFAULTS = {"log-format": "text"}
_COMMAND = typer.Argument(metavar="-- COMMAND ARG", help="The command to start.", show_default=False)
_parameters = [_keyword("command", None, Annotated[list[str] | None, _COMMAND]), *map(_parameter, OPTIONS)]
boot.__signature__ = inspect.Signature(_parameters, return_annotation=int)  # type: ignore[attr-defined]
boot.__annotations__ = {each.name: each.annotation for each in _parameters} | {"return": int}
