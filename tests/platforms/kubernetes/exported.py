"""Contracts and their exports to Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import OnChange, Role, Vault, bake, declare
from confcontract.contract.artifact import Contract
from confcontract.platforms.export_input import export_input
from confcontract.platforms.exported import Exported
from confcontract.platforms.kubernetes.export_files import export
from confcontract.platforms.workload_options import SecretsBy, WorkloadOptions
from tests.platforms.kubernetes.read_back import Object, objects_of

IMAGE = "registry.example.com/shop@sha256:" + "0f" * 32


class Settings(BaseSettings):
    """Something of all that changes while the application runs, and of all kinds of secrets."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    port: int = Field(8000, ge=1)
    greeting: str = "Hello"
    banner: Annotated[str, OnChange("SIGHUP")] = ""
    rates: Annotated[dict[str, float], OnChange("files")] = {}
    note: Annotated[str, OnChange("ignore")] = ""
    password: Annotated[SecretStr, Vault("secret/shop#password")]
    signing_key: Annotated[SecretStr, Vault("secret/shop#signing.key@3"), OnChange("SIGHUP")]
    db_user: Annotated[SecretStr | None, Vault("database/creds/shop#username")] = None
    certificate: Annotated[SecretStr | None, Vault("pki/issue/shop?common_name=shop.example.com#certificate")] = None
    api_token: SecretStr


@cache
def shop() -> Contract:
    declared = declare(
        Settings,
        name="shop",
        version="1.4.0+build.7",
        roles={
            "web": Role(command=["shop", "serve", "--on=$(SHOP_PORT)", "$$"]),
            "migrate": Role(command=["shop", "migrate"], needs=["SHOP_PASSWORD"]),
        },
        deliver="files",
    )
    return bake(declared)


def exported(
    values: Mapping[str, str] | None = None,
    by: SecretsBy | None = None,
    *,
    contract: Contract | None = None,
    kind: str = "workloads",
    role: str | None = None,
    image: str | None = IMAGE,
    **options: Any,
) -> Exported:
    given = export_input(contract or shop(), values or {}, role=role, image=image)
    assert not [each for each in given.problems if each.severity == "error"], given.problems
    return export(given, kind, WorkloadOptions(secrets=by, **options))


def objects(values: Mapping[str, str] | None = None, by: SecretsBy | None = None, **options: Any) -> list[Object]:
    made = exported(values, by, **options)
    assert not [each for each in made.problems if each.severity == "error"], made.problems
    return objects_of(made.files)
