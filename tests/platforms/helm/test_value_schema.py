"""What the schema of a chart's values refuses, boot refuses too; a number that it takes, boot takes."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BeforeValidator, ByteSize, Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Separated, bake, resolve
from confcontract.contract.artifact import Contract
from confcontract.platforms.helm.value_schema import config_schema
from tests.platforms.yaml_cases import NASTY


class Level(str, Enum):  # noqa: UP042
    LOW = "low"
    ON = "on"


class Number(Enum):
    ONE = 1
    TWO = 2


class Settings(BaseSettings):
    """Every kind of which the schema says more than that it is text."""

    model_config = SettingsConfigDict(env_prefix="S_")

    whole: int = Field(1, ge=-5, lt=10_000)
    large: int = 1
    real: float = Field(1.0, gt=-2)
    amount: Decimal = Decimal(1)
    flag: bool = False
    level: Level = Level.LOW
    number: Number = Number.ONE
    choice: Literal["a", "b c"] = "a"
    code: str = Field("ABC", pattern=r"^[A-Z]{3}$")
    digits: str = Field("1", pattern=r"^\d+$")
    name: str = Field("abc", min_length=2, max_length=4)
    tags: Annotated[list[str], Separated(",")] = []
    limits: dict[str, int] = {}
    size: ByteSize = ByteSize(1)
    either: int | str = 1
    own: Annotated[int, BeforeValidator(lambda value: 1 if value == "one" else value)] = 1
    key: SecretStr | None = None


class Stripped(BaseSettings):
    """Texts are changed before they are looked at."""

    model_config = SettingsConfigDict(env_prefix="S_")

    code: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern="^[A-Z]{3}$")] = "ABC"
    level: Annotated[Literal["a"], Field()] = "a"


@cache
def baked(cls: type[BaseSettings]) -> tuple[Contract, dict[str, Draft202012Validator]]:
    contract = bake(cls, name="s", version="1")
    schema = config_schema(contract, by_boot=True)
    Draft202012Validator.check_schema(schema)
    return contract, {name: Draft202012Validator(each) for name, each in schema["properties"].items()}


NEAR = st.one_of(
    NASTY,
    st.integers(-(10**25), 10**25).map(str),
    st.floats().map(str),
    st.decimals().map(str),
    st.text(" +-_.0123456789eEinfaINFA", max_size=8),
    st.sampled_from(
        ["one", "on", "On", "TRUE", "t", "abc", " abc ", "ABC", "ABC\n", "٣", "a", "b c", "1KB", "[1]", "{}"]
    ),
)


@settings(max_examples=300)
@given(st.sampled_from(list(Settings.model_fields)), NEAR)
def test_what_boot_accepts_the_schema_accepts(field: str, text: str) -> None:
    contract, properties = baked(Settings)
    name = f"S_{field.upper()}"
    if field != "key" and resolve(contract, environ={name: text}).ok:
        assert properties[name].is_valid(text)


@settings(max_examples=80)
@given(st.sampled_from(list(Stripped.model_fields)), NEAR)
def test_also_where_texts_are_changed_first(field: str, text: str) -> None:
    contract, properties = baked(Stripped)
    if resolve(contract, environ={f"S_{field.upper()}": text}).ok:
        assert properties[f"S_{field.upper()}"].is_valid(text)


@settings(max_examples=120)
@given(
    st.sampled_from(["whole", "large", "real", "amount", "flag", "size"]),
    st.one_of(st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), st.booleans()),
)
def test_a_number_that_the_schema_takes_boot_takes_as_text(field: str, value: Any) -> None:
    contract, properties = baked(Settings)
    name = f"S_{field.upper()}"
    if properties[name].is_valid(value):
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # as Helm writes it
        got = resolve(contract, environ={name: json.dumps(value)})
        assert got.ok or field == "size"


def test_slips_are_refused() -> None:
    _, properties = baked(Settings)
    for name, value in {
        "S_WHOLE": "many",
        "S_LARGE": 2**53,  # no longer exact in Helm
        "S_REAL": "1,5",
        "S_FLAG": "ja",
        "S_LEVEL": True,  # an `on` without quotes
        "S_CODE": "abc",
        "S_NAME": "abcde",
        "S_TAGS": 1,
        "S_LIMITS": ["a"],
        "S_KEY": "hunter2",
    }.items():
        assert not properties[name].is_valid(value), name
    assert properties["S_KEY"].is_valid("vault:secret/shop#key")
    assert "pattern" not in json.dumps(properties["S_DIGITS"].schema), "\\d is not the same to all"
