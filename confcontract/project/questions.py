"""Asks for what the files of a project do not show: at most three questions, and none if nobody can be asked."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from confcontract.project.command_in_image import command_in_image
from confcontract.project.settings_classes import of_pydantic_1
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from confcontract.project.image_plan import Found, ImagePlan

    Ask = Callable[[str, str], str]  # a question, and the meaning of an empty answer

_PINNED = re.compile(r"[\w./:-]+@sha256:[0-9a-f]{64}")


def which_settings(found: Found, given: Sequence[str], ask: Ask | None) -> tuple[str, ...]:
    """Raises UsageError if there are no settings, or several and nobody can be asked."""
    if given:
        return _targets(given)
    if kept := found.kept.get("settings"):
        return _targets(kept.split(" "))
    if len(found.settings) == 1:
        return (found.settings[0].target,)
    if not found.settings and (older := of_pydantic_1(found.modules)):
        message = f"the settings at {older[0]} derive from the BaseSettings of pydantic 1, which can't be baked"
        hint = "move to pydantic 2 and pydantic-settings first: https://docs.pydantic.dev/latest/migration/"
        raise UsageError(Problem("usage", message, hint=hint))
    if not found.settings:
        hint = "derive a class from pydantic_settings.BaseSettings, or name it with --settings MODULE:OBJECT"
        raise UsageError(Problem("usage", f"there is no settings class in {found.folder}", hint=hint))
    names = [each.target for each in found.settings]
    if ask is None:
        hint = "name one with --settings; repeat it for a contract of several"
        raise UsageError(Problem("usage", f"there are several settings classes: {', '.join(names)}", hint=hint))
    listed = "".join(f"  {number} {name}\n" for number, name in enumerate(names, 1))
    answer = ask(f"{listed}Which of these are the settings? Numbers, with spaces between", "1")
    numbers = [int(word) for word in answer.split() if word.isdecimal() and 0 < int(word) <= len(names)]
    if len(numbers) != len(answer.split()):
        raise UsageError(Problem("usage", f"{answer!r} is not a list of numbers from 1 to {len(names)}"))
    return tuple(names[number - 1] for number in numbers)


def _targets(names: Sequence[str]) -> tuple[str, ...]:
    """Checks names that are inserted into a shell command. Raises UsageError unless they are Python identifiers."""
    for name in names:
        module, colon, place = name.partition(":")
        if not colon or not all(part.isidentifier() for part in (*module.split("."), *place.split("."))):
            raise UsageError(
                Problem("usage", f"{name!r} is not MODULE:OBJECT", hint="write it as in shop.settings:Settings")
            )
    return tuple(names)


def which_command(found: Found, given: str | None, ask: Ask | None) -> tuple[str, ...]:
    """Raises UsageError if no file shows the command and nobody can be asked, or if the image can't start it."""
    likely = shlex.join(found.command or ())
    said = given if given is not None else ask("What starts the application?", likely) if ask else likely
    try:
        words = shlex.split(said)
    except ValueError as error:
        raise UsageError(Problem("usage", f"the command is not complete: {error}", hint="close its quotes")) from None
    if not words:
        hint = 'pass it with --command, as in --command "python -m shop"'
        raise UsageError(Problem("usage", "no file of the project says what starts the application", hint=hint))
    return tuple(command_in_image(words, found.scripts, found.modules))


def which_base(found: Found, given: str | None, ask: Ask | None) -> str | None:
    """Raises UsageError for a base without a digest. Returns None if the builder has to give it."""
    likely = found.kept.get("base", "")
    question = "Base image with its digest, python:…@sha256:…? Empty: set it at build time"
    said = given if given is not None else ask(question, likely) if ask else likely
    if said and not _PINNED.fullmatch(said):
        hint = f"append its digest; docker buildx imagetools inspect {said.partition('@')[0]} shows it"
        raise UsageError(Problem("usage", f"the base {said!r} has no digest", hint=hint))
    return said or None


def refuse_outside(plan: ImagePlan) -> None:
    """Raises UsageError if the build needs files outside of its context."""
    for name, member in plan.outside.items():
        message = (
            f"the application imports {name}, which is {member} of its workspace: the build can't copy it from there"
        )
        hint = (
            "run 'confcontract init' in the folder of the workspace, with --settings and --command if it asks for them"
        )
        raise UsageError(Problem("usage", message, hint=hint))


def refuse_unlocked(found: Found) -> None:
    """Raises UsageError if no file lists the dependencies of the application."""
    if found.lock is None:
        files = "uv.lock, poetry.lock, pdm.lock, requirements.in, requirements.txt or a pyproject.toml with [project]"
        hint = f"{found.folder} has none of {files}"
        raise UsageError(Problem("usage", "no file says what the application depends on", hint=hint))
