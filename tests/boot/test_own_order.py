"""A settings class that puts its own files above the environment: what counts is explained, and blamed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract.verdict.explain import rows
from tests.support.booting import Site
from tests.support.own_order import Given, OwnOrder, Sources


class Db(BaseModel):
    url: str = "default"


class FilesFirst(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", secrets_dir="s", env_nested_delimiter="__", env_ignore_empty=True
    )

    port: int = 0
    name: str = ""
    db: Db = Db()

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return given.arguments, given.secrets_dirs, given.env_files, given.environment


@pytest.fixture
def here(site: Callable[..., Site]) -> Site:
    made = site(FilesFirst)
    made.file(".env", "PORT=2\nDB__URL=from-file\n")
    made.file("s/name", "from-secrets")
    return made


def _shown(result: Any) -> dict[str, tuple[str, str, list[str]]]:
    return {row.name: (row.value, row.source, row.overridden) for row in rows(result)}


def test_explain_shows_what_the_application_reads(here: Site) -> None:
    result = here.agree({"PORT": "1", "NAME": "from-env", "DB__URL": "from-env"})
    assert result.values == {"port": 2, "name": "from-secrets", "db": {"url": "from-file"}}
    shown = _shown(result)
    assert shown["PORT"] == ("2", "the application's env file .env, line 1", ["environment"])
    assert shown["DB__URL"] == ("from-file", "the application's env file .env, line 2", ["environment"])
    assert shown["NAME"] == (
        "***",
        "secret file s/name in the application's secrets_dir",
        ["environment"],
    )


def test_what_no_file_has_comes_from_the_environment(here: Site) -> None:
    here.file(".env", "PORT=\n")
    shown = _shown(here.agree({"PORT": "1", "DB__URL": "from-env"}))
    assert shown["PORT"] == ("1", "environment", [])
    assert shown["DB__URL"] == ("from-env", "environment", [])


def test_a_wrong_value_is_shown_and_blamed_where_it_is(here: Site) -> None:
    here.file(".env", "PORT=oops\n")
    done = here.boot(environ={"PORT": "1"})
    assert done.code == 78
    assert "got 'oops'" in done.report
    assert "from: the application's env file .env, line 1 " in done.report


def test_a_secret_file_with_a_wrong_value_is_blamed_without_it(here: Site) -> None:
    here.file("s/port", "canary")
    done = here.boot(environ={"PORT": "1"})
    assert done.code == 78
    assert "canary" not in done.report
    assert "from: s/port in the application's secrets_dir" in done.report


class Named(BaseModel):
    url: str = Field("default", validation_alias=AliasChoices("url", "uri", "link"))


class OwnFile(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__", env_file=".env", extra="ignore")

    db: Named = Field(default_factory=lambda: Named.model_validate({}))


LOW = (("S_DB__URL", "low"), ("S_DB__URI", "low"), ("S_DB", '{"url":"low"}'), ("S_DB", '{"uri":"low"}'))
HIGH = (
    *(("S_DB__URL", "high"), ("S_DB__URI", "high"), ("S_DB__LINK", "high"), ("S_DB", '{"url":"high"}')),
    *(("S_DB", '{"uri":"high"}'), ("s_db", '{"LINK":"high"}')),
)


def test_a_better_name_in_the_class_own_file_is_explained_as_the_application_takes_it(
    site: Callable[..., Site],
) -> None:
    """Within a section the application looks for the names only when its sources are put together."""
    made = site(OwnFile)
    for (low, low_value), (high, high_value) in product(LOW, HIGH):
        made.file(".env", f"{low}='{low_value}'\n")
        result = (
            made.agree({high: high_value})
            if (low, high) == ("S_DB__URL", "S_DB__URI")
            else made.resolve({high: high_value})
        )
        read = made.settings_in(result.environ)["db"]["url"]
        row = next(row for row in rows(result) if row.name == "S_DB__URL")
        assert row.value == read, (low, low_value, high, high_value)
        assert (row.source == "environment") == (read == "high"), (low, low_value, high, high_value)
