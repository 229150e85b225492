"""Everything that is baked is of the published format, and the format says what every member is."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from confcontract import author, bake
from confcontract.author.format_check import PUBLISHED, check_format
from confcontract.contract.schemas import schema_text
from confcontract.report.errors import Bug
from confcontract.verdict import validator
from tests.fidelity.boot import baked as bake_case
from tests.fidelity.drawing import for_each_case
from tests.fidelity.spec import Built
from tests.support.published import published as validator_of
from tests.support.sample import SHOP

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "contract.md"
CLASSES = 150


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_text(PUBLISHED))
    return schema


def test_the_published_schema_is_itself_valid(published: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(published)


def test_a_contract_with_everything_in_it_is_of_the_format() -> None:
    check_format(bake(SHOP).data)


@pytest.mark.slow
def test_whatever_class_is_baked_the_contract_is_of_the_format() -> None:
    checked = 0
    reference = validator_of(PUBLISHED)

    def check(case: Any) -> None:
        nonlocal checked
        spec, _ = case
        source = spec.source()
        with Built(source) as settings:
            made = bake_case(settings)
        if made.contract is None:
            assert not made.crash, f"{made.crash}\n{source}"
            return
        checked += 1
        for error in reference.iter_errors(made.contract.data):
            pytest.fail(f"{error.json_path}: {error.message[:300]}\n\n{source}", pytrace=False)
        check_format(made.contract.data)

    for_each_case(check, CLASSES, 20261122)
    assert checked > CLASSES / 2


def test_a_violation_is_a_defect_of_ours_and_its_place_is_named_but_no_value() -> None:
    data = json.loads(bake(SHOP).to_bytes())
    data["variables"][3]["kind"] = "canary"
    with pytest.raises(Bug) as caught:
        check_format(data)
    assert caught.value.exit_code == 70
    assert "variables/3" in str(caught.value)
    assert "canary" not in str(caught.value)
    problem = caught.value.problems[0]
    assert problem.code == "internal"
    assert problem.hint


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("apiVersion", "confcontract/v2"),
        ("digest", "sha256:"),
        ("surprise", 1),
        ("variables", {}),
        ("roles", []),
        ("provenance", {"hostname": "builder"}),
    ],
)
def test_what_is_not_of_the_format_is_told(data: Any, member: str, value: Any) -> None:
    with pytest.raises(Bug):
        check_format({**data, member: value})


def test_a_secret_with_a_default_is_not_of_the_format(data: Any) -> None:
    secret = next(variable for variable in data["variables"] if variable["secret"])
    for more in ({"default": "x"}, {"defaultText": "x"}):
        changed = [{**variable, **(more if variable is secret else {})} for variable in data["variables"]]
        with pytest.raises(Bug):
            check_format({**data, "variables": changed})


def test_an_absolute_path_is_not_of_the_format(data: Any) -> None:
    data["variables"][0]["declaredAt"] = "/" + "home/builder/shop/settings.py:1"
    with pytest.raises(Bug):
        check_format(data)


def _members(schema: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        if isinstance(inner, dict):
            yield f"{where}.{name}", inner
            yield from _members(inner, f"{where}.{name}")
    for name, inner in schema.get("$defs", {}).items():
        yield from _members(inner, name)


def test_every_member_is_described_in_words(published: dict[str, Any]) -> None:
    definitions = published["$defs"]

    def is_described(member: dict[str, Any]) -> bool:
        if "description" in member or "const" in member:
            return True
        target = member.get("$ref", "").removeprefix("#/$defs/")
        return target in definitions and is_described(definitions[target])

    by_name = {"constraints.minimum", "constraints.maximum"}  # JSON Schema's own words need none
    silent = [
        where
        for where, member in _members(published)
        if not is_described(member)
        and where not in by_name
        and not where.startswith(("constraints.", "coreSchema.", "program.dotenv.", "program.partialDefaults"))
        and where not in {"check.kind", "fileCheck.require", "program.fields"}
    ]
    assert not silent


def test_the_reference_page_names_every_member_of_a_variable_and_of_the_document(published: dict[str, Any]) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    definitions = published["$defs"]
    for owner in (
        published,
        *(definitions[name] for name in ("variable", "type", "provenance", "deferral", "role", "constraints")),
    ):
        missing = [name for name in owner["properties"] if f"`{name}`" not in text]
        assert not missing
    words = [*definitions["type"]["properties"]["kind"]["enum"]]
    words += definitions["deferral"]["properties"]["kind"]["enum"]
    assert not [word for word in words if f"`{word}`" not in text]


def test_every_kind_of_deferral_that_bake_can_write_is_in_the_format(published: dict[str, Any]) -> None:
    known = set(published["$defs"]["deferral"]["properties"]["kind"]["enum"])
    sources = (Path(author.__file__ or "").parent).rglob("*.py")
    calls = [node for path in sources for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    written = {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("defer", "_computed", "computed")
        for argument in call.args[1:2]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    assert len(written) > 5
    assert written <= known


def test_what_boot_can_put_back_is_what_the_format_lists(published: dict[str, Any]) -> None:
    listed = set(published["$defs"]["hydration"]["prefixItems"][1]["enum"])
    assert listed == {*validator._VALUES, "enum", "enumMember", "enumMembers", "pair", "map", "shared"}
