"""A fleet of twelve services in three environments, with something of everything that a fleet can have."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Deprecated, Secret, Vault, bake

NESTED = SettingsConfigDict(env_nested_delimiter="__")


class Database(BaseModel):
    url: Annotated[str, Secret()]
    pool: int = Field(5, ge=1)
    timeout: float = 3


class Shop(BaseSettings):
    """A nested section; a secret in Vault; a name that is deprecated."""

    model_config = NESTED

    database: Database
    port: int = 8000
    api_key: Annotated[SecretStr, Vault("secret/shared#api_key")]
    motto: Annotated[str, Deprecated("use SLOGAN", replaced_by="SLOGAN")] = ""


class ShopNext(Shop):
    region: str


class Billing(BaseSettings):
    """DATABASE_URL is not a secret here; the same group of variables as in Shop, without a section."""

    database_url: str
    database_pool: int = Field(5, ge=1)
    database_timeout: float = 3
    token: SecretStr


class Worker(BaseSettings):
    """DATABASE_URL is a secret here."""

    database_url: Annotated[str, Secret()]
    motto: str = ""
    queue: str = "jobs"


CLASSES: dict[str, type[BaseSettings]] = {
    "shop": Shop,
    "billing": Billing,
    **{f"worker-{number:02}": Worker for number in range(1, 11)},
}

# Names of services, environments and containers.
HOSTILE = (
    "a\nb",
    "\x1b[31mred",
    "../up",
    "<script>x</script>",
    "n" * 10_000,
    "nul\0x",
    "::error::x",
    "##[error]x",
    "]]>",
)


@cache
def baked(settings: type[BaseSettings], name: str, version: str) -> Any:
    return bake(settings, name=name, version=version)


def make_fleet(folder: Path) -> Path:
    """All is accepted but: shop in dev lacks its database, and worker-03 in prod has a mistaken name."""
    for name, settings in CLASSES.items():
        (folder / name).mkdir(parents=True)
        baked(settings, name, "1.0").dump(folder / name / "contract.json")
        for environment in ("dev", "prod", "staging"):
            write_env(folder, name, environment, DATABASE_URL=f"sqlite:///{name}")
    for environment in ("prod", "staging"):
        write_env(folder, "shop", environment, DATABASE__URL="sqlite://", MOTTO="hello")
        write_env(folder, "billing", environment, DATABASE_URL="x", TOKEN="vault:secret/shared#api_key")
    write_env(folder, "billing", "dev", DATABASE_URL="x", TOKEN="t")
    write_env(folder, "shop", "dev", PORT="80")
    write_env(folder, "worker-03", "prod", DATABASE_UR="x")
    return folder


def write_env(folder: Path, service: str, environment: str, **values: str) -> None:
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    (folder / service / f"{environment}.env").write_text(lines)
