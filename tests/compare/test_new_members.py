"""A section's JSON with a member that only the new version knows: what the old one makes of it decides."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import ConfigDict, Field, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.findings.direction import FORWARD, ROLLBACK
from confcontract.findings.severity import REVIEW
from tests.compare.making import blocking


class _Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")


def _section(extra: Literal["allow", "ignore", "forbid"], **members: type) -> Any:
    fields: dict[str, Any] = dict.fromkeys(("x", *members), (int, 1))
    return create_model("Db", __config__=ConfigDict(extra=extra), **fields)


def _contract(kind: Any) -> Contract:
    return bake(create_model("Shop", __base__=_Shop, db=(kind, ...)), name="shop", version="1")


def test_where_the_old_version_keeps_all_members_a_new_one_is_for_review() -> None:
    old, new = _contract(_section("allow")), _contract(_section("allow", y=int))
    environ = {"SHOP_DB": '{"y": "a"}'}
    assert resolve(old, environ=environ).ok
    assert not resolve(new, environ=environ).ok
    [finding] = blocking(old, new, FORWARD)
    assert (finding.rule, finding.path, finding.severity) == ("ENV_ADDED_OPTIONAL", "db.y", REVIEW)
    assert "keeps all members of this section" in finding.sentence
    assert finding.remedy.startswith("Where it is set already")


@pytest.mark.parametrize("extra", ["ignore", "forbid"])
def test_where_it_reads_no_other_member_a_new_one_is_safe(extra: Any) -> None:
    assert not blocking(_contract(_section(extra)), _contract(_section(extra, y=int)), FORWARD)


def test_a_rollback_is_an_error_where_the_old_version_refuses_the_member() -> None:
    old, new = _contract(_section("forbid")), _contract(_section("forbid", y=int))
    environ = {"SHOP_DB": '{"y": 2}'}
    assert resolve(new, environ=environ).ok
    assert not resolve(old, environ=environ).ok
    assert [each.path for each in blocking(old, new, ROLLBACK)] == ["db.y"]


def test_items_that_refuse_unknown_members_may_get_an_optional_one() -> None:
    old, new = (_contract(list[each]) for each in (_section("forbid"), _section("forbid", y=int)))  # type: ignore[valid-type]
    assert not blocking(old, new, FORWARD)
    assert blocking(old, new, ROLLBACK)


def test_a_member_that_another_name_of_the_old_version_fills_is_not_taken_for_new() -> None:
    called = create_model("Db", __config__=ConfigDict(extra="forbid"), x=(str, Field("a", validation_alias="y")))
    plain = create_model("Db", __config__=ConfigDict(extra="forbid"), x=(str, "a"), y=(int, 1))
    old, new = _contract(list[called]), _contract(list[plain])  # type: ignore[valid-type]
    environ = {"SHOP_DB": '[{"y": "b"}]'}
    assert resolve(old, environ=environ).ok
    assert not resolve(new, environ=environ).ok
    assert blocking(old, new, FORWARD)


def _classes(*, more: bool = False, key: bool = False, tagged: bool = False) -> Any:
    """Two classes that a section may be of, with a third one, or another member that one of them requires."""

    def tag(name: str) -> dict[str, Any]:
        return {"kind": (Literal[name], ...)} if tagged else {}

    pool = create_model("Pool", **tag("pool"), size=(int, 5), url=(str, ""))
    needed: dict[str, Any] = dict.fromkeys(("socket", "key") if key else ("socket",), (str, ...))
    local = create_model("Local", **tag("local"), **needed)
    remote = create_model("Remote", **tag("remote"), url=(str, ...), token=(str, ...))
    every = pool | local | remote if more else pool | local
    return Annotated[every, Field(discriminator="kind")] if tagged else every


def test_a_class_that_is_added_to_a_union_of_classes_is_safe() -> None:
    old, new = (_contract(_classes(more=each)) for each in (False, True))
    assert not blocking(old, new, FORWARD)
    assert blocking(old, new, ROLLBACK)


@pytest.mark.parametrize("tagged", [False, True])
def test_what_one_class_of_a_union_requires_from_now_on_is_reported(tagged: bool) -> None:
    old, new = (_contract(_classes(key=each, tagged=tagged)) for each in (False, True))
    tag = {"SHOP_DB__KIND": "local"} if tagged else {}
    environ = {"SHOP_DB__SOCKET": "/run/db", **tag}
    assert resolve(old, environ=environ).ok
    assert tagged is not resolve(new, environ=environ).ok
    assert {each.path for each in blocking(old, new, FORWARD)} >= {"db" if tagged else "db.key"}


def test_a_member_of_one_class_of_a_union_may_accept_more_texts() -> None:
    def either(kind: Any) -> Any:
        return create_model("Pool", size=(int, ...)) | create_model("Local", socket=(kind, ...))

    old, new = (_contract(either(each)) for each in (Literal["tcp", "unix"], Annotated[str, Field(max_length=9)]))
    assert not blocking(old, new, FORWARD)
    assert blocking(old, new, ROLLBACK)
