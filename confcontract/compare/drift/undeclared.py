"""Find code that reads variables that the contract does not declare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from confcontract.compare.drift.declared_names import DeclaredNames
from confcontract.compare.drift.environ_reads import EnvironRead, NotParsed, environ_reads
from confcontract.compare.drift.ignore_list import IgnoreList
from confcontract.compare.drift.source_tree import LARGEST, python_files
from confcontract.contract.artifact import Contract
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.problem import INFO, Problem

NOT_EVALUATED = "drift-not-evaluated"
_DECLARE = "declare it in the settings class, or ignore it with a reason: [tool.confcontract.drift.ignore]"
_EXCLUDE = "correct it, or leave it out: exclude in [tool.confcontract.drift] of pyproject.toml"


def undeclared(contract: Contract, roots: Sequence[str], ignored: IgnoreList) -> list[Problem]:
    """A problem for each file and name, a note for each undecidable place, and the files that can't be read."""
    problems: list[Problem] = []
    names = DeclaredNames(contract)
    seen: set[str] = set()

    def unreadable(path: str, why: str) -> None:
        hint = "check the path, its owner and its mode"
        if path in roots and ":" in path:
            hint = f"to compare a settings class, write --code {path}"
        problems.append(not_evaluated(f"{path} can't be read: {why}", hint, path))

    for root in roots:
        count = 0
        for path in python_files(root, ignored.excludes, unreadable):
            count += 1
            if path not in seen:
                seen.add(path)
                problems += _of_file(path, names, ignored)
        if not count and not problems:
            message = f"there is no Python file in {root}"
            problems.append(not_evaluated(message, "name the folder that has the application's source", root))
    return problems + ignored.unused()


def not_evaluated(message: str, hint: str, path: str | None = None) -> Problem:
    return Problem(NOT_EVALUATED, message, source=path, hint=hint, source_said=True)


def _of_file(path: str, names: DeclaredNames, ignored: IgnoreList) -> Iterator[Problem]:
    try:
        reads = environ_reads(read_source(path, limit=LARGEST))
    except Unreadable as error:
        yield not_evaluated(f"{path} {error}" if error.of_file else f"{path}: {error}", _EXCLUDE, path)
        return
    except NotParsed as error:
        import platform

        message = f"{path} is not Python {platform.python_version()} that can be parsed: {error}"
        yield not_evaluated(message, _EXCLUDE, path)
        return
    yield from sorted(_of_reads(path, reads, names, ignored), key=lambda each: each.place or ("", 0))


def _of_reads(path: str, reads: Sequence[EnvironRead], names: DeclaredNames, ignored: IgnoreList) -> Iterator[Problem]:
    by_name: dict[str, list[EnvironRead]] = {}
    for read in reads:
        if read.name is None:
            yield _undecided(path, read)
        elif read.name not in names and not ignored.ignores(read.name):
            by_name.setdefault(read.name, []).append(read)
    for name, found in by_name.items():
        near = names.closest(name)
        hint = f"did you mean {near}?" if near else _DECLARE
        lines = [*dict.fromkeys(str(read.line) for read in found)]
        also = f", also in line{'s' * (len(lines) > 2)} {', '.join(lines[1:])}" if len(lines) > 1 else ""
        yield Problem(
            "drift-undeclared",
            f"is read by the code and not declared by the contract{also}",
            variable=name,
            source=f"{path}:{lines[0]}",
            hint=hint,
            place=(path, int(lines[0])),
        )


def _undecided(path: str, read: EnvironRead) -> Problem:
    return Problem(
        "drift-undecided",
        f"reads the environment {read.expression}",
        source=f"{path}:{read.line}",
        severity=INFO,
        place=(path, read.line),
    )
