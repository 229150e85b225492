"""The one JSON line that a failed boot leaves behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.report.failure_line import failure_line
from confcontract.report.problem import WARNING, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

SHOP = ("shop", "1.4.0")


def test_it_says_what_failed_and_why(problem: Callable[..., Problem]) -> None:
    warning = problem("name-unknown", severity=WARNING)
    line = failure_line(
        [warning, problem(message="should be greater than 0", source="environment")], 78, SHOP, 1796083200.25
    )
    assert json.loads(line) == {
        "confcontract": "boot-failed",
        "exitCode": 78,
        "reason": "the configuration is invalid",
        "name": "shop",
        "version": "1.4.0",
        "@timestamp": "2026-12-01T00:00:00.250Z",
        "log.level": "error",
        "message": "boot failed: the configuration is invalid",
        "ecs.version": "8.11.0",
        "service.name": "shop",
        "service.version": "1.4.0",
        "event.action": "boot-failed",
        "error.code": "value-invalid",
        "process.exit_code": 78,
        "problems": [{"code": "value-invalid", "variable": "SHOP_PORT", "message": "should be greater than 0"}],
        "omitted": 0,
    }


def test_without_a_contract_name_and_version_are_null() -> None:
    document = json.loads(failure_line([], 78, None))
    assert (document["name"], document["version"]) == (None, None)


@pytest.mark.parametrize(
    "code,reason", [(75, "the secret store is unavailable"), (143, "ended by signal 15"), (1, "boot failed")]
)
def test_every_exit_code_has_a_reason(code: int, reason: str) -> None:
    assert json.loads(failure_line([], code, None))["reason"] == reason


texts = st.text(max_size=3000) | st.integers(0, 5000).map("\U0001f600".__mul__)


@given(st.lists(st.tuples(texts, texts), max_size=8), texts, st.integers(1, 60))
def test_it_is_valid_json_on_one_ascii_line_that_fits(pairs: list[tuple[str, str]], name: str, times: int) -> None:
    problems = [Problem("value-invalid", message, variable=variable) for variable, message in pairs] * times
    line = failure_line(problems, 78, (name, name))
    assert len(line.encode("ascii")) + 1 < 4096
    assert line.isprintable()
    document = json.loads(line)
    assert len(document["problems"]) + document["omitted"] == len(problems)


def test_as_many_problems_as_fit_are_named() -> None:
    problems = [Problem("value-missing", "is required", variable=f"SHOP_VARIABLE_{number}") for number in range(500)]
    document = json.loads(failure_line(problems, 78, SHOP))
    assert len(document["problems"]) > 25
    assert document["omitted"] == 500 - len(document["problems"])
