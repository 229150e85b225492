"""`confcontract diff --environment` where the settings class names files itself, which are not part of what is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

from confcontract import Contract, Role, bake, declare
from confcontract.compare.deployment import in_deployment
from confcontract.compare.diff import diff
from confcontract.compare.finding import Bearing
from confcontract.findings.severity import INFO
from tests.support.commands import run, said
from tests.support.own_order import Given, OwnOrder, Sources

BITES, HARMLESS, UNVERIFIED = Bearing


class _EnvironmentFirst(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", toml_file="shop.toml")

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return given.environment, TomlConfigSettingsSource(cls)


class _FileFirst(_EnvironmentFirst):
    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return TomlConfigSettingsSource(cls), given.environment


class _WithoutFiles(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")


def _contract(base: type[BaseSettings], version: str | None = "1", **fields: Any) -> Contract:
    return bake(create_model("Shop", __base__=base, **fields), name="shop", version=version)


def _bearings(text: str, folder: Path, old: Contract, new: Contract) -> dict[str, tuple[Bearing | None, str]]:
    (folder / "prod.env").write_text(text)
    judged, _ = in_deployment(diff(old, new, verified=True), [str(folder / "prod.env")])
    return {each.rule: (each.bearing, each.here) for each in judged.findings if each.severity is not INFO}


@pytest.mark.parametrize(
    ("base", "text", "bearing"),
    [
        (_EnvironmentFirst, "", UNVERIFIED),
        (_EnvironmentFirst, "SHOP_PORT=8080", HARMLESS),
        (_EnvironmentFirst, "SHOP_PORT=80", BITES),
        (_FileFirst, "SHOP_PORT=8080", UNVERIFIED),
        (_WithoutFiles, "", HARMLESS),
    ],
)
def test_a_value_that_a_file_of_the_class_may_give_is_not_verified(
    base: type[BaseSettings], text: str, bearing: Bearing, tmp_path: Path
) -> None:
    old, new = (_contract(base, port=(int, Field(8080, ge=least))) for least in (0, 1024))
    found = _bearings(text, tmp_path, old, new)["RANGE_NARROWED"]
    assert found[0] is bearing
    if bearing is UNVERIFIED:
        assert found[1] == "it may be in a file that the settings class names, which is not here"


def test_a_variable_of_a_nested_class_may_be_in_a_file_of_that_class(tmp_path: Path) -> None:
    def nested(least: int) -> Contract:
        db = create_model("Db", __base__=_EnvironmentFirst, port=(int, Field(8080, ge=least)))
        return _contract(_WithoutFiles, db=(db, Field(default_factory=db)))

    assert _bearings("", tmp_path, nested(0), nested(1024))["RANGE_NARROWED"][0] is UNVERIFIED


def test_a_file_that_is_no_longer_read_is_not_verified(tmp_path: Path) -> None:
    old, new = (_contract(base, port=(int, 8080)) for base in (_EnvironmentFirst, _WithoutFiles))
    assert _bearings("SHOP_PORT=1", tmp_path, old, new)["FILE_SOURCE_REMOVED"] == (
        UNVERIFIED,
        "the contents of the files that the settings class names are unknown",
    )


def test_what_is_required_may_be_in_a_file_of_the_class(tmp_path: Path) -> None:
    old, new = _contract(_EnvironmentFirst), _contract(_EnvironmentFirst, port=(int, ...))
    assert _bearings("", tmp_path, old, new)["ENV_ADDED_REQUIRED"][0] is UNVERIFIED
    old, new = _contract(_WithoutFiles), _contract(_WithoutFiles, port=(int, ...))
    assert _bearings("", tmp_path, old, new)["ENV_ADDED_REQUIRED"][0] is BITES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roles")
    roles = {"web": Role(["web"]), "worker": Role(["worker"], needs=["SHOP_HOST"])}

    def dump(name: str, **fields: Any) -> None:
        shop = create_model("Shop", __base__=_WithoutFiles, host=(str, "localhost"), **fields)
        bake(declare(shop, name="shop", roles=roles if name != "without.json" else None)).dump(folder / name)

    dump("old.json")
    dump("new.json", port=(int, ...))
    dump("without.json")
    (folder / "prod.env").write_text("SHOP_PROT=1\n")
    return folder


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 1, "The upgrade to the new version is refused here: SHOP_PORT"),
        ((), 1, "the new version refuses this environment:"),
        (("--role", "worker"), 0, "Upgrade safe here"),
        (("--role", "web"), 1, "is refused here: SHOP_PORT"),
        (("--role", "worker", "--strict"), 1, "is refused here: SHOP_PROT"),
        (("--role", "webb"), 64, "the old version: role 'webb' is not declared in the contract"),
        (("--role", ""), 64, "--role is empty"),
    ],
    ids=str,
)
def test_role_and_strictness_are_those_of_validate(
    folder: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = run("diff", "old.json", "new.json", "--environment", "prod.env", *arguments, cwd=folder)
    assert done.returncode == code, said(done)
    assert words in said(done)


def test_a_role_that_one_version_lacks_is_refused(folder: Path) -> None:
    done = run("diff", "old.json", "without.json", "--environment", "prod.env", "--role", "web", cwd=folder)
    assert done.returncode == 64
    assert "the new version: the requested role is not declared" in said(done)


@pytest.mark.parametrize("option", [("--role", "web"), ("--strict",)], ids=str)
def test_role_and_strictness_need_an_environment(folder: Path, option: tuple[str, ...]) -> None:
    done = run("diff", "old.json", "new.json", *option, cwd=folder)
    assert done.returncode == 64
    assert "--environment FILE" in said(done)
