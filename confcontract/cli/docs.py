"""`confcontract docs`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.cli.common import ContractFile, echo, load, not_empty, report, usage_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.contract.artifact import Contract

DRIFTED = 1
UNDECIDED = 2

_FOR_PAGES = (
    "title",
    "contents",
    "since",
    "required",
    "variables",
    "how-to",
    "roles",
    "checks",
    "exit-codes",
    "problems",
    "provenance",
)
_FOR_INJECTION = (  # a README belongs to the source, not to an image, and has its own table of contents
    "since",
    "required",
    "variables",
    "how-to",
    "roles",
    "checks",
    "exit-codes",
)


def docs(
    contract: ContractFile = None,
    format: Annotated[  # noqa: A002
        Literal["markdown", "html", "dotenv", "json", "man", "toml", "yaml", "config-json"],
        typer.Option(
            metavar="FORMAT",
            help="markdown, html, dotenv, man or json (the page as data); or a template of a configuration file: "
            "toml, yaml or, in JSON, config-json.",
        ),
    ] = "markdown",
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="FILE", help="The file to write. Default: stdout.", show_default=False),
    ] = None,
    inject: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Write Markdown between the markers in this file; without markers, add them at its end.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Write nothing; show how the file differs. Exit 1: it differs, 2: that can't be determined.",
        ),
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,...",
            help="Columns of the tables of variables; compact for three narrow ones.",
            show_default=False,
        ),
    ] = None,
    parts: Annotated[
        str | None, typer.Option(metavar="NAME,...", help="Parts of the Markdown page.", show_default=False)
    ] = None,
    heading: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=6,
            metavar="LEVEL",
            help="Level of the first heading, 1 to 6. Default: 1, with --inject 2.",
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A Jinja2 template to use instead of the built-in page.", show_default=False),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="OLD",
            help="Mark what was added, changed and removed since this contract; in Markdown and HTML.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Write documentation for operators from the contract alone."""
    import atexit
    import gc

    from confcontract.report.errors import ConfcontractError

    # the collector would search a large contract without finding garbage, for a tenth of the command's time
    gc.disable()
    atexit.register(gc.freeze)  # and once more when the interpreter exits
    styled = [name for name, given in _styles(columns, parts, heading, template) if given]
    try:
        _refuse_conflicts(format, out, inject, check, styled)
        _refuse_since(since, format)
        text = _rendered(load(contract), format, inject is not None, columns, parts, heading, template, since)
        if inject is not None:
            return _injected(inject, text, check)
        if out is None:
            echo(text, data=True)
            return 0
        return _written(out, text.encode("utf-8", "backslashreplace"), check)
    except ConfcontractError as error:
        if not check:
            raise
        report(error.problems, sys.stderr)
        return UNDECIDED


def _styles(
    columns: str | None, parts: str | None, heading: int | None, template: str | None
) -> Sequence[tuple[str, bool]]:
    return (
        ("--columns", columns is not None),
        ("--parts", parts is not None),
        ("--heading", heading is not None),
        ("--template", template is not None),
    )


def _refuse_conflicts(format: str, out: str | None, inject: str | None, check: bool, styled: Sequence[str]) -> None:  # noqa: A002
    if inject is not None and out is not None:
        raise usage_error("--inject and -o name two destinations for one page", "leave out one of them")
    if inject is not None and format != "markdown":
        raise usage_error(f"--inject writes Markdown, not {format}", "leave --format out")
    if check and out is None and inject is None:
        raise usage_error("--check has nothing to compare with", "name the file with -o or --inject")
    if styled and format != "markdown":
        raise usage_error(f"{styled[0]} is for Markdown, not for {format}", "leave out one of them")


def _refuse_since(since: str | None, format: str) -> None:  # noqa: A002
    if since is not None and format not in ("markdown", "html"):
        what = f"--since is offered in Markdown and HTML, not in {format}"
        raise usage_error(what, "leave it out, or use --format html")
    not_empty("--since", since)


def _rendered(
    contract: Contract,
    format: str,  # noqa: A002
    injecting: bool,
    columns: str | None,
    parts: str | None,
    heading: int | None,
    template: str | None,
    since: str | None,
) -> str:
    from confcontract.cli.pages import page as page_of

    page = page_of(contract)
    changes = None
    if since is not None:
        from confcontract.cli.since import since_of

        changes = since_of(since, contract)
    if format != "markdown":
        from confcontract.docs.page_formats import render

        return render(page, contract, format, changes)
    from confcontract.docs import markdown
    from confcontract.docs.markdown_columns import chosen

    of_page = _FOR_INJECTION if injecting else _FOR_PAGES
    layout = markdown.Layout(
        chosen(columns), markdown.chosen_parts(parts, of_page), heading or (1 if not injecting else 2), changes
    )
    if template is None:
        return markdown.render(page, layout)
    from confcontract.docs import template as own

    return own.render(page, layout, template)


def _injected(path: str, text: str, check: bool) -> int:
    from confcontract.docs.inject import injected
    from confcontract.docs.page_file import read
    from confcontract.report.errors import UsageError
    from confcontract.report.problem import Problem

    current = read(path)
    if current is None:
        message, hint = f"{path}: there is no such file", "create it, or use -o"
        raise UsageError(Problem("usage", message, source=path, hint=hint, source_said=True))
    return _written(path, injected(current, text, path), check)


def _written(path: str, payload: bytes, check: bool) -> int:
    import os

    from confcontract.docs import page_file
    from confcontract.report import terminal

    if not check:
        if page_file.write(path, payload):
            sys.stderr.write(terminal.harmless(f"wrote {terminal.printable(path)}\n"))
        return 0
    lines = page_file.difference(path, page_file.read(path), payload)
    color = terminal.wants_color(sys.stdout, os.environ)
    for line in lines:
        hue = {"+": (terminal.GREEN,), "-": (terminal.RED,), "@": (terminal.CYAN,)}.get(line[0], ())
        echo(terminal.paint(terminal.harmless(terminal.printable(line)), color, *hue) + "\n", data=True)
    if lines:
        told = f"{terminal.printable(path)} differs from the contract: run the command without --check to write it\n"
        sys.stderr.write(terminal.harmless(told))
    return DRIFTED if lines else 0
