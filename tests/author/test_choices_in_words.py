"""Choices that are empty or blank: bake takes them, and the type in words shows them."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

import pytest
from pydantic_settings import BaseSettings

from confcontract import bake, resolve


class Empty(Enum):
    NOTHING = ""


class Blank(Enum):
    BLANK = "  "
    A = "a"


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (Literal[""], '""'),
        (Literal["", "a"], 'one of "", a'),
        (Literal["a", " b", "c d"], 'one of a, " b", c d'),
        (Literal["\n", "é"], r'one of "\n", é'),
        (Empty, '""'),
        (Blank, 'one of "  ", a'),
        (Literal[""] | None, '""'),
        (list[Literal[""]], 'list of ""'),
    ],
)
def test_a_choice_that_would_not_be_seen_is_quoted(annotation: Any, text: str) -> None:
    members = {"__annotations__": {"x": annotation}, "__module__": __name__}
    contract = bake(type("Odd", (BaseSettings,), members), name="x", version="1")
    assert contract.variables[0]["type"]["text"] == text


class Flags(BaseSettings):
    mark: Literal["", "a"]


def test_the_empty_text_is_accepted_where_it_is_a_choice() -> None:
    contract = bake(Flags, name="x", version="1")
    assert resolve(contract, environ={"MARK": ""}).ok
    assert not resolve(contract, environ={"MARK": "b"}).ok
