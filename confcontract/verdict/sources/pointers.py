"""NAME_FILE=/run/secrets/x, in the environment or in a file: the value of NAME is the content of that file."""

from __future__ import annotations

from confcontract.contract.pathwords import shown_path
from confcontract.host.projection import stamp
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.sources.merged import Merged, same_variable
from confcontract.verdict.sources.order import ENVIRONMENT, NAMED, SECRET_FILE, level_of
from confcontract.verdict.sources.origin import Entry, Source
from confcontract.verdict.sources.secretfile import read_secret_file


def follow(merged: Merged, key: str, base: str) -> None:
    """Add the content of the file. The pointer itself is not handed over. key: its identity. base: NAME."""
    declared = merged.declared
    found = merged.entries.pop(key)
    identity = declared.identity(base)
    if len(found) > 1:
        merged.problems.append(same_variable(identity, found, found[-1]))
    pointers = [found[-1]]
    while (below := pointers[-1].below) and merged.spellings.structured(base):  # it may give further values
        pointers.append(below[-1])
    for pointer in reversed(pointers):
        _lay_content(merged, identity, declared.pointed_at(pointer.name) or base, pointer)


def _lay_content(merged: Merged, identity: str, base: str, pointer: Entry) -> None:
    """Add the value of a file at its level: a pointer in an env file has the level of that env file; a pointer in the
    environment is lower than a value in the environment itself."""
    declared = merged.declared
    level = level_of(SECRET_FILE, NAMED) if pointer.kind == ENVIRONMENT else pointer.level
    source = Source(SECRET_FILE, pointer.name, shown_path(pointer.value) or f"that {pointer.name} names")
    present = merged.top(identity)
    outranked = present is not None and present.level > level and not declared.ignores(present.value)
    if present is not None and outranked:
        # ALL, whose JSON feeds several variables by alias paths, may lack a value for ALL__HEAD
        outer = declared.normal(base).startswith(declared.normal(f"{present.name}{declared.delimiter}"))
        if present.level == pointer.level and not outer:
            message = f"both {present.name} and {pointer.name} are set; {present.name} is used"
            where, hint = str(pointer.source), "keep one of them"
            problem = Problem("name-twice", message, variable=identity, source=where, severity=WARNING, hint=hint)
            merged.problems.append(problem)
            return
        if not outer:
            present.source.overrides = [*present.source.overrides, source]
        if not outer and not merged.spellings.structured(base):
            return
    merged.watched[pointer.value] = stamp(pointer.value)
    value, failed = read_secret_file(pointer.value, identity)
    if failed is not None:
        merged.problems.append(failed)
    elif value is not None and outranked:
        merged.laid.setdefault(level, []).append(Entry(base, value, source, level))
    elif value is not None:
        merged.replace(identity, Entry(base, value, source, level))
        source.overrides = [*source.overrides, *pointer.source.overrides]
