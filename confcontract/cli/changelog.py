"""`confcontract changelog`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import echo
from confcontract.cli.two_contracts import NewContract, OldContract, evaluated, upgrade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.compare.release_note import NoteEntry


def changelog(
    old: OldContract,
    new: NewContract,
    append: Annotated[
        str | None,
        typer.Option(
            metavar="CHANGELOG.md",
            help="Write it into the section of the version in this file, which is made if it is not there.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[str | None, typer.Option(metavar="VERSION", help="Of the section.", show_default=False)] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Of the section: 2027-01-31. Today for a new one.", show_default=False),
    ] = None,
) -> int:
    """Write what operators have to know of the change from OLD to NEW, for release notes. 2: could not be evaluated."""
    _refuse(append, version, date)

    def work() -> int:
        from confcontract.compare.release_markdown import note_page
        from confcontract.compare.release_note import release_note

        entries = release_note(upgrade(old, new, severities=False))
        if append is not None and version is not None:
            _append(append, entries, version, date)
            return 0
        if entries:
            echo(note_page(entries, version, date), data=True)
        else:
            sys.stderr.write("nothing changed for operators\n")
        return 0

    return evaluated(work)


def _refuse(append: str | None, version: str | None, date: str | None) -> None:
    import re
    from datetime import date as day

    if append is not None and version is None:
        raise _usage("--append needs the version whose section it is", "--version 1.5.0")
    if date is not None and version is None:
        raise _usage("--date needs the version whose section it is", "--version 1.5.0")
    if version is not None and not re.fullmatch(r"v?[0-9][0-9A-Za-z.+_-]*", version):
        raise _usage("--version is no version that a heading can name", "write it as 1.5.0")
    if date is not None:
        try:
            day.fromisoformat(date)
        except ValueError:
            raise _usage("--date is not a date", "write it as 2027-01-31") from None


def _usage(message: str, hint: str) -> Exception:
    from confcontract.report.errors import UsageError
    from confcontract.report.problem import Problem

    return UsageError(Problem("usage", message, hint=hint))


def _append(path: str, entries: Sequence[NoteEntry], version: str, date: str | None) -> None:
    """Replace the file as a whole, unless it says all of it already."""
    import os
    from datetime import UTC, datetime

    from confcontract.compare.changelog_file import with_note
    from confcontract.compare.release_markdown import by_kind
    from confcontract.docs import page_file
    from confcontract.report import terminal
    from confcontract.report.errors import ConfigurationInvalid, UsageError

    try:
        current = page_file.read(path)
        today = datetime.now(UTC).date().isoformat()
        if not entries and current is None:
            sys.stderr.write("nothing changed for operators: no file was made\n")
            return
        payload = with_note(current, by_kind(entries), version, date, today, path)
        if page_file.write(path, payload):
            sys.stderr.write(terminal.harmless(f"wrote {terminal.printable(os.path.relpath(path))}\n"))
    except UsageError as error:  # of a file that can't be read or written: here the answer is 2
        raise ConfigurationInvalid(*(each.but(code="changelog-unusable") for each in error.problems)) from None
