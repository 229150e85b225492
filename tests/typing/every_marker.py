"""A settings class with every marker, and what follows from it, as a user would write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, assert_type

from pydantic import BaseModel, Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import (
    Binding,
    Contract,
    Declaration,
    Deprecated,
    Example,
    File,
    Http,
    OnChange,
    Problem,
    Resolution,
    Role,
    Secret,
    Separated,
    Tcp,
    Unit,
    Vault,
    bake,
    declare,
    resolve,
)


class Database(BaseModel):
    url: Annotated[PostgresDsn, Vault("secret/shop#database_url")]
    pool_size: Annotated[int, Field(ge=1, le=100), Example("10")] = 5


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    database: Database
    api_key: Annotated[str, Secret()]
    cache: Annotated[str | None, Binding("redis", provider="acme", keys={"database": "index"})] = None
    session_key: Annotated[SecretStr, OnChange("SIGHUP")]
    tags: Annotated[list[str], Separated(",")] = []
    ports: Annotated[set[int], Separated(";"), Example("8000;8001")] = set()
    timeout: Annotated[float, Unit("seconds")] = 30.0
    patience: timedelta = timedelta(minutes=5)
    old_timeout: Annotated[float | None, Deprecated("it is called SHOP_TIMEOUT now", replaced_by="SHOP_TIMEOUT")] = None


declaration = declare(
    Settings,
    name="shop",
    version="1.4.0",
    roles={
        "web": Role(command=["uvicorn", "shop.app:app"], needs=["SHOP_DATABASE__URL"], description="serves the shop"),
        "migrate": Role(command=["python", "-m", "shop.migrate"]),
    },
    checks=[
        Tcp("database", "SHOP_DATABASE__URL", timeout=2.0, interval=0.5, deadline=30.0),
        Http("catalogue", "http://catalogue:8000", path="/healthz"),
        File("licence", "/etc/shop/licence", require=["exists", "readable"]),
    ],
)
assert_type(declaration, Declaration)

contract = bake(declaration)
assert_type(contract, Contract)
assert_type(bake(Settings, name="shop", version="1.4.0"), Contract)
assert_type(Contract.load(Path("contract.json")), Contract)
assert_type(contract.digest, str)
contract.dump("contract.json")

result = resolve(contract, environ={"SHOP_API_KEY": "x"}, env_files=["prod.env", Path("more.env")])
assert_type(result, Resolution)
assert_type(result.ok, bool)
assert_type(result.exit_code, int)

problems: Sequence[Problem] = result.problems
environment: Mapping[str, str] = result.environ
for problem in problems:
    assert_type(problem.code, str)
    assert_type(problem.variable, str | None)
for variable, source in result.sources.items():
    assert_type(variable, str)
    print(variable, "comes from", str(source))
