"""Which sources a settings class reads, in which order and encoding."""

from __future__ import annotations

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

from confcontract import Contract, bake, resolve
from confcontract.compare.diff import diff
from confcontract.findings.severity import Severity
from tests.support.own_order import Given, OwnOrder, Sources


def contract(config: SettingsConfigDict, *, environment: bool = True) -> Contract:
    class Settings(OwnOrder, BaseSettings):
        model_config = config

        port: int

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            file = TomlConfigSettingsSource(cls)
            return (*([given.environment] if environment else []), given.env_files, given.secrets_dirs, file)

    return bake(Settings, name="shop", version="1")


def told(old: Contract, new: Contract) -> list[tuple[str, str]]:
    found = diff(old, new, "full").findings
    return [
        (f.direction.value, f.sentence)
        for f in found
        if f.rule == "SOURCE_ORDER_CHANGED" and f.severity is Severity.REVIEW
    ]


def test_an_environment_that_is_no_longer_read_is_for_review() -> None:
    old, new = contract({"toml_file": "a.toml"}), contract({"toml_file": "a.toml"}, environment=False)
    assert resolve(old, environ={"PORT": "1"}).ok
    assert not resolve(new, environ={"PORT": "1"}).ok
    assert told(old, new) == [
        ("forward", "the settings class no longer reads the environment"),
        ("rollback", "the settings class of the old version reads the environment"),
    ]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"env_file": ("a", "b")}, {"env_file": ("b", "a")}),
        ({"toml_file": ("a", "b")}, {"toml_file": ("b", "a")}),
        ({"secrets_dir": ("a", "b")}, {"secrets_dir": ("b", "a")}),
    ],
)
def test_the_files_of_one_source_in_another_order_are_for_review(
    before: SettingsConfigDict, now: SettingsConfigDict
) -> None:
    assert [direction for direction, _ in told(contract(before), contract(now))] == ["forward", "rollback"]
    assert told(contract(before), contract(before)) == []


def test_an_env_file_in_another_encoding_is_an_error() -> None:
    def encoded(encoding: str) -> Contract:
        return contract({"env_file": ".env", "env_file_encoding": encoding})

    [forward, _] = [f for f in diff(encoded("utf-8"), encoded("utf-16"), "full").findings if f.severity == "error"]
    assert (forward.rule, forward.sentence) == (
        "ENCODING_CHANGED",
        "the env file .env is read as utf-16 now, was utf-8",
    )
    assert not [f for f in diff(encoded("utf-8"), encoded("UTF8"), "full").findings if f.severity == "error"]
    assert [
        f.rule for f in diff(encoded("utf-8"), encoded("klingon"), "forward").findings if f.severity == "error"
    ] == ["ENCODING_CHANGED"]
