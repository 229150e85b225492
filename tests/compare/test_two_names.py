"""Two names of one variable, read in another order: an error where what counts now may be refused."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, AliasChoices, Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, Separated, bake, resolve
from confcontract.compare.diff import diff
from confcontract.compare.finding import Finding
from confcontract.findings.direction import FORWARD, ROLLBACK, Direction
from confcontract.findings.severity import ERROR, REVIEW, WARNING, Severity


class _Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")


def _contract(kind: Any, *names: str, default: Any = ...) -> Contract:
    field = (kind, Field(default, validation_alias=AliasChoices(*names)))
    return bake(create_model("Shop", __base__=_Shop, port=field), name="shop", version="1")


def _pair(old: Any, new: Any = None, *, default: Any = ...) -> tuple[Contract, Contract]:
    return _contract(old, "A", "B", default=default), _contract(new or old, "B", "A", default=default)


def _found(old: Contract, new: Contract, direction: Direction) -> Finding:
    [found] = [each for each in diff(old, new, "full").of(direction) if each.rule == "ALIAS_PRECEDENCE_CHANGED"]
    return found


def _checked(value: str) -> str:
    return value


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        (int, ERROR),
        (Literal["a", "b"], ERROR),
        (Annotated[str, Field(min_length=1)], ERROR),
        (Annotated[str, Field(max_length=100)], ERROR),
        (Annotated[str, Field(pattern="^[a-z]+$")], ERROR),
        (list[int], ERROR),
        (Annotated[list[int], Separated(",")], ERROR),
        (dict[str, str], ERROR),
        (SecretStr, WARNING),
        (str, WARNING),
        (str | None, WARNING),
        (int | str, WARNING),
        (Any, WARNING),
        (Annotated[str, AfterValidator(_checked)], REVIEW),
    ],
)
@pytest.mark.parametrize("default", [..., None])
def test_it_is_an_error_unless_every_text_is_accepted(kind: Any, severity: Severity, default: Any) -> None:
    old, new = _pair(kind, default=default)
    assert [_found(old, new, direction).severity for direction in (FORWARD, ROLLBACK)] == [severity, severity]


@pytest.mark.parametrize("kind", [int, Annotated[str, Field(max_length=3)], list[int], bool])
def test_the_texts_in_the_sentence_are_taken_by_one_version_and_refused_by_the_other(kind: Any) -> None:
    old, new = _pair(kind)
    for direction, ours, theirs in ((FORWARD, old, new), (ROLLBACK, new, old)):
        pairs = re.findall(r'([AB])="([^"\\]*)"', _found(old, new, direction).sentence)
        assert [name for name, _ in pairs] == (["A", "B"] if direction is FORWARD else ["B", "A"])
        assert resolve(ours, environ=dict(pairs)).ok
        assert not resolve(theirs, environ=dict(pairs)).ok


def test_only_the_version_that_refuses_something_makes_it_an_error() -> None:
    old, new = _pair(int, str)
    assert (_found(old, new, FORWARD).severity, _found(old, new, ROLLBACK).severity) == (WARNING, ERROR)


def test_the_texts_of_a_secret_are_not_shown() -> None:
    old, new = _pair(Annotated[SecretStr, Field(min_length=3)])
    assert _found(old, new, FORWARD).sentence.endswith("; what is set as B may be refused")


def test_names_behind_the_first_may_change_places_too() -> None:
    old, new = _contract(int, "A", "B", "C"), _contract(int, "A", "C", "B")
    assert '; with B="0" and C="a", the latter is used and is refused' in _found(old, new, FORWARD).sentence


_Level = Literal["low", "high"]


class _Exact(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", case_sensitive=True)


class _AnyCase(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")


def test_names_that_differ_by_their_case_only_are_one_name_for_the_other_version() -> None:
    names = Field(..., validation_alias=AliasChoices("SHOP_LEVEL", "SHOP_level"))
    exact, any_case = (
        bake(create_model("Shop", __base__=base, port=(_Level, names)), name="shop", version="1")
        for base in (_Exact, _AnyCase)
    )
    found = _found(exact, any_case, FORWARD)
    assert found.severity is ERROR
    assert "are one name now" in found.sentence
    pairs = dict(re.findall(r'(SHOP_\w+)="(\w*)"', found.sentence))
    assert resolve(exact, environ=pairs).ok
    assert not resolve(any_case, environ=pairs).ok
    assert _found(any_case, exact, ROLLBACK).severity is ERROR


def test_two_variables_whose_names_differ_by_their_case_only_are_to_review() -> None:
    exact, any_case = (
        bake(create_model("Shop", __base__=base, port=(int, 1), Port=(str, "")), name="shop", version="1")
        for base in (_Exact, _AnyCase)
    )
    for old, new, direction in ((exact, any_case, FORWARD), (any_case, exact, ROLLBACK)):
        [found] = [each for each in diff(old, new, "full").of(direction) if each.rule.startswith("CASE_")]
        assert found.severity is REVIEW
        assert "SHOP_Port and SHOP_port" in found.sentence
