"""Which variable of one contract is which of the other."""

from __future__ import annotations

import gc
import weakref
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, Deprecated, bake
from confcontract.compare.accepted_changes import changes_of
from confcontract.compare.diff import ProjectRules, diff
from confcontract.compare.names_changed import names_changed
from confcontract.compare.pairing import Compared, pair_up
from confcontract.findings.severity import Severity

SHOP = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")


def contract(annotations: dict[str, Any], values: dict[str, Any] | None = None, config: Any = SHOP) -> Contract:
    body = {"__annotations__": annotations, "__module__": __name__, "model_config": config, **(values or {})}
    settings: Any = type("Settings", (BaseSettings,), body)
    return bake(settings, name="shop", version="1")


def names(compared: Compared) -> list[tuple[str, str]]:
    return [(pair.old["name"], pair.new["name"]) for pair in compared.pairs]


def rules(old: Contract, new: Contract, **options: Any) -> list[tuple[str, str]]:
    return [
        (each.rule, each.where) for each in diff(old, new, "forward", **options).findings if each.severity != "info"
    ]


def aliased(*choices: str) -> Any:
    return Field("x", validation_alias=AliasChoices(*choices))


def test_the_field_stays_where_the_variable_gets_another_name() -> None:
    old, new = contract({"host": str}, {"host": aliased("A")}), contract({"host": str}, {"host": aliased("B")})
    assert names(pair_up(old, new)) == [("A", "B")]
    assert rules(old, new) == [("ENV_RENAMED", "A")]


def test_the_name_stays_where_the_field_gets_another_name() -> None:
    old, new = contract({"host": str}, {"host": aliased("A")}), contract({"address": str}, {"address": aliased("A")})
    assert names(pair_up(old, new)) == [("A", "A")]
    assert diff(old, new, "full").findings == () or {f.severity for f in diff(old, new, "full").findings} == {
        Severity.INFO
    }


def test_a_replacement_that_the_contract_names_is_the_same_variable() -> None:
    old = contract({"host": Annotated[str, Deprecated("soon gone", replaced_by="SHOP_ADDRESS")]}, {"host": "x"})
    new = contract({"address": str}, {"address": "x"})
    assert names(pair_up(old, new)) == [("SHOP_HOST", "SHOP_ADDRESS")]
    assert rules(old, new) == [("ENV_RENAMED", "SHOP_HOST")]


def test_the_project_may_say_what_was_renamed() -> None:
    old, new = contract({"host": str}, {"host": "x"}), contract({"peer": str}, {"peer": "x"})
    assert rules(old, new) == [("ENV_REMOVED_OPTIONAL", "SHOP_HOST")]
    said = ProjectRules(renamed={"SHOP_HOST": "SHOP_PEER"})
    assert rules(old, new, project=said) == [("ENV_RENAMED", "SHOP_HOST")]


def test_another_prefix_is_one_finding() -> None:
    fields = {"host": str, "port": int, "level": str}
    values = {"host": "x", "port": 1, "level": "y"}
    old, new = contract(fields, values), contract(fields, values, SettingsConfigDict(env_prefix="STORE_"))
    found = [each for each in diff(old, new, "full").findings if each.severity != "info"]
    assert [(each.rule, each.direction.value) for each in found] == [
        ("PREFIX_CHANGED", "forward"),
        ("PREFIX_CHANGED", "rollback"),
    ]
    assert "the names of 3 variables begin with STORE_, no longer with SHOP_" in found[0].sentence


def test_names_that_differ_in_case_only_are_one_name_unless_both_are_sensitive() -> None:
    upper = contract({"host": str}, {"host": aliased("HOST")})
    lower = contract({"host": str}, {"host": aliased("host")})
    assert all(each.severity is Severity.INFO for each in diff(upper, lower, "full").findings)
    exact = SettingsConfigDict(case_sensitive=True)
    upper = contract({"host": str}, {"host": aliased("HOST")}, exact)
    lower = contract({"host": str}, {"host": aliased("host")}, exact)
    assert rules(upper, lower) == [("ENV_RENAMED", "HOST")]


