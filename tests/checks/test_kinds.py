"""The table of kinds: whatever is in it is declared, published, attempted and documented, and nothing else is."""

from __future__ import annotations

import inspect
import json
import re
from importlib import import_module
from string import Formatter
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import confcontract
from confcontract import checks
from confcontract.checks.check import Check
from confcontract.checks.defaults import ASKED_IN, PHASES
from confcontract.checks.file import REQUIREMENTS
from confcontract.checks.kinds import KINDS, class_of
from confcontract.checks.login import Login
from confcontract.contract.schemas import schema_text
from confcontract.docs.check_words import check_of
from tests.support.pages import ROOT

PUBLISHED = json.loads(schema_text("contract-v1.schema.json"))
COMMON = PUBLISHED["$defs"]["check"]
NO_KINDS = {"__init__", "check", "defaults", "kinds", "login"}
# For those kinds that can't be declared without saying anything.
LEAST: dict[str, Any] = {"argv": ["true"], "function": "shop.checks:ready"}

every_kind = pytest.mark.parametrize("kind", KINDS)
every_login = pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(class_of(kind), Login)])


def published(kind: str) -> dict[str, Any]:
    """What the published schema has for a kind beside what it has for all."""
    found: dict[str, Any] = PUBLISHED["$defs"][f"{kind}Check"]
    return found


def bare(kind: str) -> dict[str, Any]:
    """A check of which its author says no more than he must, in the contract."""
    declare: Any = class_of(kind)
    said = {name: value for name, value in LEAST.items() if name in inspect.signature(declare).parameters}
    data: dict[str, Any] = declare(**said).as_data("x", None if class_of(kind).target_is_input else "X")
    return data


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


# --- the table and the files


def test_every_file_of_a_kind_is_in_the_table() -> None:
    files = {path.stem for path in (ROOT / "confcontract/checks").glob("*.py")}
    assert files == {*KINDS, *NO_KINDS}


@every_kind
def test_a_kind_is_declared_in_the_file_of_its_name(kind: str) -> None:
    declared = class_of(kind)
    assert (declared.__module__, declared.kind) == (f"confcontract.checks.{kind}", kind)


def test_every_kind_can_be_imported_from_the_top() -> None:
    names = {name for name, _ in KINDS.values()}
    assert set(checks.__all__) == {*names, "Check"}
    assert names <= set(confcontract.__all__)
    assert all(
        getattr(confcontract, name) is getattr(checks, name) is class_of(kind) for kind, (name, _) in KINDS.items()
    )


# --- the published schema


def test_the_published_schema_has_the_kinds_of_the_table() -> None:
    assert sorted(COMMON["properties"]["kind"]["enum"]) == sorted(KINDS)
    assert sorted(each["$ref"] for each in COMMON["oneOf"]) == sorted(f"#/$defs/{kind}Check" for kind in KINDS)


@every_kind
def test_a_kind_has_the_members_that_the_published_schema_gives_it(kind: str) -> None:
    declared = class_of(kind)
    assert published(kind)["properties"]["kind"] == {"const": kind}
    assert set(published(kind)["properties"]) == {"kind", "target", *declared.members}
    target = [] if declared.target_is_input else ["target"]
    assert sorted(published(kind)["required"]) == sorted({*target, *declared.members} - set(declared.optional))


@every_kind
def test_the_least_that_is_declared_has_what_the_published_schema_requires_and_is_accepted(kind: str) -> None:
    data = bare(kind)
    assert set(data) - set(COMMON["properties"]) == set(published(kind)["required"])
    assert set(COMMON["required"]) <= set(data)
    schema = {"$ref": "#/$defs/check", "$defs": PUBLISHED["$defs"]}
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []


def test_closed_sets_are_those_of_the_published_schema() -> None:
    assert set(published("file")["properties"]["require"]["items"]["enum"]) == set(REQUIREMENTS)
    for member in ("phases", "critical"):
        assert COMMON["properties"][member]["items"]["enum"] == list(PHASES)
    assert COMMON["properties"]["phases"]["description"].endswith(f": {' and '.join(ASKED_IN)}.")
    own = sorted(kind for kind in KINDS if not class_of(kind).shared)
    assert f"for {', '.join(own[:-1])} and {own[-1]} all" in COMMON["properties"]["critical"]["description"]


# --- what boot does


@every_kind
def test_a_kind_is_attempted_by_the_module_that_the_table_names(kind: str) -> None:
    module = import_module(f"confcontract.boot.checks.{KINDS[kind][1]}")
    assert list(inspect.signature(module.target).parameters) == ["check", "place"]
    # what gets the application's secrets leaves nothing to a probe; a login leaves a plain connection
    leaves = not (class_of(kind).target_is_input or issubclass(class_of(kind), Login))
    assert hasattr(module, "restored") is leaves


@every_login
def test_each_driver_of_a_login_has_its_way_to_log_in(kind: str) -> None:
    drivers = import_module(f"confcontract.boot.checks.drivers.{kind}")
    ways = {name for name in vars(drivers) if name.startswith("by_")}
    assert ways == {f"by_{driver.replace('.', '_').lower()}" for driver in class_of(kind).drivers}
    assert set(drivers.DIALECTS.values()) <= set(class_of(kind).drivers)
    assert drivers.SCHEMES


# --- what the docs say


@every_kind
def test_the_words_of_a_kind_stand_for_its_members(kind: str) -> None:
    words = class_of(kind).words
    stand = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    assert stand <= {"target", *class_of(kind).members}
    without_variables: Any = SimpleNamespace(variables=[])
    said = check_of(bare(kind), without_variables, str).words
    assert said != words
    assert all(literal in said for literal, _, _, _ in Formatter().parse(words))


def test_the_reference_of_the_contract_has_every_kind_and_member() -> None:
    table = page("reference/contract.md").partition("\n## `checks`\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ", 1) for line in table.splitlines() if line.startswith("| `")]
    told = {kind: rest for kinds, rest in rows for kind in re.findall(r"`(\w+)`", kinds)}
    assert sorted(told) == sorted(KINDS)
    for kind, rest in told.items():
        assert [member for member in class_of(kind).members if f"`{member}`" not in rest] == [], kind


def test_the_reference_of_the_public_names_has_every_kind() -> None:
    [row] = [line for line in page("reference/python.md").splitlines() if "](../how-to/checks.md): markers" in line]
    assert sorted(re.findall(r"`(\w+)`", row.split(" | ")[0])) == sorted(name for name, _ in KINDS.values())


def test_the_how_to_page_says_which_are_critical_after_the_start_and_which_log_in() -> None:
    text = " ".join(page("how-to/checks.md").split())
    own = {class_of(kind).__name__ for kind in KINDS if not class_of(kind).shared}
    logins = {class_of(kind).__name__ for kind in KINDS if issubclass(class_of(kind), Login)}
    for before, named, after in (
        ("After that, only checks of the container itself are: ", own, "."),
        ("An open port does not mean that the password is right. ", logins, " log in with "),
    ):
        said = text.partition(before)[2].partition(after)[0]
        assert set(re.findall(r"`(\w+)`", said)) == named


def test_what_is_no_kind_has_no_class() -> None:
    with pytest.raises(KeyError):
        class_of("no such kind")
    assert Check.kind not in KINDS
