"""Wherever the values stand, a manifest gets the verdict that boot gives on the environment: the same codes."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.contract.artifact import Contract
from confcontract.manifests.container_verdict import judge_container
from confcontract.manifests.read_manifests import read_manifests
from confcontract.verdict.resolve import resolve
from tests.manifests.shop import GOOD, deployment
from tests.support.inprocess import run_here
from tests.support.tools import run_tool, tool, valid_for_kubernetes


class Database(BaseModel):
    url: str
    pool: int = Field(5, ge=1)


class Wide(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    port: int = Field(le=65535)
    database: Database
    labels: dict[str, str] = {}
    key: SecretStr
    title: str = Field("x", validation_alias="HEADING")


WIDE = bake(Wide, name="shop", version="1")
NAMES = ["SHOP_PORT", "SHOP_PROT", "SHOP_DATABASE__URL", "SHOP_DATABASE__POOL", "SHOP_DATABASE", "SHOP_LABELS"]
NAMES += ["SHOP_LABELS__A", "SHOP_KEY", "HEADING", "OTHER", "shop_port", "CONFCONTRACT_STRICKT"]
VALUES = ["80", "", "x", "70000", "{}", '{"url": "y"}', '{"url": 1', "'80'", "$(SHOP_PORT)", "$$(SHOP_PORT)", "a$b"]
WAYS = ("env", "config", "secret")


def environment(placed: dict[str, tuple[str, str]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The objects, and what a container gets of them."""
    data: dict[str, dict[str, str]] = {way: {} for way in WAYS}
    for name, (value, way) in placed.items():
        data[way][name] = value
    got = {**data["config"], **data["secret"]}
    for name, value in data["env"].items():
        whole = got.get("SHOP_PORT", "$(SHOP_PORT)")
        got[name] = {"$(SHOP_PORT)": whole, "$$(SHOP_PORT)": "$(SHOP_PORT)"}.get(value, value)
    container = {
        "name": "app",
        "image": "shop",
        "envFrom": [{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "a"}}],
        "env": [{"name": name, "value": value} for name, value in data["env"].items()],
    }
    meta = {"apiVersion": "v1", "metadata": {"name": "a"}}
    return [
        {**meta, "kind": "ConfigMap", "data": data["config"]},
        {**meta, "kind": "Secret", "stringData": data["secret"]},
        {**meta, "kind": "Pod", "spec": {"enableServiceLinks": False, "containers": [container]}},
    ], got


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.tuples(st.sampled_from(VALUES), st.sampled_from(WAYS)), max_size=8),
    st.booleans(),
)
def test_a_manifest_gets_the_codes_of_boot(placed: dict[str, tuple[str, str]], strict: bool) -> None:
    objects, got = environment(placed)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        manifests = read_manifests([file])
    [workload] = manifests.workloads
    [container] = workload.containers
    assert container.values == got
    verdict = judge_container(WIDE, workload, container, strict=strict)
    ours = [(each.problem.code, each.problem.severity, each.problem.variable) for each in verdict.problems]
    boots = [(each.code, each.severity, each.variable) for each in resolve(WIDE, environ=got, strict=strict).problems]
    assert [each for each in ours if each[0] != "secret-in-plain"] == boots
    assert all(each.verifiable for each in verdict.problems)


def test_what_kustomize_builds_is_read(shop: Contract, tmp_path: Path) -> None:
    """Names with a hash of the content, and values of a generator."""
    (tmp_path / "deployment.yaml").write_text(deployment(GOOD, data=""))
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [deployment.yaml]\nnamespace: prod\n"
        "configMapGenerator: [{name: shop, literals: [SHOP_HOST=x, SHOP_PORT=abc]}]\n"
        "secretGenerator: [{name: shop, literals: [SHOP_TOKEN=t, SHOP_KEY=k]}]\n"
    )
    built = run_tool(tool("kubectl"), "kustomize", str(tmp_path))
    assert built.returncode == 0, built.stderr
    file = tmp_path / "built.yaml"
    file.write_text(built.stdout)
    [workload] = read_manifests([file]).workloads
    verdict = judge_container(shop, workload, workload.containers[0])
    assert [(each.problem.code, each.problem.variable) for each in verdict.problems] == [("value-invalid", "SHOP_PORT")]
    valid_for_kubernetes(file)


@pytest.mark.parametrize("target", ["kubernetes", "compose"])
def test_what_export_writes_is_accepted(shop: Contract, tmp_path: Path, target: str) -> None:
    shop.dump(tmp_path / "contract.json")
    (tmp_path / "prod.env").write_text("SHOP_HOST=x\nSHOP_PORT=8080\n")
    image = f"registry.example/shop@sha256:{'1' * 64}"
    contract = ("--contract", str(tmp_path / "contract.json"))
    files = ("--values", str(tmp_path / "prod.env"), "-o", str(tmp_path / "out"))
    done = run_here("export", target, *contract, *files, "--image", image)
    assert done.returncode == 0, done.stderr
    path = [] if target == "kubernetes" or shutil.which("docker-compose") else ["--container", "shop"]
    done = run_here("validate", "--manifest", str(tmp_path / "out"), *contract, *path, "--format", "json")
    told = json.loads(done.stdout)
    assert (told["exitCode"], told["counts"]["error"], told["counts"]["warning"]) == (0, 0, 0), done.stdout
    assert [each["contract"]["name"] for each in told["containers"]] == ["shop"]
