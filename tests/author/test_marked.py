"""Markers and names that say something which can't be: refused, or put right where it is plain what is meant."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Deprecated, Separated, bake, declare
from confcontract.author.baked_files import defaults_file
from confcontract.report.errors import BakeRefused, UsageError


class Lists(BaseSettings):
    plain: Annotated[list[int], Separated()] = []
    unique: Annotated[set[str] | None, Separated(";")] = None
    fixed: Annotated[tuple[int, ...], Separated()] = ()
    either: Annotated[list[int] | str, Separated()] = []


@pytest.mark.parametrize("kind", [int, str, bool, dict[str, int], int | None])
def test_separated_is_for_lists_only(kind: Any) -> None:
    class Settings(BaseSettings):
        port: Annotated[kind, Separated()]

    with pytest.raises(BakeRefused) as refused:
        bake(Settings, name="shop", version="1")
    (problem,) = refused.value.problems
    assert "Settings.port: is marked Separated" in problem.message
    assert problem.hint == "remove Separated, or declare list[...], set[...] or tuple[...]"


def test_separated_takes_whatever_may_be_a_list() -> None:
    found = {variable["name"]: variable["encoding"] for variable in bake(Lists, name="shop", version="1").variables}
    assert found == dict.fromkeys(("PLAIN", "UNIQUE", "FIXED", "EITHER"), "separated")


class Inner(BaseModel):
    fresh: str = ""
    old: Annotated[str, Deprecated("renamed", replaced_by="fresh")] = ""
    other: Annotated[str, Deprecated("moved", replaced_by="place")] = ""


class Renamed(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    place: str = ""
    by_field: Annotated[str, Deprecated("renamed", replaced_by="place")] = ""
    by_path: Annotated[str, Deprecated("moved", replaced_by="inner.fresh")] = ""
    by_name: Annotated[str, Deprecated("moved", replaced_by="SHOP_INNER__FRESH")] = ""
    elsewhere: Annotated[str, Deprecated("moved", replaced_by="OTHER_IMAGE")] = ""
    itself: Annotated[str, Deprecated("renamed", replaced_by="SHOP_NEW")] = Field(
        "", validation_alias=AliasChoices("SHOP_NEW", "SHOP_OLD")
    )
    inner: Inner = Inner()


def test_a_replacement_is_named_as_the_operator_writes_it() -> None:
    variables = bake(Renamed, name="shop", version="1").variables
    found = {variable["name"]: variable["deprecated"] for variable in variables if "deprecated" in variable}
    assert {name: entry["replacedBy"] for name, entry in found.items()} == {
        "SHOP_BY_FIELD": "SHOP_PLACE",
        "SHOP_BY_PATH": "SHOP_INNER__FRESH",
        "SHOP_BY_NAME": "SHOP_INNER__FRESH",
        "SHOP_ELSEWHERE": "OTHER_IMAGE",
        "SHOP_NEW": "SHOP_NEW",
        "SHOP_INNER__OLD": "SHOP_INNER__FRESH",
        "SHOP_INNER__OTHER": "SHOP_PLACE",
    }
    assert found["SHOP_NEW"]["names"] == ["SHOP_OLD"]
    assert found["SHOP_BY_FIELD"]["names"] == ["SHOP_BY_FIELD"]


NAMES = ["", " ", "a b", "-a", "/a", ".", "a\n", "a\x1b[31m", "é", "a" * 129, "a:b", "$(a)"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_image_could_have(name: str) -> None:
    for given in ({"name": name}, {}):
        declared = declare(Lists, name=None if given else name)
        with pytest.raises(UsageError) as refused:
            bake(declared, version="1", **given)
        problem = refused.value.problems[0]
        assert problem.message.startswith("--name: ")
        assert problem.message.isprintable()
        assert len(problem.message) < 100
        assert "at most 128 characters" in (problem.hint or "")


@pytest.mark.parametrize("version", ["", " ", "1\n2", "1\x00", "1" * 129])
def test_a_version_of_one_printable_line(version: str) -> None:
    with pytest.raises(UsageError, match="--version: "):
        bake(Lists, name="shop", version=version)


@pytest.mark.parametrize("name", ["shop", "Shop_2", "team/shop", "shop.web", "9lives", "a" * 128])
def test_a_name_as_images_have_them(name: str) -> None:
    assert bake(Lists, name=name, version="1.4.0+build 7 (ü)").name == name


class Database(BaseModel):
    url: str
    pool: int = 5


class Sections(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    database: Database
    limits: dict[str, int]


def test_of_a_section_only_its_members_are_listed() -> None:
    lines = defaults_file(bake(Sections, name="shop", version="1")).decode().splitlines()
    assert lines[2:] == ["# DATABASE__URL is required", "DATABASE__POOL=5", "# LIMITS is required"]
