"""`confcontract problem`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import echo


def problem(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="The code, such as secret-missing.", show_default=False)
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Format of the answer.")] = "text",  # noqa: A002
) -> None:
    """Explain a code that reports show in brackets: its usual causes and what to do. Without CODE, list all."""
    import json
    import os

    from confcontract.report import explained, terminal
    from confcontract.report.codes import CODES

    wanted = None if code is None else explained.known(code)
    if format == "json":
        answer = list(map(explained.as_data, CODES)) if wanted is None else explained.as_data(wanted)
        echo(json.dumps(answer, indent=2, ensure_ascii=False) + "\n", data=True)
        return
    color = terminal.wants_color(sys.stdout, os.environ)
    width = min(terminal.width_of(sys.stdout), terminal.WIDEST)
    echo(explained.listed(color, width) if wanted is None else explained.as_text(wanted, color, width))
