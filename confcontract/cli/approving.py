"""The options for approvals of findings, and writing them into the project's file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import usage_error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Approve = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FINGERPRINT|all",
        help="Write an approval of this finding, or of all that block. May be repeated.",
        show_default=False,
    ),
]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="The reason for the approval.", show_default=False)]
Expires = Annotated[
    str | None, typer.Option(metavar="DATE", help="The last day of the approval: 2027-01-31.", show_default=False)
]


def approval_terms(reason: str | None, expires: str | None, today: date) -> tuple[str, date]:
    """The reason and the last day. Raises UsageError if one is missing or invalid."""
    from datetime import date

    if not reason or not reason.strip() or not expires:
        raise usage_error(
            "an approval needs a reason and a last day", '--reason "no deployment uses it" --expires 2027-01-31'
        )
    try:
        until = date.fromisoformat(expires)
    except ValueError:
        raise usage_error("--expires is not a date", "write it as 2027-01-31") from None
    if until < today:
        raise usage_error(f"--expires {until} is in the past", "name a day on which the approval is still valid")
    return reason.strip(), until


def refuse_terms_alone(approve: Sequence[str] | None, reason: str | None, expires: str | None) -> None:
    """Raises UsageError if an approval is described, but none is written."""
    for option, given in {"--reason": reason, "--expires": expires}.items():
        if given is not None and not approve:
            raise usage_error(
                f"{option} belongs to --approve", "name the finding: --approve FINGERPRINT, or leave it out"
            )


def text_of_approvals(path: str) -> str:
    """The file's text; empty if there is no such file."""
    from confcontract.findings.toml_with_lines import is_there
    from confcontract.host.sourcefile import read_source

    return read_source(path).decode("utf-8") if is_there(path) else ""


def write_approvals(path: str, text: str) -> None:
    """Raises ConfigurationInvalid if it can't be written."""
    from confcontract.host.writing import write_whole
    from confcontract.report.errors import ConfigurationInvalid
    from confcontract.report.problem import Problem

    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        message = f"{path} can't be written: {error.strerror or error}"
        hint = "check the path, its owner and its mode, and the space on the disk"
        raise ConfigurationInvalid(Problem("approvals-invalid", message, hint=hint)) from None
