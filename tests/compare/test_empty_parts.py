"""The empty value counts in one version alone: sections that nothing else sets, and what a variable is instead."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, BaseModel, Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.compare.diff import diff
from confcontract.findings.direction import FORWARD, ROLLBACK, Direction
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING, Severity


class Sizes(BaseModel):
    pool: int = 0
    size: str = ""


class WithUrl(BaseModel):
    url: str
    size: str = ""


class Outer(BaseModel):
    inner: Sizes
    pool: int = 0


class OuterOfOptional(BaseModel):
    inner: Sizes | None = None


class WithAlias(BaseModel):
    size: str = Field("", alias="sz")


class Numbers(BaseModel):
    pool: int = 0


def _section(kind: Any, default: Any = ..., *names: str) -> tuple[tuple[str, Any, Any], ...]:
    alias = AliasChoices(*names) if names else None
    return (("database", kind, Field(default, validation_alias=alias)),)


@cache
def _contract(fields: tuple[tuple[str, Any, Any], ...], *, ignores: bool) -> Contract:
    class Shop(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__", env_ignore_empty=ignores)

    drawn: Any = {name: (kind, default) for name, kind, default in fields}
    return bake(create_model("Settings", __base__=Shop, **drawn), name="shop", version="1")


def _told(old: Contract, new: Contract, direction: Direction, about: str) -> list[tuple[str, Severity]]:
    found = [each for each in diff(old, new, "full", verified=True).of(direction) if about in each.sentence]
    return [(each.rule, each.severity) for each in found if each.rule.startswith(("EMPTY_", "ENCODING_"))]


# Fields; the environment in which it shows; what is told of it where the empty value does not count any more, and where
# it counts from now on; whether the environment is refused then.
_PARTS = [
    (_section(Sizes), "SHOP_DATABASE__SIZE", ERROR, INFO),
    (_section(Sizes | None, None), "SHOP_DATABASE__SIZE", WARNING, WARNING),
    (_section(Sizes, Sizes(pool=3)), "SHOP_DATABASE__SIZE", WARNING, WARNING),
    (_section(WithUrl | None, None), "SHOP_DATABASE__SIZE", INFO, ERROR),
    (_section(Outer), "SHOP_DATABASE__INNER__SIZE", ERROR, INFO),
    (_section(OuterOfOptional), "SHOP_DATABASE__INNER__SIZE", ERROR, INFO),
    (_section(WithAlias), "SHOP_DATABASE__SZ", ERROR, INFO),
    (_section(Sizes, ..., "DB", "OLD_DB"), "DB__SIZE", ERROR, INFO),
    (_section(dict[str, str]), "SHOP_DATABASE__NAME", ERROR, INFO),
    (_section(dict[str, str], {}), "SHOP_DATABASE__NAME", WARNING, WARNING),
    (_section(dict[str, int], {}), "SHOP_DATABASE__NAME", INFO, ERROR),
]


@pytest.mark.parametrize(("fields", "name", "lost", "brought"), _PARTS)
def test_it_is_told_of_what_nothing_but_empty_values_sets(
    fields: Any, name: str, lost: Severity, brought: Severity
) -> None:
    counts, ignores = (_contract(fields, ignores=each) for each in (False, True))
    rule = "EMPTY_REJECTED" if lost is ERROR else "EMPTY_ACCEPTED" if brought is ERROR else "ENCODING_CHANGED"
    mirror = {"EMPTY_REJECTED": "EMPTY_ACCEPTED", "EMPTY_ACCEPTED": "EMPTY_REJECTED"}.get(rule, rule)
    about = f"{name}="
    assert (rule, lost) in _told(counts, ignores, FORWARD, about)
    assert (rule, brought) in _told(counts, ignores, ROLLBACK, about)
    assert (mirror, brought) in _told(ignores, counts, FORWARD, about)
    assert (mirror, lost) in _told(ignores, counts, ROLLBACK, about)

    verdicts = [resolve(each, environ={name: ""}) for each in (counts, ignores)]
    assert [each.ok for each in verdicts] == [brought is not ERROR, lost is not ERROR]
    assert (WARNING not in (lost, brought)) or verdicts[0].values != verdicts[1].values


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (_section(Sizes, Sizes()), []),
        (_section(Numbers), []),
        (_section(WithUrl), []),
    ],
)
def test_nothing_is_said_where_empty_values_alone_make_no_difference(fields: Any, told: list[Any]) -> None:
    counts, ignores = (_contract(fields, ignores=each) for each in (False, True))
    about = "SHOP_DATABASE__"
    assert _told(counts, ignores, FORWARD, about) == _told(ignores, counts, FORWARD, about) == told


@pytest.mark.parametrize(
    ("kind", "default", "told"),
    [
        (str, "a", [("ENCODING_CHANGED", WARNING)]),
        (str | None, None, [("ENCODING_CHANGED", WARNING)]),
        (SecretStr, SecretStr("a"), [("ENCODING_CHANGED", WARNING)]),
        (str, "", []),
        (int, 1, [("EMPTY_ACCEPTED", INFO)]),
        (str, ..., [("EMPTY_REJECTED", ERROR)]),
    ],
)
def test_an_empty_value_that_means_the_default_from_now_on_is_told(
    kind: Any, default: Any, told: list[tuple[str, Severity]]
) -> None:
    fields = (("level", kind, default),)
    counts, ignores = (_contract(fields, ignores=each) for each in (False, True))
    assert _told(counts, ignores, FORWARD, "") == told


SHORT: Any = Annotated[str, Field(max_length=3)]


class Short(BaseModel):
    size: SHORT = ""


@pytest.mark.parametrize(
    ("fields", "environ"),
    [
        (
            (("level", SHORT, Field("", validation_alias=AliasChoices("LEVEL", "OLD_LEVEL"))),),
            {"LEVEL": "", "OLD_LEVEL": "long"},
        ),
        (_section(Short, Short()), {"SHOP_DATABASE__SIZE": "", "SHOP_DATABASE": '{"size": "long"}'}),
    ],
)
def test_an_empty_value_that_hid_another_one_is_for_review(fields: Any, environ: dict[str, str]) -> None:
    counts, ignores = (_contract(fields, ignores=each) for each in (False, True))
    assert [resolve(each, environ=environ).ok for each in (counts, ignores)] == [True, False]
    [found] = [each for each in diff(counts, ignores).findings if each.severity is REVIEW]
    assert found.names[0] in environ
    assert "another name or source counts" in found.sentence


def test_a_text_that_means_null_from_now_on_is_told() -> None:
    def shop(null: str | None) -> Contract:
        class Shop(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", env_parse_none_str=null)
            level: str | None = "a"

        return bake(Shop, name="shop", version="1")

    for direction in (FORWARD, ROLLBACK):
        assert _told(shop(None), shop("null"), direction, "") == [("ENCODING_CHANGED", WARNING)]
