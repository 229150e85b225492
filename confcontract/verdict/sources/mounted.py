"""Secret files that are named like variables: credentials of systemd, secrets of Docker and Swarm, projections.

`$CREDENTIALS_DIRECTORY/NAME` and `/run/secrets/NAME`, only for declared variables, by any of their names; also in lower
case, which is usual with Docker.
"""

from __future__ import annotations

import os

from confcontract.host.folder import at
from confcontract.host.projection import in_one_state, leads_out, stamp
from confcontract.host.sourcefile import Unreadable
from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.sources.order import FIRST_MOUNTED, SECRET_FILE, level_of
from confcontract.verdict.sources.origin import Entry, Source
from confcontract.verdict.sources.ownfiles import secret_directories
from confcontract.verdict.sources.secretfile import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from confcontract.verdict.sources.merged import Merged

CREDENTIALS = "CREDENTIALS_DIRECTORY"
_USUAL = "/run/secrets"  # as in boot/options.py


class MountedFile:
    """A file for a variable. name: the variable's name as the application expects it. written: the file's own name.
    others: further files for the same name."""

    __slots__ = ("identity", "name", "others", "path", "stamp", "written")

    def __init__(self, identity: str, name: str, directory: str, written: str, others: Sequence[str]) -> None:
        self.identity = identity
        self.name = name
        self.written = written
        self.others = others
        self.path = os.path.join(directory, written)
        self.stamp = stamp(self.path)


def lay_mounted(merged: Merged, directories: Sequence[str], environ: Mapping[str, str]) -> None:
    """Add the files of the directories, later directories above earlier ones, systemd's above all of them."""
    own = _own_directories(merged)
    for number, directory in enumerate([*directories, environ.get(CREDENTIALS, "")]):
        if directory and os.path.realpath(at(directory)) not in own:
            level = level_of(SECRET_FILE, FIRST_MOUNTED + number)
            _lay(merged, directory, level, environ, is_named=number < len(directories))


def _own_directories(merged: Merged) -> set[str]:
    """The class's own directories: boot and the application read these as pydantic-settings does."""
    return {os.path.realpath(at(path)) for path in secret_directories(merged.programs)}


def _lay(merged: Merged, directory: str, level: int, environ: Mapping[str, str], *, is_named: bool) -> None:
    try:
        merged.watched[directory] = stamp(directory)
        files, layer, problems = in_one_state(directory, lambda: _found(merged, directory, level, environ))
    except OSError as error:
        why = f"can't be read as a directory of secret files: {error.strerror}"
        hint = "correct the path, or its owner and mode"
        looked_for = not is_named or (directory == _USUAL and not isinstance(error, FileNotFoundError))
        severity = WARNING if looked_for else ERROR  # a typo must not take secrets away
        problem = Problem("source-unreadable", f"{directory} {why}", source=directory, hint=hint, severity=severity)
        merged.problems.append(problem)
        return
    merged.watched.update((file.path, file.stamp) for file in files)
    merged.problems += problems + [_twice(file) for file in files if file.others]
    merged.lay(layer)


def _found(
    merged: Merged, directory: str, level: int, environ: Mapping[str, str]
) -> tuple[list[MountedFile], list[Entry], list[Problem]]:
    """The files of a directory that belong to variables. Raises OSError if it can't be listed."""
    files = [*_files(merged, directory, os.listdir(at(directory)), environ)]
    return files, *_read(files, directory, level, given_by(merged, environ) if files else set())


def _files(merged: Merged, directory: str, names: Sequence[str], environ: Mapping[str, str]) -> Iterator[MountedFile]:
    """The files that are named like a variable. The exact spelling wins over lower case."""
    declared = merged.declared
    known = {declared.normal(name): name for name in sorted(names)}
    if declared.owners.keys().isdisjoint(known) and not declared.sensitive:
        return
    there = set(names)
    pointed = _pointed_at(merged, environ)
    for identity, spellings in declared.names.items():
        for name in spellings:
            ways = (name, name.lower(), known.get(declared.normal(name), name))
            found = [written for written in dict.fromkeys(ways) if written in there]
            if found:
                file = MountedFile(identity, name, directory, found[0], found[1:])
                if not _is_same(file.path, pointed.get(identity)):
                    yield file


def _pointed_at(merged: Merged, environ: Mapping[str, str]) -> dict[str, str]:
    """Variable → the file that NAME_FILE names: it may be one of these, and is reported under NAME_FILE."""
    declared = merged.declared
    found = {}
    for name, path in environ.items():
        if name[-5:].upper() == "_FILE" and (base := declared.pointed_at(name)) is not None:
            found[declared.identity(base)] = path
    return found


def _is_same(path: str, other: str | None) -> bool:
    try:
        return other is not None and os.path.samefile(at(path), at(other))
    except (OSError, ValueError):
        return False


def given_by(merged: Merged, environ: Mapping[str, str]) -> set[str]:
    """The variables that the environment gives: a lower file need not be readable then."""
    declared = merged.declared
    return {declared.identity(name) for name, value in environ.items() if not declared.ignores(value)}


def _read(
    files: Sequence[MountedFile], directory: str, level: int, given: set[str]
) -> tuple[list[Entry], list[Problem]]:
    layer, problems = [], []
    for file in files:
        try:
            text = text_in(file.path, directory)
        except Unreadable as error:
            if file.identity not in given:
                problems.append(_unreadable(file, error))
        else:
            layer.append(Entry(file.name, text, Source(SECRET_FILE, file.name, file.path), level))
    return layer, problems


def text_in(path: str, directory: str) -> str:
    if leads_out(path, directory):
        what = f"is a link that points outside of {directory}"
        raise Unreadable(what, "mount the secret itself, or name the file with NAME_FILE", of_file=True)
    if os.path.islink(at(path)) and not os.path.exists(at(path)):
        raise Unreadable("is a link whose target does not exist", "mount its target, or remove it", of_file=True)
    return text_of(path)


def _unreadable(file: MountedFile, error: Unreadable) -> Problem:
    told = str(error) if error.of_file else f"can't be read: {error}"
    message, place = f"{file.path} {told}", f"secret file {file.path}"
    return Problem(
        "source-unreadable", message, variable=file.identity, source=place, hint=error.hint, source_said=True
    )


def _twice(file: MountedFile) -> Problem:
    return Problem(
        "name-twice",
        f"{file.path} and {' and '.join(file.others)} beside it are the same variable",
        variable=file.identity,
        source=f"secret file {file.path}",
        hint=f"keep one of them; {file.written} is read",
        severity=WARNING,
    )
