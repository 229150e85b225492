"""The grammar that readers check a contract by says no to whatever the published schema says no to, and no more."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confcontract.contract import artifact_file
from confcontract.contract.coercions import NAMED
from confcontract.contract.damage import damage_of
from confcontract.contract.grammar import core, hydrated
from confcontract.contract.schemas import schema_text
from tests.support.published import published

from .test_damage import REPLACEMENTS, damaged, places

PUBLISHED = json.loads(schema_text("contract-v1.schema.json"))
# What the grammar leaves to the published schema: rules about two members, and the JSON Schema of the document
LEFT = ("allOf", "dependentSchemas", "uniqueItems", "minProperties")


def test_a_contract_as_bake_writes_it_is_of_the_grammar(declared: bytes, baked: bytes) -> None:
    assert damage_of(json.loads(declared)) is None
    assert damage_of(json.loads(baked)) is None


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(choice=st.data())
def test_it_refuses_what_the_published_schema_refuses(declared: bytes, choice: st.DataObject) -> None:
    data = json.loads(declared)
    path = choice.draw(st.sampled_from(places({key: data[key] for key in data if key != "schema"})))
    delete = choice.draw(st.booleans())
    replacement = None if delete else choice.draw(st.sampled_from(REPLACEMENTS))
    changed = damaged(data, path, replacement, delete=delete)
    errors = list(published("contract-v1.schema.json").iter_errors(changed))
    told = [error for error in errors if list(error.absolute_path) == ["provenance"] and error.validator == "required"]
    if any(not set(LEFT) & set(map(str, error.absolute_schema_path)) for error in errors if error not in told):
        assert damage_of(changed) is not None, (path, replacement, errors[0].message[:200])


@pytest.mark.parametrize("extra", ["x", "serialization", "default_factory"])
def test_a_member_more_is_refused_wherever_the_format_is_closed(declared: bytes, extra: str) -> None:
    data = json.loads(declared)
    for member in ("provenance", "compiled"):
        changed = copy.deepcopy(data)
        changed[member][extra] = "x"
        assert damage_of(changed) == member or (damage_of(changed) or "").startswith(member)


def test_the_quick_look_knows_the_types_that_the_grammar_knows() -> None:
    kinds = {*core.core()["choices"], "typed-dict-field", "named-tuple-field", "no-info"}
    assert {kind.encode() for kind in kinds} == artifact_file._TYPES


def test_the_grammar_knows_every_coercion_and_every_member_of_the_document() -> None:
    assert set(hydrated._COERCIONS) == set(NAMED)
    assert {*artifact_file._MEMBERS, *artifact_file._OPTIONAL} == set(PUBLISHED["properties"])
    assert set(hydrated._DATA) | set(hydrated._IN_PLACE) == set(
        PUBLISHED["$defs"]["hydration"]["prefixItems"][1]["enum"]
    )


def test_a_place_is_told_as_members_and_indexes(declared: bytes) -> None:
    data: Any = json.loads(declared)
    data["checks"][1]["status"] = "200"
    assert damage_of(data) == "checks/1/status"
