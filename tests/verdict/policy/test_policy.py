"""Policy overlays: what they say about a broken rule, and that a bad overlay is never a pass."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from confcontract.report.problem import Problem
from confcontract.verdict.policy.overlays import check_policies, find_overlays

CANARY = "canary-91bc"
NAMES: dict[tuple[str | int, ...], str] = {
    ("debug",): "SHOP_DEBUG",
    ("port",): "SHOP_PORT",
    ("password",): "SHOP_PASSWORD",
    ("pin",): "SHOP_PIN",
    ("tags",): "SHOP_TAGS",
    ("database", "url"): "SHOP_DATABASE__URL",
    ("limits",): "SHOP_LIMITS",
}
VALUES: dict[str, Any] = {
    "debug": True,
    "port": 80,
    "password": CANARY,
    "pin": 90210,
    "tags": ["a", CANARY],
    "database": {"url": f"postgres://u:{CANARY}@h/db"},
    "limits": {"a": 1},
}


def check(tmp_path: Path, schema: object, values: dict[str, Any] = VALUES) -> list[Problem]:
    path = tmp_path / "shop.schema.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema))
    problems = check_policies(values, [str(path)], NAMES.get, {"SHOP_PASSWORD", "SHOP_PIN"}.__contains__)
    assert CANARY not in str([problem.as_dict() for problem in problems])
    assert "90210" not in str([problem.as_dict() for problem in problems])
    return problems


def test_a_broken_rule_names_variable_rule_explanation_file_and_remedy(tmp_path: Path) -> None:
    schema = {"properties": {"debug": {"const": False, "description": "debug is off in production."}}}
    assert check(tmp_path, schema) == [
        Problem(
            "policy-violated",
            "SHOP_DEBUG must be false, but is true (debug is off in production)",
            variable="SHOP_DEBUG",
            source="shop.schema.json",
            hint="change SHOP_DEBUG, or ask the owner of shop.schema.json",
            rule="const",
        )
    ]


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"properties": {"port": {"minimum": 1024}}}, "SHOP_PORT must be at least 1024, but is 80"),
        ({"properties": {"port": {"enum": [443, 8443]}}}, "SHOP_PORT must be one of 443, 8443, but is 80"),
        ({"properties": {"port": {"type": ["string", "null"]}}}, "SHOP_PORT must be of type string or null, but is 80"),
        ({"properties": {"port": {"multipleOf": 3}}}, "SHOP_PORT must be a multiple of 3, but is 80"),
        ({"properties": {"port": False}}, "SHOP_PORT must not be set, but is 80"),
        ({"properties": {"port": {"not": {"const": 80}}}}, 'SHOP_PORT must not satisfy {"const": 80}, but is 80'),
        ({"properties": {"password": {"minLength": 99}}}, "SHOP_PASSWORD must have at least 99 characters"),
        ({"properties": {"pin": {"maximum": 5}}}, "SHOP_PIN must be at most 5"),
        ({"properties": {"password": {"pattern": "^x"}}}, 'SHOP_PASSWORD must match the pattern "^x"'),
        ({"properties": {"tags": {"maxItems": 1}}}, "SHOP_TAGS must have at most 1 items"),
        ({"properties": {"tags": {"items": {"const": "a"}}}}, 'SHOP_TAGS, at 1, must be "a"'),
        ({"properties": {"tags": {"contains": {"const": "b"}}}}, 'SHOP_TAGS must hold an item that satisfies {"const": "b"}'),
        ({"properties": {"limits": {"additionalProperties": False}}}, "SHOP_LIMITS must have no other members than those that the policy names"),
        ({"properties": {"limits": {"properties": {"b": True}, "additionalProperties": False}}}, "SHOP_LIMITS must have no other members than b"),
        ({"properties": {"database": {"properties": {"url": {"pattern": "^tls"}}}}}, 'SHOP_DATABASE__URL must match the pattern "^tls"'),
        ({"properties": {"database": {"minProperties": 2}}}, "database must have at least 2 entries"),
        ({"required": ["nothing"]}, "nothing must be set"),
        ({"dependentRequired": {"debug": ["port", "log"]}}, "log must be set"),
        ({"if": {"properties": {"debug": {"const": True}}}, "then": {"properties": {"port": {"const": 1}}}}, "SHOP_PORT must be 1, but is 80"),
        ({"$ref": "#/$defs/p", "$defs": {"p": {"title": "P", "properties": {"port": {"const": 1}}}}}, "SHOP_PORT must be 1, but is 80 (P)"),
        (
            {"anyOf": [{"properties": {"debug": {"const": False}}}, {"required": ["x"]}], "$comment": "why"},
            "the settings together must match one of the policy's alternatives: SHOP_DEBUG must be false; or x must be set (why)",
        ),
        ({"oneOf": [True, True]}, "the settings together must match exactly one of the policy's alternatives, not several"),
        (False, "the settings together must not be set"),
    ],
)  # fmt: skip
def test_every_rule_is_told_in_words_without_the_value_of_a_secret(
    tmp_path: Path, schema: object, message: str
) -> None:
    assert [problem.message for problem in check(tmp_path, schema)] == [message]


def test_all_rules_that_are_broken_are_told_each_once(tmp_path: Path) -> None:
    schema = {"required": ["x", "y"], "properties": {"port": {"minimum": 90}, "debug": {"const": False}}}
    told = [problem.variable or problem.message for problem in check(tmp_path, schema)]
    assert sorted(told) == ["SHOP_DEBUG", "SHOP_PORT", "x must be set", "y must be set"]


def test_the_nearest_explanation_is_the_one_that_is_given(tmp_path: Path) -> None:
    schema = {
        "title": "Production",
        "properties": {"port": {"description": "ports", "allOf": [{"minimum": 90, "$comment": "no root"}]}},
        "patternProperties": {"^pin$": {"maximum": 1}},
    }
    notes = {problem.variable: problem.message.rpartition("(")[2] for problem in check(tmp_path, schema)}
    assert notes == {"SHOP_PORT": "no root)", "SHOP_PIN": "Production)"}


def test_settings_that_keep_the_policy_are_no_problem(tmp_path: Path) -> None:
    assert check(tmp_path, {"properties": {"port": {"maximum": 80}}, "required": ["debug"]}) == []
    assert check(tmp_path, True) == []


def test_formats_are_not_asserted(tmp_path: Path) -> None:
    assert check(tmp_path, {"properties": {"password": {"format": "ipv4"}}}) == []
    draft7 = {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"password": {"format": "ipv4"}}}
    assert check(tmp_path, draft7) == []


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ('{"minimum": NaN}', "is not JSON"),
        ("[]", "an object is expected"),
        ({"properties": {"port": {"type": 5}}}, "is not valid JSON Schema, at properties/port/type"),
        ({"properties": {"port": {"multipleOf": 0}}}, "is not valid JSON Schema"),
        ({"properties": {"password": {"pattern": "(?=a"}}}, "is not valid JSON Schema, at properties/password/pattern"),
        ({"properties": {"other": {"pattern": r"\p{L}"}}}, "is not valid JSON Schema"),
        ({"$ref": "#/$defs/none"}, "refers to '#/$defs/none'"),
        ({"$ref": "#"}, "refers to itself endlessly"),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}, "refers to itself endlessly"),
        ({"$ref": "https://example.com/x.json"}, "refers to 'https://example.com/x.json'"),
        ({"properties": {"unset": {"$ref": "other.json"}}}, "refers to 'other.json'"),
        ({"$ref": "file:///etc/hostname"}, "confcontract fetches nothing"),
        ({"$schema": "https://example.com/dialect"}, "dialect that is not supported"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "is not JSON"),
    ],
)
def test_an_overlay_that_can_not_be_applied_is_an_error_and_never_a_pass(
    tmp_path: Path, schema: object, words: str
) -> None:
    [problem] = check(tmp_path, schema)
    assert (problem.code, problem.severity, problem.source) == ("policy-unreadable", "error", "policy shop.schema.json")
    assert words in problem.message
    assert problem.hint


def test_files_that_can_not_be_read_are_errors(tmp_path: Path) -> None:
    (tmp_path / "dir.schema.json").mkdir()
    overlays = [str(tmp_path / "dir.schema.json"), str(tmp_path / "none.schema.json")]
    problems = check_policies(VALUES, overlays, NAMES.get, lambda name: False)
    assert [problem.code for problem in problems] == ["policy-unreadable"] * 2


def test_one_bad_overlay_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.schema.json").write_text("{")
    (tmp_path / "b.schema.json").write_text('{"properties": {"debug": {"const": false}}}')
    problems = check_policies(VALUES, find_overlays(str(tmp_path)), NAMES.get, lambda name: False)
    assert [problem.code for problem in problems] == ["policy-unreadable", "policy-violated"]


def test_a_reference_inside_the_overlay_by_id_works(tmp_path: Path) -> None:
    defs = {"port": {"$id": "https://example.com/port.json", "minimum": 90}}
    schema = {"$id": "https://example.com/", "properties": {"port": {"$ref": "port.json"}}, "$defs": defs}
    assert [problem.rule for problem in check(tmp_path, schema)] == ["minimum"]


def test_a_property_that_is_called_like_a_keyword_is_a_property(tmp_path: Path) -> None:
    schema = {"properties": {"$ref": {"const": "x"}, "pattern": {"const": "("}}, "const": VALUES}
    assert check(tmp_path, schema) == []


@pytest.fixture
def counting_server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"true")

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("word", ["$ref", "$dynamicRef", "$schema"])
def test_nothing_is_ever_fetched(tmp_path: Path, counting_server: tuple[str, list[str]], word: str) -> None:
    address, asked = counting_server
    [problem] = check(tmp_path, {word: f"{address}/x.json"})
    assert problem.code == "policy-unreadable"
    assert asked == []


def test_overlays_are_found_in_order_and_no_directory_means_none(tmp_path: Path) -> None:
    for name in ("b.schema.json", "a.schema.json", "c.json", ".d.schema.json"):
        (tmp_path / name).write_text("{}")
    assert find_overlays(str(tmp_path)) == [str(tmp_path / "a.schema.json"), str(tmp_path / "b.schema.json")]
    assert find_overlays(str(tmp_path / "none")) == []
    with pytest.raises(NotADirectoryError):
        find_overlays(str(tmp_path / "c.json"))
