"""`confcontract problem`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import echo, usage_error


def problem(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="Such as secret-missing.", show_default=False)
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Of the answer.")] = "text",  # noqa: A002
) -> None:
    """Explain a problem's code, as boot prints it in brackets. Without a code: all there are."""
    import json
    import os

    from confcontract.report import terminal
    from confcontract.report.codes import CODES
    from confcontract.report.exit_codes import exit_of

    if code is not None:
        code = code.strip("[] ").lower().replace("_", "-")
        _refuse_unknown(code)
    chosen = CODES if code is None else {code: CODES[code]}
    if format == "json":
        entries = [
            {"code": name, "meaning": meaning, "remedy": remedy, "exitCode": exit_of(name)}
            for name, (meaning, remedy) in chosen.items()
        ]
        echo(json.dumps(entries if code is None else entries[0], indent=2, ensure_ascii=False) + "\n", data=True)
        return
    color = terminal.wants_color(sys.stdout, os.environ)
    width = min(terminal.width_of(sys.stdout), terminal.WIDEST)
    for name, (meaning, remedy) in chosen.items():
        lines = [terminal.paint(name, color, terminal.BOLD), *_labelled("means", meaning, width)]
        lines += _labelled("do", remedy, width) if code is not None else []
        lines += _labelled("exit", f"{exit_of(name)}, where it is an error", width) if code is not None else []
        echo("\n".join(lines) + "\n")


def _refuse_unknown(code: str) -> None:
    from confcontract.report.codes import CODES
    from confcontract.report.did_you_mean import closest

    if code not in CODES:
        near = closest(code, CODES)
        alike = [name for name in CODES if code and code in name]
        hint = f"there are {', '.join(alike)}" if alike else "'confcontract problem' lists them"
        hint = f"did you mean {near}?" if near else hint
        raise usage_error(f"there is no problem {code!r}", hint)


def _labelled(label: str, text: str, width: int) -> list[str]:
    from confcontract.report.terminal import wrap

    first, *rest = wrap(text, width - 10)
    return [f"  {label:<7} {first}", *(" " * 10 + line for line in rest)]
