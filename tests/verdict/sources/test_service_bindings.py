"""Service bindings (servicebinding.io) fill the fields that are marked so."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, MySQLDsn, PostgresDsn, RedisDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Binding
from confcontract.verdict.explain import rows
from tests.support.booting import CANARY, Site, without_privileges
from tests.support.projection import Projection

Make = Callable[..., Site]


class Database(BaseModel):
    host: str = "localhost"
    port: int = 5432
    user: str = "shop"
    password: SecretStr | None = None
    pool: int = 5


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    dsn: Annotated[PostgresDsn, Binding("postgresql")] = PostgresDsn("postgresql://localhost/dev")
    database: Annotated[Database, Binding("postgresql", keys={"user": "username"})] = Database()
    token: Annotated[SecretStr | None, Binding("api", key="bearer-token")] = None


class Flat(BaseSettings):
    database: Annotated[Database, Binding("postgresql", keys={"host": "host", "user": "username"})] = Database()


class Others(BaseSettings):
    driver: Annotated[PostgresDsn | None, Binding("postgresql", scheme="postgresql+asyncpg")] = None
    mysql: Annotated[MySQLDsn | None, Binding("mysql", keys={"database": "dbname"})] = None
    chosen: Annotated[RedisDsn | None, Binding("redis", provider="acme")] = None
    named: Annotated[RedisDsn | None, Binding("redis", name="sessions")] = None


class Required(BaseSettings):
    dsn: Annotated[PostgresDsn, Binding("postgresql")]


POSTGRES = {"type": "postgresql", "host": "db.example", "port": "6432", "username": "app", "password": CANARY}


def bind(made: Site, name: str, **entries: str) -> dict[str, str]:
    """Bind a service; entries in which `_` stands for `-`. Returns the environment that says where."""
    for entry, text in entries.items():
        made.file(f"bindings/{name}/{entry.replace('_', '-')}", text)
    return {"SERVICE_BINDING_ROOT": str(made.directory / "bindings")}


def row_of(result: Any, name: str) -> Any:
    (row,) = [row for row in rows(result) if row.name == name]
    return row


def test_a_url_is_the_entry_uri(site: Make) -> None:
    made = site(Settings)
    environ = bind(made, "db", type="postgresql", uri=f"postgres://app:{CANARY}@db/shop\n", host="ignored")
    result = made.resolve(environ)
    assert result.values["dsn"] == f"postgres://app:{CANARY}@db/shop"
    assert made.settings_in(result.environ) == result.values
    row = row_of(result, "SHOP_DSN")
    assert row.source == f"secret file {made.directory}/bindings/db/uri"
    assert CANARY not in row.value


def test_without_one_it_is_put_together_with_what_needs_it_escaped(site: Make) -> None:
    made = site(Settings)
    environ = bind(made, "db", **{**POSTGRES, "password": "p@ss/w:rd", "host": "fd00::1", "database": "shop"})
    result = made.resolve(environ)
    assert result.values["dsn"] == "postgresql://app:p%40ss%2Fw%3Ard@[fd00::1]:6432/shop"
    assert made.settings_in(result.environ) == result.values
    assert row_of(result, "SHOP_DSN").source.endswith("bindings/db: host, port, username, password, database")


def test_a_section_is_filled_member_by_member(site: Make) -> None:
    made = site(Settings)
    result = made.resolve(bind(made, "db", **POSTGRES) | {"SHOP_DATABASE__POOL": "9"})
    database = {"host": "db.example", "port": 6432, "user": "app", "password": CANARY, "pool": 9}
    assert result.values["database"] == database
    assert made.settings_in(result.environ) == result.values
    assert row_of(result, "SHOP_DATABASE__USER").source.endswith("bindings/db/username")
    assert all(CANARY not in row.value for row in rows(result))


def test_a_section_without_variables_for_its_members_is_given_as_json(site: Make) -> None:
    made = site(Flat)
    result = made.resolve(bind(made, "db", **POSTGRES))
    assert result.values["database"]["host"] == "db.example"
    assert result.values["database"]["user"] == "app"
    assert made.settings_in(result.environ) == result.values


def test_one_entry_may_be_the_value(site: Make) -> None:
    made = site(Settings)
    result = made.resolve(bind(made, "api", type="api", bearer_token=CANARY))
    assert result.values["token"] == CANARY
    without = site(Settings).resolve(bind(made, "api", type="api"))
    assert without.ok


def test_scheme_names_of_entries_provider_and_name(site: Make) -> None:
    made = site(Others)
    bind(made, "db", type="PostgreSQL", uri="postgres://db/shop")
    bind(made, "my", type="mysql", host="my", dbname="shop")
    bind(made, "sessions", type="redis", provider="other", uri="redis://sessions")
    environ = bind(made, "cache", type="redis", provider="acme", uri="redis://cache")
    result = made.resolve(environ)
    assert result.values == {
        "driver": "postgresql+asyncpg://db/shop",
        "mysql": "mysql://my:3306/shop",
        "chosen": "redis://cache:6379/0",
        "named": "redis://sessions:6379/0",
    }
    assert made.settings_in(result.environ) == result.values


def test_several_that_fit_are_named(site: Make) -> None:
    made = site(Required)
    bind(made, "one", **POSTGRES)
    environ = bind(made, "two", **POSTGRES)
    (problem,) = made.resolve(environ).problems
    assert (problem.code, problem.variable) == ("binding-unusable", "DSN")
    assert problem.message == "several service bindings of type postgresql fit: one, two"
    done = made.boot(environ=environ)
    assert done.code == 78
    assert "binding-unusable" in done.err
    assert made.resolve(environ | {"DSN": "postgres://db/shop"}).ok


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("host", "db@evil.example"),
        ("host", "db/x"),
        ("host", "db?x"),
        ("host", "db#x"),
        ("host", "a\nb"),
        ("port", "1/x"),
    ],
)
def test_an_entry_that_would_lead_the_url_elsewhere_is_refused(site: Make, entry: str, text: str) -> None:
    made = site(Required)
    entries = {"type": "postgresql", "host": "db", "port": "5432", "password": CANARY, entry: text}
    (problem,) = made.resolve(bind(made, "db", **entries)).problems
    assert (problem.code, problem.variable) == ("binding-unusable", "DSN")
    assert f"db/{entry} holds what no {entry} has" in problem.message
    assert text not in problem.message


def test_a_binding_that_can_not_be_entered_is_no_reason_to_use_the_default(site: Make) -> None:
    made = site(Settings)
    environ = bind(made, "db", **POSTGRES)
    (made.directory / "bindings/db").chmod(0o600)
    done = made.boot(environ=environ, under=without_privileges())
    (made.directory / "bindings/db").chmod(0o700)
    assert done.code == 78
    assert "db/type can't be looked for: Permission denied" in " ".join(done.err.split())
    assert "source-unreadable" in done.err


def test_one_that_lacks_what_a_url_is_made_of_is_told(site: Make) -> None:
    made = site(Required)
    (problem,) = made.resolve(bind(made, "db", type="postgresql", password=CANARY)).problems
    assert problem.code == "binding-unusable"
    assert problem.message == "the service binding db has neither uri nor host"


def test_where_none_fits_the_other_sources_count(site: Make) -> None:
    made = site(Settings)
    environ = bind(made, "queue", type="rabbitmq", uri="amqp://mq") | {"SHOP_DATABASE__HOST": "mine"}
    result = made.resolve(environ)
    assert result.ok
    assert result.values["dsn"] == "postgresql://localhost/dev"
    assert result.values["database"]["host"] == "mine"
    nothing = made.resolve({"SERVICE_BINDING_ROOT": str(made.directory / "nowhere")})
    assert nothing.ok
    assert not nothing.problems


class Sections(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    class Login(BaseModel):
        username: str
        password: SecretStr

    login: Annotated[Login, Binding("postgresql", name="main")]
    cache: Annotated[RedisDsn, Binding("redis", provider="acme")]


def test_a_binding_of_another_type_is_named_where_the_value_is_missing(site: Make) -> None:
    made = site(Required)
    environ = bind(made, "db", type="postgres", uri=f"postgres://app:{CANARY}@db/shop")
    bind(made, "other", uri="x")
    (problem,) = made.resolve(environ).problems
    assert (problem.code, problem.variable) == ("value-missing", "DSN")
    assert problem.message.endswith(
        f"; no service binding in {made.directory}/bindings is of type postgresql: db has type 'postgres', other has no type"
    )
    assert str(problem.hint).startswith("bind a matching service, or set DSN")
    assert CANARY not in made.boot(environ=environ).err


def test_what_else_a_binding_has_to_be_is_named_too(site: Make) -> None:
    made = site(Sections)
    environ = bind(made, "db", type="postgresql", username="app", password=CANARY)
    bind(made, "cache", type="redis", provider="other", uri="redis://cache")
    found = {problem.variable: problem.message for problem in made.resolve(environ).problems}
    assert "by provider acme: cache has type 'redis' and provider 'other', db has type 'postgresql'" in found.pop(
        "CACHE"
    )
    assert found
    for message in found.values():
        assert re.search(r"; there is no service binding main \(of type postgresql\) in .*, only cache, db$", message)


def test_files_that_are_called_like_the_variable_and_the_environment_outrank_it_and_env_files_do_not(
    site: Make,
) -> None:
    made = site(Settings)
    environ = bind(made, "db", type="postgresql", uri="postgres://bound/shop")
    env_file = made.file("prod.env", "SHOP_DSN=postgres://file/shop\n")
    assert made.resolve(environ, [env_file]).values["dsn"] == "postgres://bound/shop"
    made.file("secrets/shop_dsn", "postgres://mounted/shop")
    mounted = made.resolve(environ, [env_file], secret_dirs=["secrets"])
    assert mounted.values["dsn"] == "postgres://mounted/shop"
    assert [str(each) for each in mounted.sources["SHOP_DSN"].overrides] == [
        f"secret file {made.directory}/bindings/db/uri",
        f"env file {env_file}, line 1",
    ]
    above = made.resolve(environ | {"SHOP_DSN": "postgres://mine/shop"}, [env_file], secret_dirs=["secrets"])
    assert above.values["dsn"] == "postgres://mine/shop"


BAD: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "a directory": ("is a directory", lambda path: path.mkdir()),
    "a dangling link": ("is a link whose target does not exist", lambda path: path.symlink_to("nowhere")),
    "a way out": ("is a link that points outside of", lambda path: path.symlink_to("/etc/hostname")),
    "10 MB": ("is larger than", lambda path: path.write_bytes(bytes(10_000_000))),
    "not UTF-8": ("is not UTF-8 text", lambda path: path.write_bytes(b"\xff" + CANARY.encode())),
}


@pytest.mark.parametrize("what", BAD)
def test_an_entry_that_cannot_be_read_is_told_by_name(site: Make, what: str) -> None:
    made = site(Required)
    environ = bind(made, "db", type="postgresql")
    told, spoil = BAD[what]
    path = made.directory / "bindings/db/uri"
    spoil(path)
    (problem,) = made.resolve(environ).problems
    assert (problem.code, problem.variable) == ("source-unreadable", "DSN")
    assert problem.source == environ["SERVICE_BINDING_ROOT"]
    assert problem.message.startswith(f"{path} {told}")
    assert CANARY not in made.boot(environ=environ).err


def test_bindings_that_kubernetes_mounts_are_read_through_their_links(site: Make) -> None:
    made = site(Required)
    Projection(made.directory / "bindings/db").put(type="postgresql", uri="postgres://db/shop")
    environ = {"SERVICE_BINDING_ROOT": str(made.directory / "bindings")}
    assert made.resolve(environ).values["dsn"] == "postgres://db/shop"


@pytest.mark.process
def test_boot_hands_the_values_over_and_leaves_the_application_its_bindings(site: Make) -> None:
    made = site(Settings)
    environ = bind(made, "db", **POSTGRES)
    given = made.boot(environ=environ).environ
    assert given["SHOP_DSN"] == f"postgresql://app:{CANARY}@db.example:6432"
    assert given["SHOP_DATABASE__PASSWORD"] == CANARY
    assert given["SERVICE_BINDING_ROOT"] == environ["SERVICE_BINDING_ROOT"]
