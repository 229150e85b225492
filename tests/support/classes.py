"""The settings classes of these tests. The application (app.py) imports the same module in its own process."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, Field, PostgresDsn, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource, YamlConfigSettingsSource

from confcontract import Deprecated, Secret, Separated, Vault
from tests.support.own_order import Given, OwnOrder, Sources


class Ladder(BaseSettings):
    """Two variables with three names each: a plain one and a secret that lives in Vault."""

    model_config = SettingsConfigDict(env_prefix="LADDER_", secrets_dir="secrets", env_ignore_empty=False)

    value: str = Field("default", validation_alias=AliasChoices("LADDER_VALUE", "LADDER_OLD_VALUE", "old-value"))
    token: Annotated[SecretStr | None, Vault("secret/ladder#token")] = Field(
        None, validation_alias=AliasChoices("LADDER_TOKEN", "LADDER_OLD_TOKEN", "old-token")
    )


class Database(BaseModel):
    url: PostgresDsn = PostgresDsn("postgres://db/shop")
    pool: int = Field(default=5, ge=1, le=50)


class Shop(BaseSettings):
    """What an application usually has; nothing is required."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    host: str = "localhost"
    port: int = Field(8000, ge=1, le=65535)
    debug: bool = False
    tags: Annotated[list[str], Separated(",")] = []
    limits: dict[str, int] = {}
    ratio: float | None = None
    database: Database = Database()
    password: SecretStr | None = None


class ShopWithFiles(OwnOrder, Shop):
    """With configuration files below the environment."""

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        toml = TomlConfigSettingsSource(cls, toml_file="shop.toml")
        return given.environment, toml, YamlConfigSettingsSource(cls, yaml_file="shop.yaml")


class Needy(BaseSettings):
    """One of everything that can be missing or wrong."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    host: str
    port: int = Field(ge=1, le=65535)
    level: float = 1.0
    api_key: SecretStr
    signing_key: Annotated[str, Secret()]
    labels: dict[str, int] = {}


class InVault(BaseSettings):
    """A required secret in Vault."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, Vault("secret/shop#password")]
    host: str = "localhost"


class Renamed(BaseSettings):
    """Old names that still work."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    address: Annotated[str, Deprecated("renamed in 2.0", replaced_by="SHOP_ADDRESS")] = Field(
        "here", validation_alias=AliasChoices("SHOP_ADDRESS", "SHOP_HOST", "HOST")
    )
    colour: Annotated[str, Deprecated("nobody paints any more")] = "red"


class WithFiles(Shop):
    """An application that reads files of its own, wherever it is started."""

    model_config = SettingsConfigDict(env_file=".env", secrets_dir="secrets", extra="ignore")


class IgnoresEmpty(Shop):
    model_config = SettingsConfigDict(env_ignore_empty=True)


class Sensitive(BaseSettings):
    """Names that differ in case are different variables."""

    model_config = SettingsConfigDict(case_sensitive=True, env_prefix="Shop_")

    Host: str = "upper"
    host: str = "lower"


class Unprefixed(BaseSettings):
    """Fields whose names are also boot's own."""

    vault_addr: str = "none"
    bao_region: str = "none"
    confcontract_mode: str = Field("none", validation_alias=AliasChoices("CONFCONTRACT_MODE", "CONFCONTRACT_OLD_MODE"))


class Further(BaseSettings):
    """The application checks more than the contract can."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    host: str = "localhost"

    @field_validator("host")
    @classmethod
    def known(cls, value: str) -> str:
        if value == "nowhere":
            raise ValueError("nobody is there")
        return value


def revealed(value: Any) -> Any:
    """The JSON data of validated settings, secrets as they are."""
    from pydantic_core import to_jsonable_python

    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, BaseModel):
        fields = {name: revealed(getattr(value, name)) for name in type(value).model_fields}
        return fields | {name: revealed(extra) for name, extra in (value.model_extra or {}).items()}
    return to_jsonable_python(value)
