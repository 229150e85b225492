"""`confcontract init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import echo, not_empty, usage_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from confcontract.project.image_plan import ImagePlan
    from confcontract.project.proposed_files import ProposedFile

WRITTEN = 0
LEFT = 1


def init(
    folder: Annotated[str, typer.Argument(metavar="[FOLDER]", help="The folder of the project.")] = ".",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: use what the project's files say.")] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE:OBJECT",
            help="What to bake. May be repeated. Default: the settings classes found in the source.",
            show_default=False,
        ),
    ] = None,
    command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="What starts the application.", show_default=False)
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="IMAGE@DIGEST", help="The base image. Without it, set BASE at build time.", show_default=False
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files that differ, after showing the difference.")
    ] = False,
) -> int:
    """Write a Dockerfile for a project, and what it needs. Exit 0: all written. 1: a file was there and was kept."""
    import sys

    from confcontract.project.image_plan import look_at, plan
    from confcontract.project.questions import (
        refuse_outside,
        refuse_unlocked,
        which_base,
        which_command,
        which_settings,
    )

    not_empty("FOLDER", folder)
    not_empty("--settings", *settings or ())
    project = Path(folder)
    _refuse_no_folder(project)
    ask = None if yes or not (sys.stdin.isatty() and sys.stdout.isatty()) else _ask
    try:
        found = look_at(project)
        refuse_unlocked(found)
        made = plan(
            found,
            which_settings(found, settings or (), ask),
            which_command(found, command, ask),
            which_base(found, base, ask),
        )
        refuse_outside(made)
        return _propose(project, made, force, ask)
    except OSError as error:
        if isinstance(error, BrokenPipeError) or not error.filename:  # of what is printed
            raise
        message = f"{error.filename} can't be read or written: {error.strerror}"
        hint = "correct its permissions or remove what is in the way; no file was written"
        raise usage_error(message, hint) from None


def _propose(project: Path, made: ImagePlan, force: bool, ask: Callable[[str, str], str] | None) -> int:
    from confcontract.project.next_steps import next_steps
    from confcontract.project.proposed_files import proposed, write

    files = proposed(project, made)
    left = [file.path for file in files if file.changes and file.there is not None and not _overwrite(file, force, ask)]
    wanted = [file for file in files if file.changes and file.path not in left]
    write(project, wanted)
    for file in files:
        done = "wrote" if file in wanted else "left as it is:" if file.path in left else "as proposed:"
        echo(f"{done} {file.path}\n")
    echo("".join(f"{line}\n" for line in next_steps(made, [file.path for file in files], left)))
    return LEFT if left else WRITTEN


def _overwrite(file: ProposedFile, force: bool, ask: Callable[[str, str], str] | None) -> bool:
    echo(file.diff())
    return force or (ask is not None and ask(f"Overwrite {file.path}? y or n", "n").lower() in ("y", "yes"))


def _ask(question: str, otherwise: str) -> str:
    answer: str = typer.prompt(question, default=otherwise, show_default=bool(otherwise))
    return answer.strip()


def _refuse_no_folder(project: Path) -> None:
    if not project.is_dir():
        raise usage_error(f"{project} is not a folder", "name the folder of the project")
