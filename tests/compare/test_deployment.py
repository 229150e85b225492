"""`confcontract diff --environment`: what a comparison means for one deployment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Separated, Vault, bake
from confcontract.compare.deployment import in_deployment
from confcontract.compare.diff import diff
from confcontract.compare.finding import Bearing
from tests.compare.making import baked
from tests.support.commands import run, said

CONFIG = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")


class Database(BaseModel):
    url: str = "sqlite://"
    pool: int = 5


class Before(BaseSettings):
    model_config = CONFIG

    port: int = Field(8000, ge=0)
    workers: int = 4
    level: Literal["info", "debug"] = "info"
    host: str = "localhost"
    tags: Annotated[list[str], Separated(",")] = []
    gone: str = "x"
    database: Database = Database()
    token: Annotated[SecretStr, Vault("secret/shop#token")]
    even: int = 2


class Tight(BaseModel):
    url: str = "sqlite://"
    pool: int = Field(5, ge=1)


class After(BaseSettings):
    model_config = CONFIG

    port: int = Field(8000, ge=1024)
    workers: int = 8
    level: Literal["info"] = "info"
    host: str = Field("localhost", validation_alias="SHOP_ADDRESS")
    tags: list[str] = []
    database: Tight = Tight(pool=5)
    token: Annotated[SecretStr, Vault("secret/shop2#token")]
    even: int = 2
    region: str = "eu"

    @field_validator("even")
    @classmethod
    def is_even(cls, value: int) -> int:
        return value


BITES, HARMLESS, UNVERIFIED = Bearing


def bearings(text: str, folder: Path, direction: str = "forward") -> dict[tuple[str, str], Bearing | None]:
    (folder / "prod.env").write_text(text)
    old, new = baked(Before), baked(After)
    judged, _ = in_deployment(diff(old, new, direction, verified=True), [str(folder / "prod.env")])
    return {(each.rule, each.where): each.bearing for each in judged.findings}


@pytest.mark.parametrize(
    "text,rule,where,bearing",
    [
        ("SHOP_PORT=80", "RANGE_NARROWED", "SHOP_PORT", BITES),
        ("SHOP_PORT=8080", "RANGE_NARROWED", "SHOP_PORT", HARMLESS),
        ("", "RANGE_NARROWED", "SHOP_PORT", HARMLESS),
        ("", "DEFAULT_CHANGED", "SHOP_WORKERS", BITES),
        ("SHOP_WORKERS=8", "DEFAULT_CHANGED", "SHOP_WORKERS", HARMLESS),
        ("SHOP_LEVEL=debug", "ENUM_VALUE_REMOVED", "SHOP_LEVEL", BITES),
        ("SHOP_LEVEL=info", "ENUM_VALUE_REMOVED", "SHOP_LEVEL", HARMLESS),
        ("SHOP_HOST=a", "ENV_RENAMED", "SHOP_HOST", BITES),
        ("SHOP_HOST=a\nSHOP_ADDRESS=a", "ENV_RENAMED", "SHOP_HOST", HARMLESS),
        ("", "ENV_RENAMED", "SHOP_HOST", HARMLESS),
        ("SHOP_HOST=b\nSHOP_ADDRESS=a", "ENV_RENAMED", "SHOP_HOST", BITES),
        ("SHOP_TAGS=a,b", "ENCODING_CHANGED", "SHOP_TAGS", BITES),
        ("", "ENCODING_CHANGED", "SHOP_TAGS", HARMLESS),
        ("SHOP_GONE=1", "ENV_REMOVED_OPTIONAL", "SHOP_GONE", BITES),
        ("", "ENV_REMOVED_OPTIONAL", "SHOP_GONE", HARMLESS),
        ("SHOP_DATABASE__POOL=0", "RANGE_NARROWED", "SHOP_DATABASE__POOL", BITES),
        ('SHOP_DATABASE={"pool": 0}', "RANGE_NARROWED", "SHOP_DATABASE__POOL", BITES),
        ("SHOP_DATABASE__POOL=3", "RANGE_NARROWED", "SHOP_DATABASE__POOL", HARMLESS),
        # what can't be seen is not verified
        ("", "VAULT_PATH_CHANGED", "SHOP_TOKEN", UNVERIFIED),
        ("SHOP_TOKEN=x", "VAULT_PATH_CHANGED", "SHOP_TOKEN", UNVERIFIED),
        ("", "VALIDATOR_CHANGED", "SHOP_EVEN", UNVERIFIED),
        ("SHOP_PORT=vault:secret/x#port", "RANGE_NARROWED", "SHOP_PORT", UNVERIFIED),
        ("SHOP_PORT_FILE=/nowhere/port", "RANGE_NARROWED", "SHOP_PORT", UNVERIFIED),
    ],
)
def test_a_finding_bites_where_the_environment_makes_it(
    text: str, rule: str, where: str, bearing: Bearing, tmp_path: Path
) -> None:
    assert bearings(text, tmp_path)[rule, where] is bearing


@pytest.mark.parametrize("text,bearing", [("SHOP_REGION=us", BITES), ("", HARMLESS)])
def test_going_back_bites_where_the_new_variable_is_set(text: str, bearing: Bearing, tmp_path: Path) -> None:
    assert bearings(text, tmp_path, "rollback")["ENV_ADDED_OPTIONAL", "SHOP_REGION"] is bearing


class Plain(BaseSettings):
    model_config = CONFIG

    port: int = Field(8000, ge=0)
    level: str = "info"


class Narrow(BaseSettings):
    model_config = CONFIG

    port: int = Field(8000, ge=1024)
    level: str = "info"
    region: str = "eu"


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("versions")
    bake(Plain, name="shop", version="1.3.2").dump(folder / "old.json")
    bake(Narrow, name="shop", version="1.4.0").dump(folder / "new.json")
    (folder / "high.env").write_text("SHOP_PORT=8080\n")
    (folder / "low.env").write_text("SHOP_PORT=80\n")
    (folder / "bad.env").write_text("SHOP_PORT=many\n")
    (folder / "odd.env").write_text("SHOP_PORT 80\n")
    (folder / "low.toml").write_text("port = 80\n")
    (folder / "compose.yaml").write_text("services: {shop: {image: shop, environment: {SHOP_PORT: 80}}}\n")
    (folder / "pod.json").write_text('{"apiVersion": "v1", "kind": "Pod", "spec": {}}')
    from_map = (
        "{containers: [{name: app, image: shop, envFrom: [{configMapRef: {name: shop}}]}, {name: proxy, image: x}]}"
    )
    (folder / "pod.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {SHOP_PORT: '80'}\n---\n"
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: shop}}\nspec: {from_map}\n"
    )
    (folder / "k8s").mkdir()
    (folder / "k8s/pod.yaml").write_text((folder / "pod.yaml").read_text())
    (folder / "empty").mkdir()
    init = "initContainers: [{name: migrate, image: shop, env: [{name: SHOP_PORT, value: '8080'}]}]"
    (folder / "init.yaml").write_text(
        (folder / "pod.yaml").read_text().replace("{containers:", f"{{{init}, containers:")
    )
    (folder / "unseen.yaml").write_text(
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: shop}}\nspec: {from_map.replace('name: shop}', 'name: other}')}\n"
    )
    return folder


@pytest.mark.parametrize(
    "arguments,code,words",
    [
        (("old.json", "new.json", "--environment", "high.env"), 0, "Upgrade safe here."),
        (("old.json", "new.json", "--environment", "low.env"), 1, "The upgrade to 1.4.0 is refused here: SHOP_PORT."),
        (("old.json", "new.json", "--environment", "low.toml"), 1, "refused here: SHOP_PORT."),
        (("old.json", "new.json", "--environment", "low.env", "--environment", "high.env"), 0, "Upgrade safe here."),
        (
            ("new.json", "old.json", "--environment", "low.env", "--direction", "full"),
            1,
            "Upgrade safe here; a rollback to 1.4.0 is refused here: SHOP_PORT.",
        ),
        (
            ("old.json", "new.json", "--environment", "bad.env"),
            1,
            "The upgrade to 1.4.0 is refused here: SHOP_PORT (so it is today).",
        ),
        (("old.json", "old.json", "--environment", "bad.env"), 1, "refused here: SHOP_PORT (so it is today)."),
        (("old.json", "new.json", "--environment", "compose.yaml"), 1, "refused here: SHOP_PORT."),
        (("old.json", "new.json", "--environment", "pod.yaml"), 1, "refused here: SHOP_PORT."),
        (("old.json", "new.json", "--environment", "k8s", "--container", "app"), 1, "refused here: SHOP_PORT."),
        (("old.json", "new.json", "--environment", "init.yaml"), 1, "refused here: SHOP_PORT."),
        (("old.json", "new.json", "--environment", "empty", "--container", "app"), 2, "there is no file in empty"),
        (("old.json", "new.json", "--environment", "pod.yaml", "--container", "proxy"), 0, "Upgrade safe here."),
        (("old.json", "new.json", "--environment", "pod.yaml", "--container", "nobody"), 64, "no container is called"),
        (("old.json", "new.json", "--environment", "high.env", "--container", "app"), 64, "none is named"),
        (("old.json", "new.json", "--container", "app"), 64, "--container and --strict are about one deployment"),
        (("old.json", "new.json", "--environment", "unseen.yaml"), 1, "could not be verified here: SHOP_PORT"),
        (("old.json", "new.json", "--environment", "pod.json"), 64, "the files have 0 containers"),
        (("old.json", "new.json", "--environment", "pod.yaml", "--environment", "high.env"), 2, "high.env is not one"),
        (("old.json", "new.json", "--environment", "nothing.env"), 2, "nothing.env: there is no such file"),
        (("old.json", "new.json", "--environment", "high.env", "--format", "sarif"), 64, "text, json or markdown"),
        (("old.json", "new.json", "--environment", ""), 64, "--environment is empty"),
    ],
    ids=str,
)
def test_the_command_answers_for_the_deployment(
    versions: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = run("diff", *arguments, cwd=versions)
    assert done.returncode == code, said(done)
    assert words in said(done)


def test_an_approval_does_not_make_a_refused_environment_safe(versions: Path, tmp_path: Path) -> None:
    names = (str(versions / "old.json"), str(versions / "new.json"), "--environment", str(versions / "low.env"))
    approved = ("--approve", "all", "--reason", "known", "--expires", "2099-01-31")
    done = run("diff", *names, *approved, cwd=tmp_path)
    assert done.returncode == 1
    assert "the upgrade is refused here" in done.stdout
    comment = run("diff", *names, "--format", "markdown", cwd=tmp_path).stdout
    assert comment.startswith("### ❌ shop 1.3.2 → 1.4.0: the upgrade is refused here\n")
    told = json.loads(run("diff", *names, "--format", "json", cwd=tmp_path).stdout)
    assert (told["exitCode"], told["comparisons"][0]["directions"]["forward"]["safe"]) == (1, False)


def test_only_what_bites_is_approved_by_all(versions: Path, tmp_path: Path) -> None:
    names = (str(versions / "old.json"), str(versions / "new.json"), "--environment", str(versions / "high.env"))
    run("diff", *names, "--approve", "all", "--reason", "known", "--expires", "2099-01-31", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_programs_and_comments_are_told_the_same(versions: Path) -> None:
    arguments = ("diff", "old.json", "new.json", "--environment", "low.env", "--format")
    told = json.loads(run(*arguments, "json", cwd=versions).stdout)["comparisons"][0]
    assert told["environment"]["verdict"] == "The upgrade to 1.4.0 is refused here: SHOP_PORT."
    assert (told["environment"]["old"]["accepts"], told["environment"]["new"]["accepts"]) == (True, False)
    found = {each["rule"]: each["here"]["bearing"] for each in told["directions"]["forward"]["findings"]}
    assert found == {"RANGE_NARROWED": "bites", "ENV_ADDED_OPTIONAL": "does not bite"}
    comment = run(*arguments, "markdown", cwd=versions).stdout
    assert "### In this environment (`low.env`)" in comment
    assert "here: bites" in comment


def test_settings_that_are_called_like_the_parts_of_a_manifest_are_settings(tmp_path: Path) -> None:
    class Platform(BaseSettings):
        kind: str = "a"
        services: dict[str, dict[str, str]] = {}

    class Aliased(BaseSettings):
        version: str = Field("a", alias="apiVersion")
        sort: str = Field("a", alias="kind")
        parts: dict[str, dict[str, str]] = Field({}, alias="services")

    file = tmp_path / "settings.yaml"
    file.write_text("apiVersion: v1\nkind: b\nservices: {shop: {image: c}}\n")
    aliased = bake(Aliased, name="platform", version="1")
    assert in_deployment(diff(aliased, aliased), [str(file)])[1].new.accepts
    contract = bake(Platform, name="platform", version="1")
    comparison, deployment = in_deployment(diff(contract, contract), [str(file)])
    assert deployment.new.accepts
    assert comparison.findings == ()


def test_a_compose_file_has_services(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("services: {}\n")
    contract = bake(Plain, name="shop", version="1")
    assert in_deployment(diff(contract, contract), [str(file)])[1].new.accepts


def test_a_changed_type_does_not_bite_where_only_the_default_counts_which_is_reported_as_such(tmp_path: Path) -> None:
    class Level(BaseSettings):
        level: Literal["info", "debug"] = "info"

    class Number(BaseSettings):
        level: int = 1

    environment = tmp_path / "prod.env"
    environment.write_text("OTHER=1\n")
    judged, _ = in_deployment(diff(baked(Level), baked(Number)), [str(environment)])
    bearings = {each.rule: each.bearing for each in judged.findings if each.names}
    assert bearings == {"TYPE_CHANGED": Bearing.HARMLESS, "DEFAULT_CHANGED": Bearing.BITES}
