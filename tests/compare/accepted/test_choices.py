"""Unions that accept the same texts, and make other values of them; and types that no text is read as."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, Secret, create_model
from pydantic_settings import BaseSettings, NoDecode

from confcontract import Separated
from confcontract.compare.diff import diff
from tests.compare.accepted.sides import compared, found
from tests.compare.making import baked

SMART: Any = int | str
BY_ORDER: Any = Annotated[int | str, Field(union_mode="left_to_right")]
TEXT_FIRST: Any = Annotated[str | int, Field(union_mode="left_to_right")]
WORD: Any = Annotated[str, Field(pattern="^[a-z]+$")]
OTHERWISE = [("ENCODING", "DIFFERENT")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (SMART, BY_ORDER, OTHERWISE),
        (BY_ORDER, SMART, OTHERWISE),
        (BY_ORDER, TEXT_FIRST, OTHERWISE),
        (BY_ORDER, str, OTHERWISE),
        (BY_ORDER | None, SMART | None, OTHERWISE),
        (list[SMART], list[BY_ORDER], OTHERWISE),
        (dict[str, BY_ORDER], dict[str, SMART], OTHERWISE),
        (SMART, TEXT_FIRST, []),
        (SMART, str | int, []),
        (SMART, str, []),
        (SMART, bool | str | None, []),  # whatever a number or a flag is, it is text, too
        (BY_ORDER, Annotated[bool | str, Field(union_mode="left_to_right")], OTHERWISE),
        (int | WORD, bool | WORD, [("TYPE", "DIFFERENT")]),
        (int | float, float, []),  # 5 is 5.0, and one NaN is as good as another
        (BY_ORDER, Annotated[int | str | Literal["a"], Field(union_mode="left_to_right")], []),
    ],
)
def test_another_choice_among_alternatives_is_told_where_a_text_shows_it(
    old: Any, new: Any, expected: list[tuple[str, str]]
) -> None:
    assert found(old, new) == expected


def test_the_choice_is_named_with_a_text_that_means_something_else() -> None:
    (difference,) = compared(SMART, BY_ORDER)
    assert difference.old == "integer or text, whichever fits best"
    assert difference.new == "integer or text, the first of these that fits"
    assert difference.read_otherwise is not None
    assert int(difference.read_otherwise) == 0
    (within,) = compared(list[SMART], list[BY_ORDER])
    assert within.new == "list (inside: integer or text, the first of these that fits)"


def test_another_choice_is_an_error_in_both_directions() -> None:
    contracts = [baked(create_model("Settings", __base__=BaseSettings, size=(each, ...))) for each in (SMART, BY_ORDER)]
    told = diff(contracts[0], contracts[1], "full", verified=True).findings
    assert [(each.rule, each.severity.value) for each in told if each.path] == [("ENCODING_CHANGED", "error")] * 2


def test_null_that_was_as_good_as_not_set_and_becomes_an_item_means_something_else() -> None:
    (difference,) = compared(list[str], Annotated[list[str], Separated(";")], default=[])
    assert difference.read_otherwise == "null"


def test_a_list_that_is_no_longer_decoded_is_a_matter_of_its_encoding_alone() -> None:
    """No text fits it any more; its default was never written as text, and is as good as it was."""
    kinds: list[Any] = [list[int], Annotated[list[int], NoDecode]]
    contracts = [baked(create_model("Settings", __base__=BaseSettings, sizes=(each, [1]))) for each in kinds]
    told = [each for each in diff(contracts[0], contracts[1], "full", verified=True).findings if each.path]
    assert [(each.rule, each.severity.value) for each in told] == [
        ("ENCODING_CHANGED", "error"),
        ("ENCODING_CHANGED", "info"),
    ]
    assert (
        told[0].sentence
        == 'accepts fewer values: list, written as JSON → list, which no text is read as; "[1]" is refused'
    )


@pytest.mark.parametrize("secret", [False, True])
def test_a_choice_of_texts_that_becomes_a_number_is_another_type_and_named_with_its_members(secret: bool) -> None:
    def shop(kind: Any) -> Any:
        return baked(create_model("Shop", __base__=BaseSettings, level=(Secret[kind] if secret else kind, ...)))

    [found] = [each for each in diff(shop(Literal["low", "high"]), shop(int)).findings if each.names]
    assert found.rule == "TYPE_CHANGED"
    assert ("one of low, high → integer" in found.sentence) is not secret
    assert ("low" in str(found)) is not secret
