"""`confcontract changelog`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import echo, not_empty, report, usage_error
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
            help="Write the entries into the section of the version in this file, which is created if it is missing.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The version of the section.", show_default=False)
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="The date of the section: 2027-01-31. Default for a new section: today.",
            show_default=False,
        ),
    ] = None,
    advisories: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="OLD.json NEW.json",
            help="What a scanner found in the old and the new image, as JSON from pip-audit or trivy.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Write what operators must know about the change from OLD to NEW, for release notes. Exit 2: not evaluated.

    For two images, also write which dependencies changed."""
    _refuse(append, version, date)
    not_empty("--advisories", *advisories or ())

    def work() -> int:
        from confcontract.compare.release_markdown import note_page
        from confcontract.compare.release_note import in_order, release_note

        contracts = release_note(upgrade(old, new, severities=False))
        entries = in_order([*contracts, *_dependencies(old, new), *_advisories(advisories)])
        if append is not None and version is not None:
            _append(append, entries, version, date)
            return 0
        if entries:
            echo(note_page(entries, version, date), data=True)
        else:
            sys.stderr.write("nothing changed for operators\n")
        return 0

    return evaluated(work)


def _dependencies(old: str, new: str) -> list[NoteEntry]:
    """None if one of them is not an image: a contract doesn't list packages."""
    from confcontract.contract.from_image import BEGINNINGS

    if not (old.startswith(BEGINNINGS) and new.startswith(BEGINNINGS)):
        return []
    from confcontract.compare.dependency_notes import dependency_entries
    from confcontract.compare.image_software import releases_of

    return dependency_entries(releases_of(old), releases_of(new))


def _advisories(reports: tuple[str, str] | None) -> list[NoteEntry]:
    if reports is None:
        return []
    from confcontract.compare.advisories import advisory_entries, scanner_report, undecided

    old, new = map(scanner_report, reports)
    if unknown := [*undecided(old, new)]:
        report(unknown, sys.stderr)
    return advisory_entries(old, new)


def _refuse(append: str | None, version: str | None, date: str | None) -> None:
    import re
    from datetime import date as day

    if append is not None and version is None:
        raise usage_error("--append needs the version whose section it is", "--version 1.5.0")
    if date is not None and version is None:
        raise usage_error("--date needs the version whose section it is", "--version 1.5.0")
    if version is not None and not re.fullmatch(r"v?[0-9][0-9A-Za-z.+_-]*", version):
        raise usage_error("--version is not a version that a heading can name", "write it as 1.5.0")
    if date is not None:
        try:
            day.fromisoformat(date)
        except ValueError:
            raise usage_error("--date is not a date", "write it as 2027-01-31") from None


def _append(path: str, entries: Sequence[NoteEntry], version: str, date: str | None) -> None:
    """Replace the file as a whole, unless it already contains the entries."""
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
    except UsageError as error:  # a file that can't be read or written: this command ends with 2
        raise ConfigurationInvalid(*(each.but(code="changelog-unusable") for each in error.problems)) from None
