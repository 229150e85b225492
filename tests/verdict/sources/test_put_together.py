"""Sections that are put together from several sources: what they hold, and what is said of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings

from tests.support.booting import Site
from tests.verdict.sources.put_together import Resolved
from tests.verdict.sources.test_parts_of_parts import CONFIG
from tests.verdict.sources.test_put_together_names import Pooled


class Pool(BaseModel):
    sizes: list[int] = []


class Inner(BaseModel):
    name: str = "default"
    url: str = "default"
    pool: Pool = Pool()
    options: dict[str, str] = {}


class Settings(BaseSettings):
    """`limit` is called like a member of the section."""

    model_config = CONFIG

    section: Inner = Inner()
    free: dict[str, Any] = {}
    limit: int = Field(5, validation_alias="S_SECTION__LIMIT")


def test_a_part_that_can_not_be_decoded_is_told_as_such(site: Callable[..., Site]) -> None:
    found = Resolved(site(Settings), {"S_SECTION__POOL__SIZES": "5,6"}, "S_SECTION__URL=low\n")
    assert ("value-undecodable", "S_SECTION__POOL__SIZES") in found.codes
    assert ("source-conflict", None) not in found.codes


def test_a_variable_that_is_called_like_a_part_stays(site: Callable[..., Site]) -> None:
    environ = {"S_SECTION__LIMIT": "7", "S_SECTION__OPTIONS__Z": "hi"}
    found = Resolved(site(Settings), environ, files={"S_SECTION__OPTIONS_FILE": '{"q": "low"}'})
    assert found.read == found.result.values
    assert found.result.values["limit"] == 7
    assert found.result.values["section"]["options"] == {"z": "hi", "q": "low"}


def test_a_value_that_is_no_number_is_put_together_like_any_other(site: Callable[..., Site]) -> None:
    found = Resolved(site(Settings), {"S_FREE": '{"n": NaN}'}, 'S_FREE=\'{"low": "x"}\'\n')
    assert found.result.values["free"]["low"] == "x"
    assert math.isnan(found.result.values["free"]["n"])


@pytest.mark.parametrize("text", ["x\\ud800", "\\u20ac"])
def test_json_that_is_written_anew_can_be_encoded_in_every_locale(site: Callable[..., Site], text: str) -> None:
    section = f'S_SECTION=\'{{"name": "{text}", "url": "low"}}\'\n'.replace("\\u", "\\\\u")
    found = Resolved(site(Settings), {"S_SECTION__URL": "high"}, section)
    assert found.result.environ["S_SECTION"].isascii()
    assert found.result.values["section"]["name"] == text.encode().decode("unicode_escape")


class Single(BaseModel):
    socket: str = "default"
    host: str = "default"


class OfTwoKinds(BaseSettings):
    model_config = CONFIG

    db: Pooled | Single = Pooled()


@pytest.mark.parametrize(
    ("low", "expected"),
    [
        ('{"pool": "low"}', {"socket": "high", "host": "default"}),
        ('{"pool": "low", "host": "low"}', {"socket": "high", "host": "low"}),
        ('{"host": "low"}', {"socket": "high", "host": "low"}),
    ],
)
def test_a_member_of_another_class_of_a_union_does_not_choose_that_class(
    site: Callable[..., Site], low: str, expected: dict[str, str]
) -> None:
    found = Resolved(site(OfTwoKinds), {"S_DB__SOCKET": "high"}, f"S_DB='{low}'\n")
    assert found.result.values["db"] == expected
    assert found.read == found.result.values


class OfFiles(BaseModel):
    kind: Literal["files"]
    path: str = "/srv"


class OfBuckets(BaseModel):
    kind: Literal["buckets"]
    key: str


class WithTag(BaseSettings):
    model_config = CONFIG

    store: OfFiles | OfBuckets = Field(OfFiles(kind="files"), discriminator="kind")


@pytest.mark.parametrize(
    "environ", [{"S_STORE__KIND": "buckets", "S_STORE__PATH": "/x"}, {"S_STORE": '{"kind": "buckets", "path": "/x"}'}]
)
def test_a_tag_chooses_the_class_whatever_members_of_another_are_left_over(
    site: Callable[..., Site], environ: dict[str, str]
) -> None:
    """The key is in a file, as exports have secrets."""
    found = Resolved(site(WithTag), environ, files={"S_STORE__KEY_FILE": "low"})
    assert found.result.values["store"] == {"kind": "buckets", "key": "low"}
    assert found.read == found.result.values


def test_a_member_that_no_source_gives_is_at_its_default(site: Callable[..., Site]) -> None:
    environ = {"S_SECTION__OPTIONS__Z": "hi"}
    found = Resolved(site(Settings), environ, files={"S_SECTION__OPTIONS_FILE": '{"q": "low"}'})
    assert (found.rows["S_SECTION__NAME"].value, found.result.sources["S_SECTION__NAME"].kind) == ("default", "default")
    assert found.rows["S_SECTION__OPTIONS"].value == "***"


def test_a_class_as_a_default_is_baked_whatever_methods_it_has(site: Callable[..., Site]) -> None:
    assert site(OfClasses).contract.variables[0]["name"] == "KIND"


class HasMethods:
    def get_secret_value(self) -> str:
        raise NotImplementedError

    def unicode_string(self) -> str:
        raise NotImplementedError


class OfClasses(BaseSettings):
    kind: type[HasMethods] = HasMethods
