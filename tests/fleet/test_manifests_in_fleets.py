"""Environments that are manifests of Kubernetes, or Compose files: what they would give the container."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.made_fleet import ShopNext, baked
from tests.manifests.shop import deployment
from tests.support.inprocess import run_here

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: web
          image: registry.example/shop:1.0
          envFrom:
            - configMapRef: {name: shop}
          env:
            - {name: DATABASE__URL, valueFrom: {secretKeyRef: {name: shop, key: url}}}
        - name: proxy
          image: registry.example/proxy:1.0
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data:
  PORT: "%s"
  MOTTO: hello
"""


@pytest.fixture
def shop(own: Path) -> Path:
    """One service, with manifests in place of env files."""
    for place in own.glob("*/*.env"):
        place.unlink()
    for place in own.glob("*/contract.json"):
        if place.parent.name != "shop":
            place.unlink()
    return own / "shop"


def judged(fleet: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = run_here("fleet", str(fleet), "--jobs", "1", "--format", "json", *arguments)
    (service,) = json.loads(done.stdout)["services"]
    return done.returncode, {each["name"]: each for each in service["environments"]}


def test_what_manifests_give_the_container_is_judged(shop: Path) -> None:
    (shop / "prod").mkdir()
    (shop / "prod/deployment.yaml").write_text(DEPLOYMENT)
    (shop / "prod/config.yaml").write_text(CONFIG % 80)
    (shop / "staging.yaml").write_text(f"{DEPLOYMENT}---\n{CONFIG % 'many'}")
    (shop / "dev.yaml").write_text(
        "services:\n  shop:\n    image: shop:1.0\n    environment: {DATABASE__URL: '${URL}', PORT: '80'}\n"
    )
    code, found = judged(shop.parent)
    assert code == 1
    assert {name: each["verdict"] for name, each in found.items()} == {
        "dev": "accepted as far as can be seen",
        "prod": "accepted as far as can be seen",
        "staging": "refused",
    }
    assert found["prod"]["deprecated"] == ["MOTTO"]
    assert "DATABASE__URL" in found["prod"]["unseen"]
    (wrong,) = [each for each in found["staging"]["reasons"] if each["severity"] == "error"]
    assert (wrong["variable"], wrong["code"]) == ("PORT", "value-invalid")
    assert wrong["source"] == f"ConfigMap shop, key PORT, {shop}/staging.yaml, line 23, column 3"


def test_a_rollout_meets_manifests(shop: Path) -> None:
    (shop / "prod.yaml").write_text(f"{DEPLOYMENT}---\n{CONFIG % 80}")
    baked(ShopNext, "shop", "2.0").dump(shop / "next.json")
    code, found = judged(shop.parent)
    assert (code, found["prod"]["step"]["wave"]) == (1, "needs settings first")
    assert found["prod"]["step"]["settings"] == ["REGION"]


def test_a_container_is_named_where_it_is_not_clear(shop: Path, tmp_path: Path) -> None:
    (shop / "prod.yaml").write_text(DEPLOYMENT.replace("shop:1.0", "app:1.0").replace("app: shop", "app: x"))
    code, found = judged(shop.parent)
    assert code == 2
    assert "which one is not clear" in found["prod"]["reasons"][0]["message"]
    assert 'container = "NAME" in a fleet file' in found["prod"]["reasons"][0]["remedy"]
    text = '[services.shop]\ncontract = "contract.json"\nenvironments.prod = {files = "prod.yaml", container = "web"}\n'
    (shop / "fleet.toml").write_text(text)
    code, found = judged(shop / "fleet.toml")
    assert (code, found["prod"]["verdict"]) == (0, "accepted as far as can be seen")
    (shop / "fleet.toml").write_text(text.replace('"web"', '"other"'))
    code, found = judged(shop / "fleet.toml")
    assert code == 2
    assert "no container is called other" in found["prod"]["reasons"][0]["message"]


def test_a_template_that_was_not_rendered_is_not_evaluated(shop: Path) -> None:
    (shop / "prod.yaml").write_text(DEPLOYMENT.replace("registry.example/shop:1.0", "{{ .Values.image }}"))
    code, found = judged(shop.parent)
    assert (code, found["prod"]["verdict"]) == (2, "not evaluated")


def test_manifests_beside_settings_are_not_evaluated(shop: Path) -> None:
    (shop / "prod.yaml").write_text(DEPLOYMENT)
    (shop / "prod.env").write_text("PORT=80\n")
    code, found = judged(shop.parent)
    assert (code, found["prod"]["verdict"]) == (2, "not evaluated")


KEY = "            - {name: API_KEY, valueFrom: {secretKeyRef: {name: shop, key: key}}}\n"


@pytest.mark.parametrize("start", ["args: [--role, web]", "command: [confcontract, boot, --env-file, /x.env, --, x]"])
def test_what_is_unknown_of_the_container_as_a_whole_is_not_accepted_outright(shop: Path, start: str) -> None:
    given = "env: [{name: DATABASE__URL, value: 'postgres://db/x'}, {name: API_KEY, value: k}]"
    (shop / "prod.yaml").write_text(deployment(f"{given}\n{start}", data=""))
    (shop / "fine.yaml").write_text(deployment(given, data=""))
    _, found = judged(shop.parent)
    assert [*found["prod"]["unseen"].keys() - found["fine"]["unseen"].keys()] == [
        f"{shop}/prod.yaml, line 11, column 9"
    ]


def test_what_the_environment_gives_unseen_is_no_reference_to_a_store(shop: Path) -> None:
    (shop / "prod.yaml").write_text(f"{DEPLOYMENT}---\n{CONFIG % 80}")
    given = DEPLOYMENT.replace("        - name: proxy", f"{KEY}        - name: proxy")
    (shop / "given.yaml").write_text(f"{given}---\n{CONFIG % 80}")
    _, found = judged(shop.parent)
    key = {"DATABASE__URL": ["Secret shop, key url"]}
    assert found["prod"]["references"] == {"API_KEY": ["vault:secret/shared#api_key"], **key}
    assert found["prod"]["unseen"]["API_KEY"] == "its value is in a secret store, which was not queried"
    assert found["given"]["references"] == {"API_KEY": ["Secret shop, key key"], **key}
    assert found["given"]["unseen"]["API_KEY"].endswith("Secret shop is not among the manifests")


def test_a_warning_has_its_place_in_the_manifest(shop: Path) -> None:
    (shop / "prod.yaml").write_text(f"{DEPLOYMENT}---\n{CONFIG % 80}")
    _, found = judged(shop.parent)
    places = [each["source"] for each in found["prod"]["reasons"] if each["code"] == "name-deprecated"]
    assert places == [f"ConfigMap shop, key MOTTO, {shop}/prod.yaml, line 24, column 3"]


WRONG = {
    "a secret in plain": "            - {name: DATABASE__URL, value: x}\n",
    "a role that is not declared": "            - {name: CONFCONTRACT_ROLE, value: nothing}\n",
    "a port that is not asked": "          readinessProbe: {tcpSocket: {port: 81}}\n",
    "a command past boot": "          command: [python, -m, shop]\n",
}


def test_the_verdict_on_manifests_is_the_one_of_validate(shop: Path) -> None:
    for wrong, lines in WRONG.items():
        text = DEPLOYMENT.replace("        - name: proxy", f"{lines}        - name: proxy")
        (shop / f"{wrong}.yaml").write_text(f"{text}---\n{CONFIG % 80}")
    _, found = judged(shop.parent)
    assert found.keys() == WRONG.keys()
    for each in found.values():
        words = ("--manifest", *each["files"], "--contract", str(shop / "contract.json"), "--format", "json")
        web = json.loads(run_here("validate", *words).stdout)["containers"][0]
        alone = {
            (problem["code"], problem["message"], problem["severity"])
            for problem in web["problems"]
            if problem["outcome"] in ("error", "warning")
        }
        assert {(reason["code"], reason["message"], reason["severity"]) for reason in each["reasons"]} == alone
        assert (each["verdict"] == "refused") is (web["outcome"] == "error")
    codes = {wrong: {reason["code"] for reason in each["reasons"]} for wrong, each in found.items()}
    assert "secret-in-plain" in codes["a secret in plain"]
    assert codes["a role that is not declared"] >= {"usage", "name-deprecated"}
    assert "probe-mismatch" in codes["a port that is not asked"]
    assert "boot-bypassed" in codes["a command past boot"]


def test_the_same_key_of_the_same_secret_is_the_same_secret(shop: Path) -> None:
    """However it comes into the container; that of another namespace is another."""
    ways = {
        "env": "",
        "envFrom": "envFrom: [{secretRef: {name: shop}}]\n",
        "reference": "env: [{name: A, valueFrom: {secretKeyRef: {name: shop, key: url}}}, "
        "{name: DATABASE__URL, value: $(A)}]\n",
        "file": "env: [{name: DATABASE__URL_FILE, value: /s/url}]\nvolumeMounts: [{name: s, mountPath: /s}]\n",
        "another": "",
    }
    for way, lines in ways.items():
        inner = lines or "env: [{name: DATABASE__URL, valueFrom: {secretKeyRef: {name: shop, key: url}}}]\n"
        secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: shop}\nstringData: {url: x, DATABASE__URL: x}\n"
        if way == "file":
            text = deployment(inner, pod="volumes: [{name: s, secret: {secretName: shop}}]\n", data=secret)
        else:
            text = deployment(inner, data=secret)
        namespace = "other" if way == "another" else "live"
        text = text.replace("metadata: {name: shop}", f"metadata: {{name: shop, namespace: {namespace}}}")
        place = shop.parent / f"by-{way}"
        place.mkdir()
        (place / "contract.json").write_bytes((shop / "contract.json").read_bytes())
        (place / "prod.yaml").write_text(text)
    done = run_here("fleet", str(shop.parent), "--jobs", "1", "--format", "json")
    (shared, *others) = [each for each in json.loads(done.stdout)["sharedSecrets"] if "Secret" in each["reference"]]
    assert (shared["reference"], others) == ("Secret live/shop, key url", [])
    readers = [(each["service"], each["variable"]) for each in shared["readers"]]
    assert readers == [(f"by-{way}", "DATABASE__URL") for way in ("env", "file", "reference")]
