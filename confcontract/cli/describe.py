"""`confcontract describe`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.cli.common import (
    ConfFiles,
    ContractFile,
    EnvFiles,
    OwnFiles,
    RoleOrVariable,
    echo,
    load,
    report,
    resolved,
    usage_error,
    worth_showing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from confcontract.docs.model import Page, VariableEntry
    from confcontract.report.problem import Problem
    from confcontract.verdict.explain import Row

_LABEL = 12  # width of the labels, in columns


def describe(
    variable: Annotated[
        str, typer.Argument(metavar="VARIABLE", help="The variable, by any of its names or by its field.")
    ],
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    conf_file: ConfFiles = None,
    own_files: OwnFiles = False,
    role: RoleOrVariable = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Format of the answer on stdout.")] = "text",  # noqa: A002
) -> None:
    """Show one variable: its type, the sources that can set it, its value and why. Secrets are masked.

    If several fields read the variable, all of them are shown; with --format json, those after the first are in others.
    """
    import os

    from confcontract.cli.pages import page as page_of
    from confcontract.report import terminal
    from confcontract.verdict.explain import rows

    loaded = load(contract)
    page = page_of(loaded)
    resolution = resolved(loaded, contract, dict(os.environ), env_file, conf_file, (), role, False, own_files)
    entries = _found(page, variable, {head: each["name"] for each in loaded.variables for head in each.get("open", ())})
    table = rows(resolution)
    found = [(entry, _row_of(entry, table)) for entry in entries]
    # a problem without a variable, such as an unreadable env file, may be the reason for this variable's value
    names = {None, *(entry.name for entry in entries)}
    concerning = [problem for problem in resolution.problems if problem.variable in names]
    if format == "json":
        echo(terminal.harmless_json(_json(found, concerning)), data=True)
        return
    width = min(terminal.width_of(sys.stdout), terminal.WIDEST)
    color = terminal.wants_color(sys.stdout, os.environ)
    pages = ("".join(f"{line}\n" for line in _text(entry, row, width, color)) for entry, row in found)
    echo("\n".join(pages))
    if told := worth_showing(concerning):
        report(told, sys.stderr)


def _row_of(entry: VariableEntry, shown: list[Row]) -> Row:
    """The row by its name; if several have the name, also by its field."""
    rows = [row for row in shown if row.name == entry.name]
    return next((row for row in rows if ".".join(row.variable["path"]) == entry.path), rows[0])


def _found(page: Page, wanted: str, parts: dict[str, str]) -> list[VariableEntry]:
    """Find variables by name, alias, NAME_FILE or field; the exact name first. Several if several fields read the name.
    Raises UsageError.

    parts: prefix of the names of all parts → the variable that they are parts of.
    """
    from confcontract.report.did_you_mean import closest
    from confcontract.report.terminal import printable

    names: dict[str, list[VariableEntry]] = {}
    for entry in page.entries:
        for name in dict.fromkeys((entry.name, *entry.aliases, entry.file_name or entry.name, entry.path)):
            names.setdefault(name, []).append(entry)
    if wanted in names:
        return names[wanted]
    folded = {name.lower(): entries for name, entries in reversed(names.items())}
    if wanted.lower() in folded:
        return folded[wanted.lower()]
    of_part = [head for head in parts if wanted.lower().startswith(head.lower())]
    if of_part:
        return names[parts[max(of_part, key=len)]]
    near = (
        closest(wanted, [name for entry in page.entries for name in (entry.name, *entry.aliases)])
        or closest(wanted, [entry.path for entry in page.entries])
        or closest(wanted, [entry.file_name for entry in page.entries if entry.file_name])
    )
    hint = f"did you mean {near}?" if near else "'confcontract explain' shows all variables"
    what = (
        f"{printable(wanted) or 'the empty name'} is not a variable of {printable(page.name)} {printable(page.version)}"
    )
    raise usage_error(what, hint)


def _text(entry: VariableEntry, row: Row, width: int, color: bool) -> Iterator[str]:
    from confcontract.report import terminal
    from confcontract.report.terminal import printable

    yield terminal.paint(printable(entry.name), color, terminal.BOLD)
    if entry.description:
        for paragraph in entry.description.splitlines():
            yield from (f"  {line}" for line in terminal.wrap(printable(paragraph), width - 2))
    yield ""
    for label, text in _facts(entry):
        yield from _lines(label, text, width)
    yield ""
    style = (terminal.RED,) if row.missing else ()
    shown = terminal.cut(row.value, max(width - _LABEL - 2, 20))
    yield f"  {'now':<{_LABEL}}{terminal.paint(shown, color, *style)}"
    yield from _lines("from", row.source, width)
    for other in row.overridden:
        yield from _lines("overrides", other, width)
    for note in row.notes:
        yield from _lines("note", note, width)


def _facts(entry: VariableEntry) -> Iterator[tuple[str, str]]:
    from confcontract.docs.clean_text import listed
    from confcontract.docs.dotenv import among_words
    from confcontract.docs.page_words import how_to

    written = {"json": "as JSON", "separated": f"separated by {entry.separator!r}"}.get(entry.encoding)
    yield "also", ", ".join(entry.aliases)
    for number, words in enumerate(entry.reading):
        yield "" if number else "names", words
    kind = (entry.type, entry.allowed, written, f"in {entry.unit}" if entry.unit else "")
    yield "type", ", ".join(word for word in kind if word)
    yield "choices", ", ".join(map(among_words, entry.choices))
    for one in map(how_to, entry.how_to):
        if entry.kind != "object":  # of a section, what is set now is an example with its own keys
            yield "written", ", ".join(repr(each) if ", " in each else each for each in one.examples)
    yield "examples", ", ".join(map(among_words, entry.examples))
    yield "default", entry.default_note or ("none" if entry.default is None else among_words(entry.default))
    unless = f"if any of {entry.required_if} is set" if entry.required_if else "no"
    yield "required", "yes" if entry.required else unless
    yield "secret", "yes" if entry.secret else ""
    yield "roles", f"needed by {listed(list(entry.roles))}" if entry.roles else ""
    yield "checks", listed(list(entry.checks))
    if entry.deprecated is not None:
        message, names, replacement = entry.deprecated
        use = f"; use {replacement}" if replacement and replacement not in message else ""
        yield "deprecated", f"{', '.join(names)}: {message}{use}"
    yield "on change", entry.on_change
    for deferral in entry.deferred:
        yield "app checks", deferral.words + (f", {deferral.declared_at}" if deferral.declared_at else "")
    yield "in files", entry.key
    yield "declared", f"{entry.declared_at or ''}, field {entry.path}".removeprefix(", ")
    for number, source in enumerate(_sources(entry)):
        yield "" if number else "sources", source


def _sources(entry: VariableEntry) -> list[str]:
    """Its possible sources, lowest to highest."""
    from confcontract.boot.options import CONF_DIR, SECRETS_DIR
    from confcontract.contract.schemes import place

    optional = ", if it is there" if entry.vault_optional else ""
    vault = [f"{place(reference)}{optional}" for reference in entry.vault]
    return [
        *(["the default"] if entry.default is not None or entry.default_note else []),
        f"{CONF_DIR}/*.env, *.toml, *.yaml, *.yml and *.json",
        "--conf-file",
        "--env-file",
        *([entry.binding] if entry.binding else []),
        f"{SECRETS_DIR}/{entry.name}",
        f"$CREDENTIALS_DIRECTORY/{entry.name}",
        *([f"the file that {entry.file_name} names"] if entry.file_name else []),
        *(vault or ["Vault, by a value such as vault:MOUNT/PATH#KEY"]),
        "the environment, which outranks all of these",
    ]


def _lines(label: str, text: str, width: int) -> Iterator[str]:
    from confcontract.report.terminal import printable, wrap

    if not text:
        return
    first, *rest = wrap(printable(text), max(width - _LABEL - 2, 20))
    yield f"  {label:<{_LABEL}}{first}"
    for line in rest:
        yield " " * (_LABEL + 2) + line


def _json(found: list[tuple[VariableEntry, Row]], problems: list[Problem]) -> str:
    import json

    first, *others = [_plain(entry, row) for entry, row in found]
    answer = {**first, "others": others, "problems": [problem.as_dict() for problem in problems]}
    return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"


def _plain(entry: VariableEntry, row: Row) -> dict[str, Any]:
    import json

    from confcontract.docs.page_json import plain
    from confcontract.verdict.explain import render_json

    (now,) = json.loads(render_json([row]))
    return {
        "variable": plain(entry),
        "sources": _sources(entry),
        "now": {name: now[name] for name in ("value", "set", "source", "overrides", "notes")},
    }
