"""The settings classes of a contract: the outermost, and those nested in it; each may read files of its own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract

    Program = Mapping[str, Any]


TYPED_FILES = ("toml", "pyproject", "yaml", "json")  # kinds of files that contain numbers, flags and lists as such


def classes_around(contract: Contract, path: Sequence[str]) -> Iterator[tuple[int, Program]]:
    """The settings classes that contain a variable, from the outside to the inside; with each, how many parts of the
    variable's path lead to the class.
    """
    programs = contract.compiled["settings"]

    def within(program: Program, size: int) -> Iterator[tuple[int, Program]]:
        yield size, program
        for entry in program.get("nested", ()):
            inner = size + len(entry["path"])
            if inner < len(path) and list(path[size:inner]) == entry["path"]:
                yield from within(programs[entry["program"]], inner)

    yield from within(programs[0], 0)


def classes_in_both(old: Contract, new: Contract) -> Iterator[tuple[str, Program, Program]]:
    """The settings classes of both contracts, paired by the place of their section; each pair once, at its first place:
    "" for the outermost.
    """
    before, now = old.compiled["settings"], new.compiled["settings"]
    seen = {(0, 0)}
    waiting = [("", 0, 0)]
    for place, one, other in waiting:
        yield place, before[one], now[other]
        nested = {tuple(entry["path"]): entry["program"] for entry in now[other].get("nested", ())}
        for entry in before[one].get("nested", ()):
            inside = entry["program"], nested.get(tuple(entry["path"]), -1)
            if inside[1] >= 0 and inside not in seen:
                seen.add(inside)
                inner = ".".join(entry["path"]).replace("\0", "")
                waiting.append((f"{place}.{inner}" if place else inner, *inside))


def has_own_files(program: Program) -> bool:
    """Whether the settings class reads files that it names itself."""
    return bool("dotenv" in program or program.get("secretsDirs") or program.get("sources"))
