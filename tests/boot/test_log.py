"""Records in boot's log, as a person reads them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest

from confcontract.boot.log import Log
from confcontract.report.problem import Problem


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"event": "restarting", "variables": ["A", "B"], "reason": "changed"}, "restarting variables=A,B reason=changed"),
        ({"event": "files-replaced", "signals": []}, 'files-replaced signals=""'),
        ({"event": "files-replaced", "signals": [1, 10]}, "files-replaced signals=1,10"),
        ({"event": "x", "seconds": 1.5, "gone": None, "known": True}, "x seconds=1.5 known=true"),
        ({"event": "x", "words": 'a "b"\n'}, 'x words="a \\"b\\"\\n"'),
    ],
)  # fmt: skip
def test_a_record_is_one_line_of_names_and_values(given: dict[str, object], line: str) -> None:
    stream = io.StringIO()
    Log(stream, "text").record(given)
    assert stream.getvalue() == f"confcontract: {line}\n"


SHOP = ("shop", "1.4.0")
COMMON = {
    "@timestamp": "2026-12-01T00:00:00.250Z",
    "ecs.version": "8.11.0",
    "service.name": "shop",
    "service.version": "1.4.0",
    "confcontract": "boot",
}


def in_json(say: Callable[[Log], None]) -> dict[str, object]:
    stream = io.StringIO()
    say(Log(stream, "json", SHOP, clock=lambda: 1796083200.25))
    found: dict[str, object] = json.loads(stream.getvalue())
    return found


def test_a_record_in_json_has_what_ecs_wants_of_a_line() -> None:
    given: dict[str, object] = {"event": "restart-failed", "level": "warning", "reason": "no", "again_in_seconds": 1.5}
    assert in_json(lambda log: log.record(given)) == COMMON | {
        "log.level": "warning",
        "message": "restart-failed reason=no again_in_seconds=1.5",
        "event.action": "restart-failed",
        "reason": "no",
        "again_in_seconds": 1.5,
    }


def test_a_problem_in_json_has_its_code_where_ecs_has_codes_and_no_member_that_ecs_means_otherwise() -> None:
    problem = Problem(
        "value-invalid", "is wrong", variable="SHOP_PORT", source="environment", hint="h", rule="int_type"
    )
    assert in_json(lambda log: log.problems([problem])) == COMMON | {
        "log.level": "error",
        "message": "SHOP_PORT: is wrong",
        "event.action": "problem",
        "error.code": "value-invalid",
        "code": "value-invalid",
        "severity": "error",
        "variable": "SHOP_PORT",
        "labels.source": "environment",
        "hint": "h",
        "labels.rule": "int_type",
    }
