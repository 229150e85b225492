"""Parts of a section that are read only where another source gives its whole: they count as high as their source does.

Of `x_sec` and AliasPath("other", "sec"), pydantic-settings reads x_sec__a alone as a part of `other`, where nobody looks.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tests.support.booting import Site
from tests.verdict.sources.put_together import Resolved

CONFIG = SettingsConfigDict(env_prefix="X_", env_nested_delimiter="__")
WHOLE = '{"a": 5, "b": 6}'


class Section(BaseModel):
    a: int = 1
    b: int = 2


class PathLast(BaseSettings):
    model_config = CONFIG

    sec: Section = Field(Section(), validation_alias=AliasChoices("x_sec", "y_sec", AliasPath("other", "sec")))


class PathFirst(BaseSettings):
    model_config = CONFIG

    sec: Section = Field(Section(), validation_alias=AliasChoices(AliasPath("other", "sec"), "x_sec"))


class OfMapping(BaseSettings):
    model_config = CONFIG

    sec: dict[str, int] = Field({}, validation_alias=AliasChoices("x_sec", AliasPath("other", "sec")))


@pytest.mark.parametrize(
    ("made", "part", "whole"),
    [
        (PathLast, "x_sec__a", "x_sec"),
        (PathLast, "x_sec__a", "y_sec"),
        (PathLast, "y_sec__a", "x_sec"),
        (PathLast, "other__sec__a", "other"),
        (PathLast, "other__sec__a", "x_sec"),
        (PathFirst, "x_sec__a", "x_sec"),
        (PathFirst, "x_sec__a", "other"),
        (PathFirst, "other__sec__a", "other"),
        (OfMapping, "x_sec__a", "x_sec"),
        (OfMapping, "other__sec__a", "x_sec"),
    ],
)
def test_a_part_in_the_environment_outranks_the_whole_in_a_secret_file(
    site: Callable[..., Site], made: type[BaseSettings], part: str, whole: str
) -> None:
    text = WHOLE if whole != "other" else f'{{"sec": {WHOLE}}}'
    found = Resolved(site(made), {part: "9"}, files={f"{whole}_FILE": text})
    assert found.codes == []
    assert found.result.values == {"sec": {"a": 9, "b": 6}}
    assert found.read == found.result.values


@pytest.mark.parametrize("made", [PathLast, PathFirst])
def test_the_application_reads_a_part_of_which_the_whole_is_outranked_altogether(
    site: Callable[..., Site], made: type[BaseSettings]
) -> None:
    found = Resolved(site(made), {"x_sec__a": "9"}, files={"x_sec_FILE": '{"a": 5}'})
    assert found.codes == []
    assert found.result.values == {"sec": {"a": 9, "b": 2}}
    assert found.read == found.result.values


@pytest.mark.parametrize("made", [PathLast, PathFirst])
def test_a_part_in_an_env_file_is_read_beside_the_whole_in_the_environment(
    site: Callable[..., Site], made: type[BaseSettings]
) -> None:
    found = Resolved(site(made), {"x_sec": '{"a": 9}'}, "x_sec__a=7\nx_sec__b=8\n")
    assert found.codes == []
    assert found.result.values == {"sec": {"a": 9, "b": 8}}
    assert found.read == found.result.values


def test_parts_under_names_of_both_kinds_outrank_the_whole(site: Callable[..., Site]) -> None:
    environ = {"other__sec__a": "9", "x_sec__b": "8"}
    found = Resolved(site(PathLast), environ, files={"x_sec_FILE": WHOLE})
    assert found.codes == []
    assert found.result.values == {"sec": {"a": 9, "b": 8}}
    assert found.read == found.result.values


def test_each_value_is_said_to_be_of_the_source_that_gave_it(site: Callable[..., Site]) -> None:
    found = Resolved(site(PathLast), {"x_sec__a": "9"}, files={"x_sec_FILE": WHOLE})
    assert str(found.result.sources["OTHER__SEC__A"]) == "environment"
    assert str(found.result.sources["OTHER__SEC__B"]).startswith("secret file")


def test_parts_that_no_source_gives_the_whole_of_are_refused_as_the_application_refuses_them(
    site: Callable[..., Site],
) -> None:
    found = Resolved(site(PathLast), {"x_sec__a": "9"}, "x_sec__b=7\n")
    assert [code for code, _ in found.codes] == ["name-unknown"]
