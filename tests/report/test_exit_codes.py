"""The table of exit codes, and what is written from it."""

from __future__ import annotations

import pytest

import confcontract.__main__ as entry
from confcontract import errors
from confcontract.report import exit_codes
from confcontract.report.codes import CODES
from confcontract.report.exit_codes import EXITS, exit_of, worst
from confcontract.report.problem import INFO, Problem


def test_the_entry_point_knows_its_two_codes_without_the_table() -> None:
    """It has to say them where not even a module of ours can be loaded any more."""
    assert (entry.BUG, entry.LIMIT) == (exit_codes.DEFECT, exit_codes.LIMIT_REACHED)


def test_every_problem_and_every_exception_ends_in_a_code_of_the_table() -> None:
    numbers = [each.number for each in EXITS]
    assert len(set(numbers)) == len(numbers)
    assert {exit_of(code) for code in CODES} == set(numbers)
    raised = [getattr(errors, name) for name in errors.__all__]
    assert {kind.exit_code for kind in raised} == set(numbers)


def test_what_is_named_in_the_table_of_problems_is_one() -> None:
    assert exit_codes._MEANS.keys() <= CODES.keys()


def test_the_first_of_the_table_wins() -> None:
    codes = {exit_of(code): code for code in CODES}
    for at, higher in enumerate(EXITS):
        for lower in EXITS[at:]:
            assert worst([codes[lower.number], codes[higher.number]]) == higher.number
    assert worst([]) == 0


def test_a_problem_does_not_change() -> None:
    problem = Problem("value-missing", "is required", variable="A")
    with pytest.raises(AttributeError, match="does not change"):
        problem.hint = "set it"
    noted = problem.but(severity=INFO, hint="set it")
    assert (noted.severity, noted.hint, noted.variable, noted.message) == (INFO, "set it", "A", "is required")
    assert (problem.severity, problem.hint) == ("error", None)
    with pytest.raises(TypeError):
        problem.but(colour="red")
