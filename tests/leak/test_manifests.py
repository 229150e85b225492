"""The canary in manifests: as plain text, in a Secret, in its files and in Compose, and in every format of the verdict."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from confcontract import bake
from confcontract.contract.artifact import Contract
from confcontract.manifests import boot_settings, container_files
from confcontract.manifests.contract_choice import ContractChoice
from confcontract.manifests.manifest_report import ManifestReport, judge_manifests
from confcontract.manifests.read_manifests import read_manifests
from confcontract.manifests.shown import FORMATS, render_manifests
from confcontract.manifests.workload import Manifests
from tests.support.inprocess import run_here

from . import shop_secrets
from .places import PLACES, WORD, Place
from .test_leak import SECRETS, found_in, with_secrets

NAMES = sorted(name for name, place in PLACES.items() if place.variables)
SHARES = 4  # of the places, a test each
WAYS = ("plain", "secret", "config", "expanded", "files")


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("contracts")
    made = {}
    for name in sorted({place.settings for place in PLACES.values()}):
        made[name] = str(folder / f"{name}.json")
        bake(getattr(shop_secrets, name), name="shop", version="1").dump(made[name])
    return made


def encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


def objects(
    variables: dict[str, str], secret_file: str | None, ways: tuple[str, ...] = WAYS, name: str = "shop"
) -> list[dict[str, Any]]:
    """A Deployment with a container for each way in which a value may come."""
    plain = [{"name": name, "value": value} for name, value in variables.items()]
    data = {name: encoded(value) for name, value in variables.items()}
    files = {"file": encoded(secret_file or "")}
    containers = [
        {"name": "plain", "image": "shop", "env": plain},
        {"name": "secret", "image": "shop", "envFrom": [{"secretRef": {"name": name}}]},
        {"name": "config", "image": "shop", "envFrom": [{"configMapRef": {"name": name}}]},
        {
            "name": "expanded",
            "image": "shop",
            "envFrom": [{"prefix": "THE_", "secretRef": {"name": "shop"}}],
            "env": [{"name": name, "value": f"$(THE_{name})"} for name in variables],
        },
        {
            "name": "files",
            "image": "shop",
            "args": ["--env-file", "/run/secrets/file", "--", "serve"],
            "env": [{"name": f"{name}_FILE", "value": f"/run/secrets/{name}"} for name in variables],
            "volumeMounts": [{"name": "secrets", "mountPath": "/run/secrets"}],
        },
    ]
    chosen = [each for each in containers if each["name"] in ways]
    pod = {"containers": chosen, "volumes": [{"name": "secrets", "secret": {"secretName": name}}]}
    meta = {"metadata": {"name": name}}
    return [
        {"apiVersion": "v1", "kind": "Secret", **meta, "data": {**data, **files}},
        {"apiVersion": "v1", "kind": "ConfigMap", **meta, "data": variables},
        {"apiVersion": "apps/v1", "kind": "Deployment", **meta, "spec": {"template": {"spec": pod}}},
    ]


def leaks(report: ManifestReport) -> list[str]:
    return [f"{form}: {line}" for form in FORMATS for line in found_in(render_manifests(report, form))]


def judged(manifests: Manifests, contract: str) -> ManifestReport:
    names = sorted({each.name for workload in manifests.workloads for each in workload.containers})
    choice = ContractChoice(manifests, Contract.load, Contract.load(contract), None, names)
    return judge_manifests(manifests, choice)


@pytest.mark.parametrize("share", range(SHARES))
def test_no_format_shows_a_secret(share: int, contracts: dict[str, str], tmp_path: Path) -> None:
    """All places of one settings class are in one file; the three ways that differ most, of some places all."""
    by_settings: dict[str, list[dict[str, Any]]] = {}
    services: dict[str, dict[str, Any]] = {}
    for number, name in enumerate(NAMES[share::SHARES]):
        place: Place = PLACES[name]
        variables = {each: with_secrets(value, tmp_path) for each, value in place.variables.items()}
        text = with_secrets(place.secret_file, tmp_path) if place.secret_file is not None else None
        ways = WAYS if number % 5 == 0 else (WAYS[number % 2], "files")
        made = by_settings.setdefault(place.settings, [])
        made += objects(variables, text, ways, f"shop-{number}")
        if place.settings == "Settings" and number % 5 == 1:
            services[f"shop-{number}"] = {"image": "shop", "environment": variables}
    for settings, made in by_settings.items():
        file = tmp_path / f"{settings}.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))
        report = judged(read_manifests([file]), contracts[settings])
        assert len(report.verdicts) > 0
        assert all(each.contract is not None for each in report.verdicts)
        assert not leaks(report)
    file = tmp_path / "compose.yaml"
    file.write_text(json.dumps({"services": services}))
    report = judged(read_manifests([file], {"PATH": "/nowhere"}), contracts["Settings"])
    assert len(report.verdicts) == len(services) > 5
    assert not leaks(report)


def test_what_is_in_a_secret_is_not_shown_whatever_its_setting_is(contracts: dict[str, str], tmp_path: Path) -> None:
    """Also of those that are not secrets, which boot would show: their value was put where secrets are."""
    with open(contracts["Settings"], encoding="utf-8") as file:
        names = [each["name"] for each in json.load(file)["variables"]]
    values = {name: f"{SECRETS[WORD]}-{number}" for number, name in enumerate(names)}
    made = objects(values, SECRETS[WORD], ("secret", "expanded", "files"))
    made = [each for each in made if each["kind"] != "ConfigMap"]
    (tmp_path / "shop.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))
    report = judged(read_manifests([tmp_path / "shop.json"]), contracts["Settings"])
    assert [each.contract is not None and bool(each.errors) for each in report.verdicts] == [True] * 3
    assert not leaks(report)


def test_the_command_shows_none_and_leaves_no_file(
    contracts: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of a container are laid out while it is judged, and not a moment longer."""
    monkeypatch.setattr(container_files, "_IN_MEMORY", str(tmp_path / "memory"))
    (tmp_path / "memory").mkdir()
    made = objects({"SHOP_API_KEY": SECRETS[WORD], "SHOP_PORT": SECRETS[WORD]}, f"SHOP_PASSWORD={SECRETS[WORD]}")
    made = [each for each in made if each["kind"] != "ConfigMap"]
    (tmp_path / "shop.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))
    named = [word for way in ("secret", "expanded", "files") for word in ("--container", way)]
    file = str(tmp_path / "shop.json")
    for form in FORMATS:
        done = run_here("validate", "--manifest", file, "--contract", contracts["Settings"], *named, "--format", form)
        assert done.returncode in (66, 78), done.stderr
        assert not found_in(done.stdout + done.stderr)
    assert [*(tmp_path / "memory").iterdir()] == []


def test_what_leads_boot_from_a_secret_is_not_shown(contracts: dict[str, str], tmp_path: Path) -> None:
    """A path, a role or a number of seconds may be a credential in the wrong place."""
    [name] = [each for each in contracts if each == sorted(contracts)[0]]
    variables = [each["name"] for each in Contract.load(contracts[name]).variables]
    leading = ["CREDENTIALS_DIRECTORY", "SERVICE_BINDING_ROOT", *(f"{each}_FILE" for each in variables)]
    leading += [each for each in boot_settings.WITH_VALUE.values() if each]
    source = {"secretKeyRef": {"name": "s", "key": "k"}}
    env = [{"name": "X", "valueFrom": source}, *({"name": each, "valueFrom": source} for each in leading)]
    env += [{"name": each, "value": "vault:$(X)/a#b"} for each in variables]
    words = ["confcontract", "boot", "--conf-file", "$(X)", "--rol$(X)", "--env-file", "/y$(X)", "$(X)"]
    container = {"name": "a", "image": "shop", "command": words, "env": env}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [container]}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"k": f"/{SECRETS[WORD]}"}}
    (tmp_path / "prod.yaml").write_text(json.dumps(pod) + "\n---\n" + json.dumps(secret))
    manifests = read_manifests([tmp_path / "prod.yaml"])
    report = judged(manifests, contracts[name])
    assert leaks(report) == []
    (tmp_path / "contract.json").write_bytes(Path(contracts[name]).read_bytes())
    fleet = tmp_path / "fleet.json"
    services = {"shop": {"contract": "contract.json", "environments": {"prod": "prod.yaml"}}}
    fleet.write_text(json.dumps({"services": services}))
    for form in ("text", "json", "html"):
        assert found_in(run_here("fleet", str(fleet), "--format", form).stdout) == []


def test_what_is_put_into_a_command_of_compose_from_a_secret_is_not_shown(
    contracts: dict[str, str], tmp_path: Path
) -> None:
    words = (
        "[confcontract, boot, --conf-file, '${API_TOKEN}', --mounted-secrets, '/x/${API_TOKEN}', --, '${API_TOKEN}']"
    )
    service = f"{{image: 'shop:${{API_TOKEN}}', env_file: '${{API_TOKEN}}.env', command: {words}}}"
    (tmp_path / "compose.yaml").write_text(f"services: {{shop: {service}}}\n")
    for path in ("", None):
        environ = {"API_TOKEN": SECRETS[WORD]} | ({"PATH": path} if path is not None else {"PATH": os.environ["PATH"]})
        report = judged(read_manifests([tmp_path / "compose.yaml"], environ), contracts[sorted(contracts)[0]])
        assert leaks(report) == []
