"""The option --values, and reading the file that it names."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

ValuesFile = Annotated[
    str | None,
    typer.Option(
        "--values",
        metavar="FILE|-",
        help="The values: an env file, or a JSON object by variable; - is stdin.",
        show_default=False,
    ),
]


def content_of(name: str) -> str:
    """The content of the file of values, or of stdin. Raises ConfigurationInvalid."""
    from confcontract.host.sourcefile import Unreadable, read_source
    from confcontract.report.errors import ConfigurationInvalid
    from confcontract.report.problem import Problem

    try:
        return (sys.stdin.buffer.read() if name == "-" else read_source(name)).decode()
    except Unreadable as error:
        what, hint = f"{called(name)}{'' if error.of_file else ':'} {error}", error.hint
    except UnicodeDecodeError:
        what, hint = f"{called(name)} is not UTF-8", "write it in UTF-8"
    told = called(name)
    raise ConfigurationInvalid(Problem("source-unreadable", what, source=told, hint=hint))


def called(name: str) -> str:
    """The name of the file in messages."""
    return "stdin" if name == "-" else name