class Plain(BaseModel):
    url: str
    pool: int = 5
    size: int = 1


class Roomy(BaseModel):
    pool: int = 5
    size: int = 1


@pytest.mark.parametrize(
    "section,default,expected",
    [
        (Plain, ..., [("ENV_ADDED_REQUIRED", "SHOP_DATABASE__URL")]),
        (Plain | None, None, []),
        (Roomy, ..., [("ENV_ADDED_REQUIRED", "SHOP_DATABASE")]),
        (Roomy, Roomy(), []),
    ],
)
def test_a_section_that_comes_is_told_by_what_must_be_set(section: Any, default: Any, expected: list[Any]) -> None:
    old = contract({"host": str}, {"host": "x"})
    values = {"host": "x"} if default is ... else {"host": "x", "database": default}
    new = contract({"host": str, "database": section}, values)
    assert rules(old, new) == expected
    optional = [each for each in diff(old, new, "forward").findings if each.rule == "ENV_ADDED_OPTIONAL"]
    assert len(optional) == (0 if expected else 1)


def test_a_section_that_goes_is_one_finding_where_nothing_of_it_was_required() -> None:
    old = contract({"host": str, "database": Roomy}, {"host": "x", "database": Roomy()})
    new = contract({"host": str}, {"host": "x"})
    assert rules(old, new) == [("ENV_REMOVED_OPTIONAL", "SHOP_DATABASE")]


class Postgres(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PG_")

    host: str = "db"


class Cache(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CACHE_")

    host: str = "cache"


class OtherCache(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CACHE_")

    host: str = "cache"
    port: int


def test_several_classes_in_one_contract_are_compared_class_by_class() -> None:
    old = bake(Postgres, Cache, name="shop", version="1")
    same = bake(Postgres, Cache, name="shop", version="1")
    assert diff(old, same, "full").findings == ()
    less = bake(Postgres, name="shop", version="1")
    assert ("CACHE_HOST") in {each.where for each in diff(old, less, "forward").findings}


def test_another_part_of_the_json_of_a_name_is_read() -> None:
    def at(*alias: Any) -> Contract:
        return contract({"host": int}, {"host": Field(1, validation_alias=alias[0])})

    first, second, whole = at(AliasPath("HOSTS", 0)), at(AliasPath("HOSTS", 1)), at("HOSTS")
    for old, new in ((first, second), (first, whole), (whole, first)):
        assert rules(old, new) == [("ENCODING_CHANGED", "HOSTS")]
    assert diff(first, whole, "forward").findings[0].sentence == (
        "the whole value of HOSTS is read now, no longer the part 0 in the JSON"
    )
    assert rules(first, at(AliasPath("HOSTS", 0))) == []


class Tree(BaseModel):
    size: int = 1
    below: Tree | None = None


class NarrowTree(BaseModel):
    size: Annotated[int, Field(ge=1)] = 1
    below: NarrowTree | None = None


def test_a_section_that_holds_itself_is_told_of_once_and_not_for_each_depth() -> None:
    old, new = contract({"tree": Tree}, {"tree": Tree()}), contract({"tree": NarrowTree}, {"tree": NarrowTree()})
    assert sorted(rules(old, new)) == [("PLAN_CHANGED", "SHOP_TREE__BELOW"), ("RANGE_NARROWED", "SHOP_TREE__SIZE")]


def test_what_was_worked_out_of_two_contracts_goes_when_they_do() -> None:
    compared = pair_up(contract({"host": str}), contract({"host": int, "port": int}))
    assert names_changed(compared) is names_changed(compared)
    assert changes_of(compared) is changes_of(compared)
    gone = weakref.ref(compared)
    del compared
    gc.collect()
    assert gone() is None
