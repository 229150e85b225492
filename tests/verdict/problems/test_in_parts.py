"""What is said of a mapping, a container or a tuple that is given by its parts: which one is wrong, and what would help."""

from __future__ import annotations

import pytest

from confcontract import bake, resolve
from confcontract.contract.artifact import Contract
from confcontract.verdict.sources.origin import as_named
from tests.verdict.problems.in_parts_settings import InParts


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(InParts, name="parts", version="1")


@pytest.mark.parametrize(
    ("environ", "variable", "hint"),
    [
        ({"S_FEW__A": "1"}, "S_FEW", "set another S_FEW__... beside S_FEW__A"),
        ({"s_few__a": "1"}, "S_FEW", "set another s_few__... beside s_few__a"),
        ({"S_MAYBE__A": "1"}, "S_MAYBE", "set another S_MAYBE__... beside S_MAYBE__A"),
        ({"S_DEEP__BOTH__A": "1"}, "S_DEEP__BOTH", "set another S_DEEP__BOTH__... beside S_DEEP__BOTH__A"),
        ({"S_SIZED__A__B": "1"}, "S_SIZED", "set another S_SIZED__A__... beside S_SIZED__A__B"),
        ({"S_MANY__A": "1", "S_MANY__B": "2"}, "S_MANY", "remove one of S_MANY__A and S_MANY__B"),
        ({"S_CODES__AB": "1"}, "S_CODES", "rename S_CODES__AB: what follows S_CODES__ is the key"),
        ({"S_NUMBERS__X": "1"}, "S_NUMBERS", "rename S_NUMBERS__X: what follows S_NUMBERS__ is the key"),
        ({"S_NESTED__A__B": "x"}, "S_NESTED", "set an integer"),
        ({"S_NESTED__A": "x"}, "S_NESTED", 'set a mapping to integer, as JSON: {"name": 1}'),
        (
            {"S_SHARDS__A__SIZE": "2"},
            "S_SHARDS",
            "set it too, by a name that begins with S_SHARDS__A__, beside S_SHARDS__A__SIZE",
        ),
        (
            {"S_SHARDS__A__SIZE": "0", "S_SHARDS__A__URL": "u"},
            "S_SHARDS",
            "correct S_SHARDS__A__SIZE, which is a part of S_SHARDS (mapping to section)",
        ),
        ({"S_PAIR__A": "x", "S_PAIR__B": "1"}, "S_PAIR__A", "set an integer"),
        ({"S_IDS__0": "1"}, "S_IDS", "remove S_IDS__0; set a set of integer, as JSON: [1, 2]"),
        ({"S_ROW__0": "1"}, "S_ROW", "remove S_ROW__0; set a list of 2: integer, integer, as JSON: [1,2]"),
        ({"S_DEEP__PATH": '["x"]'}, "S_DEEP__PATH", "set an integer within JSON: [1]"),
        ({"S_DEEP__DOC": '{"k": "x"}'}, "S_DEEP__DOC__K", 'set an integer within JSON: {"k": 1}'),
        ({"S_DEEP__DOC__K": "x"}, "S_DEEP__DOC__K", "set an integer"),
        ({"TOP__K": "x"}, "TOP__K", "set an integer"),
        ({"TOP": '{"k": "x"}'}, "TOP__K", 'set an integer within JSON: {"k": 1}'),
    ],
)
def test_the_part_is_named_with_what_would_help(
    contract: Contract, environ: dict[str, str], variable: str, hint: str
) -> None:
    (problem,) = resolve(contract, environ=environ).problems
    assert (problem.variable, problem.hint) == (variable, hint)
    assert problem.source == as_named("environment", next(iter(environ)), problem.variable)
    assert ("it has no parts" in problem.message) == hint.startswith("remove S_")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"S_CODES__AB": "1"}, "the key 'ab', in the name S_CODES__AB: string should have at least 3 characters"),
        (
            {"S_SECRET__AB": "s3cr3t"},
            "the key 'ab', in the name S_SECRET__AB: string should have at least 3 characters",
        ),
        ({"S_CODES": '{"ab": 1}'}, "the key 'ab': string should have at least 3 characters; got '{\"ab\": 1}'"),
        ({"S_SECRET": '{"ab": "s3cr3t"}'}, "a key: string should have at least 3 characters"),
    ],
)
def test_a_key_that_is_wrong_is_named_and_not_its_value(
    contract: Contract, environ: dict[str, str], message: str
) -> None:
    (problem,) = resolve(contract, environ=environ).problems
    assert problem.message == message


def test_a_part_that_is_missing_is_told_by_its_own_name(contract: Contract) -> None:
    (problem,) = resolve(contract, environ={"S_PAIR__A": "1"}).problems
    assert (problem.variable, problem.hint) == ("S_PAIR__B", "set S_PAIR__B to an integer")


def test_a_union_that_takes_parts_is_not_said_to_have_none(contract: Contract) -> None:
    problems = resolve(contract, environ={"S_WORD__A": "x"}).problems
    assert {(problem.variable, problem.hint) for problem in problems} == {
        ("S_WORD", "set text or a mapping to integer")
    }
    assert "no parts" not in repr([problem.message for problem in problems])
