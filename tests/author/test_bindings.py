"""The marker Binding in a contract, and where it can't be followed."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import AliasPath, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Binding, bake
from confcontract.report.errors import BakeRefused


class Database(BaseModel):
    host: str = "localhost"
    password: str = ""
    tags: list[str] = []


class Nested(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    url: Annotated[str, Binding("postgresql", provider="acme", name="db", keys={"database": "dbname"})] = "x"
    database: Annotated[Database | None, Binding("postgresql", keys={"password": "pw"})] = None
    key: Annotated[str, Binding("api", key="token")] = "x"


def test_the_contract_says_which_entries_give_which_variables() -> None:
    found = {each["name"]: each["binding"] for each in bake(Nested).variables if "binding" in each}
    parts = {part: part for part in ("uri", "host", "port", "username", "password")}
    assert found == {
        "SHOP_URL": {"type": "postgresql", "provider": "acme", "name": "db", "url": {**parts, "database": "dbname"}},
        "SHOP_DATABASE": {
            "type": "postgresql",
            "variables": {"SHOP_DATABASE__HOST": "host", "SHOP_DATABASE__PASSWORD": "pw"},
        },
        "SHOP_KEY": {"type": "api", "entry": "token"},
    }


class FlatSection(BaseSettings):
    database: Annotated[Database, Binding("postgresql")] = Database()


class AList(BaseSettings):
    hosts: Annotated[list[str], Binding("postgresql")] = []


class UnknownPart(BaseSettings):
    url: Annotated[str, Binding("postgresql", keys={"dbname": "database"})] = ""


class UnknownMember(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    database: Annotated[Database, Binding("postgresql", keys={"user": "username"})] = Database()


class KeyOfSection(BaseSettings):
    database: Annotated[Database, Binding("postgresql", key="uri")] = Database()


class WithinJson(BaseSettings):
    head: Annotated[str, Binding("api", key="token")] = Field("", validation_alias=AliasPath("ALL", "head"))


@pytest.mark.parametrize(
    "settings, told, remedy",
    [
        (FlatSection, "the members of this section have no variables of their own", "keys={member: entry}"),
        (AList, "an entry is text, and no list", "mark a section or a single value"),
        (UnknownPart, "dbname are not parts of a URL", "use uri, host, port, username, password, database"),
        (UnknownMember, "user are not members of the section", "use host, password"),
        (KeyOfSection, "key and scheme are for a single value", "use keys"),
        (WithinJson, "it is a part of what ALL holds as JSON", "add an alias of its own"),
    ],
)
def test_what_cannot_be_followed_is_refused(settings: type[BaseSettings], told: str, remedy: str) -> None:
    with pytest.raises(BakeRefused) as refused:
        bake(settings)
    (problem,) = refused.value.problems
    assert f"is marked Binding, but {told}" in problem.message
    assert remedy in (problem.hint or "")


@pytest.mark.parametrize(
    "given",
    [
        {"type": ""},
        {"type": "a\nb"},
        {"type": "a", "key": "../../etc/shadow"},
        {"type": "a", "keys": {"uri": "..data"}},
        {"type": "a", "name": "/"},
        {"type": "a", "key": "x", "scheme": "y"},
    ],
)
def test_what_is_no_name_of_an_entry_is_refused_where_it_is_written(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Binding\(\) takes"):
        Binding(**given)
