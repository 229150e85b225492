"""The faults found on the way from an environment to the settings document, as problems of the verdict."""

from __future__ import annotations

from confcontract.report.problem import Problem
from confcontract.verdict.problems.invalid import failure_problem, problems_of, unknown_paths
from confcontract.verdict.problems.unseen import (
    as_notes,
    has_unseen,
    is_of_too_little,
    is_open,
    told_apart,
    what_is_known,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.verdict.resolution import Resolution


def of_decoding(result: Resolution) -> None:
    """Problems for values whose text does not fit their type, and for the application's own files."""
    gathered = result.gathered
    for failure in gathered.failures:
        problem = failure_problem(failure, result.locator, result.merged)
        if is_open(failure, result.contract.compiled):
            [problem] = as_notes([problem], _own_sources(result))
        result.problems.append(problem)
    for path, what in gathered.problems:
        message = f"{path} {what}"
        hint = "check its owner and mode"
        result.problems.append(Problem("source-unreadable", message, source=path, hint=hint, source_said=True))
    result.problems.extend(gathered.broken)
    result.problems.extend(gathered.passed_over)


def of_validation(error: Any, result: Resolution, pending: list[tuple[str, ...]]) -> dict[str, Any] | None:
    """error: pydantic_core's. Returns the document as far as it is known, if only the application can judge.

    pending: the paths whose value is not known.
    """
    gathered = result.gathered
    errors = error.errors(include_url=False, include_input=False)
    if gathered.broken:  # a missing value may be in such a file
        errors = [each for each in errors if not is_of_too_little(each["type"])]
    unknown = [*pending, *unknown_paths(gathered.failures, result.merged)]
    doubtful: list[Any] = []
    if has_unseen(result.contract.compiled):
        errors, doubtful = told_apart(errors, result)
    result.problems.extend(problems_of(errors, result.locator, result.merged, unknown))
    notes = problems_of(doubtful, result.locator, result.merged, unknown)
    result.problems.extend(as_notes(notes, _own_sources(result)))
    return what_is_known(result, doubtful) if doubtful and not errors else None


def _own_sources(result: Resolution) -> list[str]:
    """The sources that only the application can read, in words."""
    return [entry["name"] for entry in result.contract.deferred if entry["kind"] == "source"]
