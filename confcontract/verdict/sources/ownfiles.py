"""A contract without the files that its settings class names itself, for commands that only inspect it."""

from __future__ import annotations

import os

from confcontract.contract.artifact import Contract
from confcontract.report.problem import INFO, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_MEMBERS = ("dotenv", "secretsDirs", "sources")
_SOURCES = ("dotenv", "secrets")


def without_own_files(contract: Contract) -> tuple[Contract, list[Problem]]:
    """The same contract, but it opens none of these files; with a note about this if it names any."""
    programs = contract.compiled["settings"]
    named = [path for program in programs for path in _named(program)]
    if not named:
        return contract, []
    settings = [_without(program) for program in programs]
    data = {**contract.data, "compiled": {**contract.compiled, "settings": settings}}
    files = ", ".join(dict.fromkeys(named))
    message = f"not read, since --contract may name another application's contract: {files}"
    hint = "add --own-files to read the files that the settings class names, from this folder, as the application would"
    judged = Contract(data)
    judged.backtracks = contract.backtracks
    judged.image = contract.image
    return judged, [Problem("source-foreign", message, hint=hint, severity=INFO)]


def secret_directories(programs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The files that the settings classes name themselves, as they are found."""
    named = [path for program in programs for path in program.get("secretsDirs", ())]
    sources = [source for program in programs for source in program.get("sources", ())]
    named += [path for source in sources if source["kind"] == "secretTree" for path in source["files"]]
    return [*map(os.path.expanduser, named)]


def _named(program: Mapping[str, Any]) -> list[str]:
    more = [path for source in program.get("sources", ()) for path in source["files"] or ["pyproject.toml"]]
    return [*program.get("dotenv", {}).get("files", ()), *program.get("secretsDirs", ()), *more]


def _without(program: Mapping[str, Any]) -> dict[str, Any]:
    kept = {member: value for member, value in program.items() if member not in _MEMBERS}
    order = [source for source in program["order"] if source not in _SOURCES and isinstance(source, str)]
    return {**kept, "order": order}
