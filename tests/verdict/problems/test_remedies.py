"""What is said of a value that is wrong: whose it is, where it came from, and how it is written right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import Field, SecretBytes, SecretStr
from pydantic_settings import BaseSettings

from confcontract import Problem, bake, resolve
from confcontract.contract.artifact import Contract
from confcontract.verdict.sources.origin import as_named
from tests.verdict.problems.remedy_settings import Remedies

GOOD = {"R_STORE__PATH": "/", "R_STORE__PARTS": "[1]"}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Remedies, name="remedies", version="1")


def problems(contract: Contract, environ: dict[str, str]) -> list[Problem]:
    return resolve(contract, environ={**GOOD, **environ}).problems


@pytest.mark.parametrize(
    ("name", "value", "variable", "hint"),
    [
        ("R_IDS", "1,2", "R_IDS", "set a list of integer, as JSON: [1, 2]"),
        ("R_NAMES", "a,b", "R_NAMES", 'set a set of text, as JSON: ["x"]'),
        ("R_PAIR", "1,a", "R_PAIR", 'set a list of 2: integer, text, as JSON: [1,"a"]'),
        ("R_LIMITS", "a=1", "R_LIMITS", 'set a mapping to integer, as JSON: {"name": 1}'),
        ("R_LIMITS__A", "x", "R_LIMITS", "set an integer"),
        ("R_GROUPS__A", "1,2", "R_GROUPS", "set a list of integer, as JSON: [1, 2]"),
        ("R_PORTS", "1,2", "R_PORTS", "set a list of integer, separated by ';'"),
        ("R_DATA", "1,2", "R_DATA", "set JSON text of: list of integer, such as [1, 2]"),
        ("R_STORE__COPIES", "a,b", "R_STORE__COPIES", 'set a list of text, as JSON: ["a", "b"]'),
        ("R_STORE__PARTS", "1,2", "R_STORE__PARTS", "set a list of integer, as JSON: [1, 2]"),
        ("R_SHARES", "x", "R_SHARES", 'set a list of fraction, as JSON: ["...", "..."]'),
        ("R_SPANS", "x", "R_SPANS", 'set a list of 2: integer, 1 to 5, text, as JSON: [1, "a"]'),
        ("R_ROWS", "x", "R_ROWS", "set a list of mapping to integer, as JSON: [{...}, {...}]"),
        ("R_POINT", "x", "R_POINT", 'set a list or mapping of at, name, as JSON: [0,"o"]'),
        ("NAMES", "q", "NAMES", 'set text within JSON: ["a"]'),
        ("NAMES", "[1]", "NAMES", 'set text within JSON: ["a"]'),
        ("DOC", '{"a": [1, "x"]}', "DOC", 'set an integer within JSON: {"a": [1, 1]}'),
    ],
)
def test_one_mistake_is_one_error_with_the_form_that_works(
    contract: Contract, name: str, value: str, variable: str, hint: str
) -> None:
    (problem,) = problems(contract, {name: value})
    assert (problem.variable, problem.source, problem.hint) == (variable, as_named("environment", name, variable), hint)


def test_the_example_for_a_value_of_several_types_is_one_of_the_first(contract: Contract) -> None:
    found = problems(contract, {"R_EITHER": "x"})
    hint = "set a list of integer or a mapping to true or false, as JSON: [1, 2]"
    assert {(each.variable, each.hint) for each in found} == {("R_EITHER", hint)}


def with_types(contract: Contract, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Contract:
    variables = [{**variable, "type": change(variable["type"])} for variable in contract.variables]
    return Contract({**contract.data, "variables": variables})


EXAMPLES = [
    ("R_IDS", "1,2", "[1, 2]", "[...]"),
    ("R_SPANS", "x", '[1, "a"]', "[...]"),
    ("R_LIMITS", "a=1", '{"name": 1}', "{...}"),
    ("R_STORE__COPIES", "a,b", '["a", "b"]', "[...]"),
]


@pytest.mark.parametrize(("name", "value", "example", "generic"), EXAMPLES)
def test_no_example_is_read_out_of_the_words_for_a_type(
    contract: Contract, name: str, value: str, example: str, generic: str
) -> None:
    def in_other_words(of: dict[str, Any]) -> dict[str, Any]:
        return {**of, "text": "list of nothing"}

    (problem,) = problems(with_types(contract, in_other_words), {name: value})
    assert problem.hint == f"set a list of nothing, as JSON: {example}"


@pytest.mark.parametrize(("name", "value", "example", "generic"), EXAMPLES)
def test_a_contract_that_does_not_say_what_a_type_consists_of_has_the_words_and_a_generic_example(
    contract: Contract, name: str, value: str, example: str, generic: str
) -> None:
    def as_before(of: dict[str, Any]) -> dict[str, Any]:
        return {"text": of["text"], "kind": of["kind"]}

    (problem,) = problems(with_types(contract, as_before), {name: value})
    text = next(variable["type"]["text"] for variable in contract.variables if variable["name"] == name)
    assert problem.hint == f"set a {text}, as JSON: {generic}"


def test_the_part_of_a_mapping_of_such_a_contract_is_named_with_what_it_is_a_part_of(contract: Contract) -> None:
    def as_before(of: dict[str, Any]) -> dict[str, Any]:
        return {"text": of["text"], "kind": of["kind"]}

    (problem,) = problems(with_types(contract, as_before), {"R_LIMITS__A": "x"})
    assert problem.hint == "correct R_LIMITS__A, which is a part of R_LIMITS (mapping to integer)"


@pytest.mark.parametrize(
    ("environ", "name", "variable", "hint"),
    [
        ({"R_CACHE__URL__X": "1"}, "R_CACHE__URL__X", "R_CACHE__URL", "remove R_CACHE__URL__X; set a URL (redis, rediss)"),
        ({"R_CACHE__PASSWORD__X": "1"}, "R_CACHE__PASSWORD__X", "R_CACHE__PASSWORD", "remove R_CACHE__PASSWORD__X; set text"),
        ({"R_TOKENS__A__B": "1"}, "R_TOKENS__A__B", "R_TOKENS", 'remove R_TOKENS__A__B; set a mapping to text, as JSON: {"name": "a"}'),
        ({"R_PET__LIVES": "3"}, "R_PET__LIVES", "R_PET", "set R_PET__KIND too: it decides which kind of R_PET is meant"),
    ],
)  # fmt: skip
def test_what_is_set_too_deep_is_named_and_not_called_ignored(
    contract: Contract, environ: dict[str, str], name: str, variable: str, hint: str
) -> None:
    (problem,) = problems(contract, environ)
    assert (problem.variable, problem.source, problem.hint) == (variable, as_named("environment", name, variable), hint)
    assert "default" not in problem.message


def test_the_part_of_a_union_that_is_wrong_is_named(contract: Contract) -> None:
    (problem,) = problems(contract, {"R_PET__KIND": "cat", "R_PET__LIVES": "x"})
    assert (problem.variable, problem.source) == ("R_PET__LIVES", "environment")


def test_an_item_that_is_missing_is_told_with_its_source(contract: Contract) -> None:
    (problem,) = problems(contract, {"R_PAIR": "[1]"})
    assert (problem.message, problem.source) == ("is missing the required member item 2", "environment")


def test_a_part_that_can_not_be_decoded_does_not_hide_what_else_its_section_lacks(contract: Contract) -> None:
    found = resolve(contract, environ={"R_STORE__COPIES": "a,b", "R_STORE__PARTS": "x"}).problems
    assert [(each.variable, each.code) for each in found] == [
        ("R_STORE__COPIES", "value-undecodable"),
        ("R_STORE__PARTS", "value-undecodable"),
        ("R_STORE__PATH", "value-missing"),
    ]


def test_a_secret_below_a_name_is_not_shown(contract: Contract) -> None:
    found = problems(contract, {"R_TOKENS__A__B": "CANARY", "R_CACHE__PASSWORD__X": "CANARY", "R_TOKENS": "CANARY"})
    assert len(found) > 1
    assert "CANARY" not in repr([(each.message, each.hint, each.source) for each in found])


def test_the_length_of_a_secret_is_counted_in_characters() -> None:
    class Short(BaseSettings):
        token: Annotated[SecretStr, Field(min_length=12)]
        pin: Annotated[SecretBytes, Field(max_length=1)]

    found = resolve(bake(Short, name="short", version="1"), environ={"TOKEN": "", "PIN": "12"}).problems
    messages = {each.variable: each.message for each in found if each.code == "value-invalid"}
    assert messages == {"TOKEN": "should have at least 12 characters", "PIN": "should have at most 1 byte"}
