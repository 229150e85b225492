"""A check that stands beside its variable: found wherever the field is, and nothing to pydantic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, HttpUrl, PostgresDsn
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import (
    Amqp,
    Command,
    Disk,
    Dns,
    File,
    Grpc,
    Http,
    MySQL,
    Postgres,
    Python,
    Redis,
    Tcp,
    Tls,
    Vault,
    bake,
    declare,
)
from confcontract.contract.damage import damage_of
from confcontract.report.errors import BakeRefused


class Database(BaseModel):
    url: Annotated[PostgresDsn, Postgres(deadline=60)] = PostgresDsn("postgresql://db/shop")
    replica_url: Annotated[PostgresDsn | None, Tcp(critical=False)] = None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    api: Annotated[HttpUrl, Tls(days=14), Http(path="/healthz", phases=["startup", "ready", "live"])]
    data: Annotated[Path, File(require=["writable"]), Disk(free="10%")] = Path("/data")
    cache: Annotated[str, Redis("the-cache"), Vault("secret/shop#cache")] | None = None
    database: Database = Database()
    tuned: Annotated[int, Field(ge=1), Python("shop.checks:tuned")] = 1


ENVIRON = {"SHOP_API": "https://api.example", "SHOP_DATABASE__URL": "postgresql://other/shop"}


def test_each_takes_its_variable_as_target_and_a_name_from_it_in_the_order_of_the_fields() -> None:
    contract = bake(declare(Settings, checks=[Dns("last", "SHOP_API")]))
    found = [(check["name"], check["kind"], check["target"]) for check in contract.checks]
    assert found == [
        ("api", "tls", "SHOP_API"),
        ("api-http", "http", "SHOP_API"),
        ("data", "file", "SHOP_DATA"),
        ("data-disk", "disk", "SHOP_DATA"),
        ("the-cache", "redis", "SHOP_CACHE"),
        ("database-url", "postgres", "SHOP_DATABASE__URL"),
        ("database-replica-url", "tcp", "SHOP_DATABASE__REPLICA_URL"),
        ("tuned", "python", "SHOP_TUNED"),
        ("last", "dns", "SHOP_API"),
    ]
    assert damage_of(contract.data) is None


def test_phases_and_where_it_is_critical_stand_in_the_contract() -> None:
    checks = {check["name"]: check for check in bake(Settings, name="shop", version="1").checks}
    said = {name: (check["phases"], check["critical"]) for name, check in checks.items()}
    assert said["api"] == (["startup", "ready"], ["startup"])
    assert said["api-http"] == (["startup", "ready", "live"], ["startup"])
    assert said["data"] == (["startup", "ready"], ["startup", "ready"])
    assert said["database-replica-url"] == (["startup", "ready"], [])


def test_the_application_itself_does_not_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    settings = Settings()  # type: ignore[call-arg]
    assert str(settings.api) == "https://api.example/"
    assert str(settings.database.url) == "postgresql://other/shop"
    assert json.dumps(Settings.model_json_schema()).count("Check") == 0


def test_every_kind_bakes_into_a_contract_that_its_schema_accepts() -> None:
    every = [
        Tcp("tcp", "SHOP_API", period=60),
        Tls("tls", "SHOP_API", days=7),
        Dns("dns", "SHOP_API"),
        Http("http", "SHOP_API", path="/x", status=[204], headers={"X-Y": "z"}, body="ok|fine"),
        File("file", "/etc", require=["exists", "readable", "writable", "private"]),
        Disk("disk", "/", free=1),
        Disk("percent", "/", free="2.5%"),
        Command(["/bin/true", "-x"]),
        Python("shop.checks:licence", critical=["ready"]),
        Grpc("grpc", "SHOP_API", service="shop.v1.Shop", tls=True),
        Postgres("postgres", "SHOP_DATABASE__URL", plain_connection=True),
        Redis("redis", "SHOP_CACHE"),
        MySQL("mysql", "SHOP_CACHE"),
        Amqp("amqp", "SHOP_CACHE"),
    ]
    contract = bake(declare(Settings, checks=every))
    assert damage_of(contract.data) is None
    names = [check["name"] for check in contract.checks]
    assert {"true", "licence"} <= set(names)


def test_a_check_of_a_contract_from_before_is_read_with_the_defaults() -> None:
    contract = bake(declare(Settings, checks=[Tcp("old", "SHOP_API")]))
    data = json.loads(json.dumps(contract.data))
    for check in data["checks"]:
        for word in ("phases", "critical", "period"):
            del check[word]
    assert damage_of(data) is None


class Misplaced(BaseSettings):
    database: Annotated[Database, Postgres()] = Database()
    port: Annotated[int | None, Tcp()] = None
    url: Annotated[str, Tcp("url", "elsewhere:80")] = "x:1"
    model_config = SettingsConfigDict(env_nested_delimiter="__")


def test_a_marker_that_makes_no_sense_where_it_stands_is_refused_with_its_field() -> None:
    with pytest.raises(BakeRefused) as caught:
        bake(Misplaced)
    said = [problem.message for problem in caught.value.problems]
    assert said == [
        "Misplaced.database: Postgres() is beside a whole section, which is not an address",
        "Misplaced.port: Tcp() is beside a value of type integer, which is neither an address nor a path",
        "Misplaced.url: Tcp() beside a variable checks that variable, but has its own target",
    ]


def test_in_declare_a_check_needs_a_name_and_a_target() -> None:
    for check in (Tcp(), Postgres("database"), File(target="/x")):
        with pytest.raises(ValueError, match="needs a name and a target"):
            declare(Settings, checks=[check])
