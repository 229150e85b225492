"""Policy overlays: what the organisation demands beyond what the class does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.booting import CANARY, Site
from tests.support.classes import Needy, Shop

Make = Callable[..., Site]


def overlay(made: Site, name: str, schema: Any) -> str:
    return str(
        made.file(f"policy.d/{name}.schema.json", schema if isinstance(schema, str | bytes) else json.dumps(schema))
    )


NO_DEBUG = {"properties": {"debug": {"const": False}}}


def test_a_violation_names_the_overlay_and_the_variable(site: Make) -> None:
    made = site(Shop)
    path = overlay(made, "production", NO_DEBUG)
    assert made.boot().code == 0
    done = made.boot(environ={"shop_debug": "yes"})
    assert (done.code, done.out) == (78, "")
    (problem,) = done.reason["problems"]
    assert (problem["code"], problem["variable"]) == ("policy-violated", "SHOP_DEBUG")
    assert path.rpartition("/")[2] in done.report


def test_all_overlays_are_asked_and_all_violations_told(site: Make) -> None:
    made = site(Shop)
    overlay(made, "a", NO_DEBUG)
    overlay(
        made, "b", {"properties": {"port": {"minimum": 1024}, "database": {"properties": {"pool": {"maximum": 10}}}}}
    )
    done = made.boot_in_fork(environ={"SHOP_DEBUG": "1", "SHOP_PORT": "80", "SHOP_DATABASE__POOL": "11"})
    assert done.code == 78
    assert done.named() == {"SHOP_DEBUG", "SHOP_PORT", "SHOP_DATABASE__POOL"}
    assert "a.schema.json" in done.report
    assert "b.schema.json" in done.report


def test_a_default_of_the_image_can_break_a_policy(site: Make) -> None:
    made = site(Shop)
    overlay(made, "a", {"properties": {"port": {"const": 9000}}})
    done = made.boot_in_fork()
    assert (done.code, done.named()) == (78, {"SHOP_PORT"})


def test_an_invalid_configuration_is_told_before_any_policy(site: Make) -> None:
    made = site(Needy)
    overlay(made, "a", {"properties": {"level": {"const": 3}}})
    assert {problem["code"] for problem in made.boot_in_fork(environ={"SHOP_LEVEL": "2"}).reason["problems"]} <= {
        "value-missing",
        "secret-missing",
    }


BROKEN = {
    "no JSON": "{",
    "empty": "",
    "no schema": '{"type": "nonsense"}',
    "a list": "[]",
    "not UTF-8": b"\xff\xfe",
    "a missing reference": '{"$ref": "#/$defs/nowhere"}',
    "a pattern that is none": '{"properties": {"host": {"pattern": "("}}}',
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_overlay_stops_boot_and_is_named(site: Make, what: str) -> None:
    made = site(Shop)
    overlay(made, "fine", NO_DEBUG)
    path = overlay(made, "broken", BROKEN[what])
    done = made.boot_in_fork()
    assert (done.code, done.out) == (78, ""), done.err
    assert {problem["code"] for problem in done.reason["problems"]} == {"policy-unreadable"}
    assert path in done.report.replace(" ", "")
    assert "Traceback" not in done.err


def test_a_policy_directory_that_is_no_directory_stops_boot(site: Make) -> None:
    made = site(Shop)
    made.file("policy.d", "")
    done = made.boot()
    assert (done.code, done.reason["problems"][0]["code"]) == (78, "policy-unreadable")
    assert str(made.policy_dir) in done.report.replace(" ", "")


def test_an_overlay_that_may_not_be_read_stops_boot(site: Make) -> None:
    from tests.support.booting import without_privileges

    made = site(Shop)
    overlay(made, "a", NO_DEBUG)
    (made.policy_dir / "a.schema.json").chmod(0)
    assert made.boot(under=without_privileges()).code == 78


def test_files_that_are_no_overlays_are_left_alone(site: Make) -> None:
    made = site(Shop)
    made.file("policy.d/README.md", "# rules")
    made.file("policy.d/old.schema.json.bak", "{")
    assert made.boot().code == 0


def test_a_policy_on_a_secret_never_shows_it(site: Make) -> None:
    made = site(Shop)
    overlay(
        made,
        "a",
        {"properties": {"password": {"minLength": 40}, "database": {"properties": {"url": {"pattern": "^https"}}}}},
    )
    done = made.boot_in_fork(environ={"SHOP_PASSWORD": CANARY, "SHOP_DATABASE__URL": f"postgres://u:{CANARY}@db/x"})
    assert (done.code, done.named()) == (78, {"SHOP_PASSWORD", "SHOP_DATABASE__URL"})
    assert CANARY not in done.err


def test_a_dry_run_asks_the_policies_too(site: Make) -> None:
    made = site(Shop)
    overlay(made, "a", NO_DEBUG)
    assert made.boot("--dry-run", environ={"SHOP_DEBUG": "1"}, command=None).code == 78


@pytest.mark.parametrize(
    "schema",
    [
        {"required": ["nothing"]},
        {"anyOf": [{"properties": {"debug": {"const": True}}}, {"properties": {"port": {"const": 1}}}]},
        {"if": {"properties": {"debug": {"const": False}}}, "then": {"properties": {"port": {"minimum": 9000}}}},
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "not": {"properties": {"host": {"format": "hostname"}}},
        },
        {"additionalProperties": False},
        False,
    ],
)
def test_boot_and_the_reference_validator_give_one_verdict(site: Make, schema: Any) -> None:
    import jsonschema

    made = site(Shop)
    overlay(made, "a", schema)
    expected = jsonschema.Draft202012Validator(schema).is_valid(made.resolve({}).values)
    assert made.boot_in_fork().code == (0 if expected else 78)
