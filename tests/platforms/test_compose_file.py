"""`export compose`, read by a real docker compose."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from confcontract.platforms.export_targets import export
from confcontract.platforms.exported import Exported
from confcontract.platforms.workload_options import WorkloadOptions
from tests.platforms.exporting import made
from tests.platforms.reading_back import from_compose

BIN = Path(sys.executable).parent
COMPOSE = BIN / "docker-compose"
IMAGE = "registry.example/shop@sha256:" + 64 * "a"
ODD = {
    "SHOP_GREETING": "a$b ${c} ${d:?x} 'e' \"f\" \\ #g: {h} [i] %j\n\tk\u202e",
    "SHOP_TAGS": "yes",
    "SHOP_LIMITS__a": "010",
    "SHOP_BROKER": "amqp://mq/x",
}


def compose(values: Mapping[str, str], **options: Any) -> Exported:
    return export("compose", made(values, **options), None, WorkloadOptions())


def config(folder: Path, *files: str, **environ: str) -> subprocess.CompletedProcess[str]:
    named = [word for file in files for word in ("-f", file)]
    command = [str(COMPOSE), *named, "config", "--format", "json"]
    return subprocess.run(
        command, cwd=folder, env={"HOME": str(folder), **environ}, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("compose")
    exported = compose({**ODD, "SHOP_TOKEN": "hunter2"}, image=IMAGE)
    for name, text in exported.files.items():
        (where / name).write_text(text)
    (where / "other.yaml").write_text("services: {mq: {image: rabbitmq}, cache: {image: redis}}")
    return where


@pytest.fixture(scope="module")
def services(folder: Path) -> dict[str, Any]:
    done = config(folder, "compose.yaml", SHOP_PORT="80")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["services"]
    return found


def test_compose_reads_every_value_as_it_was_given(services: dict[str, Any], folder: Path) -> None:
    environment = {name: value.replace("$$", "$") for name, value in services["web"]["environment"].items()}
    of_boot = {"CONFCONTRACT_ROLE": "web", "CONFCONTRACT_RUNTIME_DIR": "/run/confcontract"}
    assert environment == {**ODD, **of_boot, "SHOP_PORT": "80"}
    ours = from_compose((folder / "compose.yaml").read_text(), "web")
    assert {**ours.environ, "SHOP_PORT": "80"} == environment  # the reader of the other tests reads as compose does
    assert ours.asked == ("SHOP_PORT",)


def test_what_is_missing_is_asked_for_in_the_words_of_the_contract(folder: Path) -> None:
    done = config(folder, "compose.yaml")
    assert done.returncode != 0
    assert (
        "required variable SHOP_PORT is missing a value: "
        'Where it listens: "8080", or what $PORT says (integer, at least 1)'
    ) in done.stderr


def test_a_role_is_a_service_and_what_runs_once_comes_first(services: dict[str, Any]) -> None:
    assert services.keys() == {"migrate", "web", "worker"}
    assert services["web"]["command"] == ["shop", "serve"]
    assert services["migrate"]["restart"] == "no"
    assert services["migrate"]["healthcheck"] == {"disable": True}
    waits = {"condition": "service_completed_successfully", "required": True}
    assert services["web"]["depends_on"] == {"migrate": waits}
    assert "depends_on" not in services["migrate"]


def test_a_service_gets_the_secrets_that_its_role_needs_as_files(services: dict[str, Any], folder: Path) -> None:
    def secrets(role: str) -> list[str]:
        return [each["target"] for each in services[role]["secrets"]]

    assert secrets("web") == [f"/run/secrets/SHOP_{each}" for each in ("DATABASE__URL", "SIGNING_KEY", "TOKEN")]
    assert secrets("migrate") == ["/run/secrets/SHOP_DATABASE__URL"]
    assert "hunter2" not in str(services) + (folder / "compose.yaml").read_text()


def test_a_service_is_confined(services: dict[str, Any]) -> None:
    web = services["web"]
    assert web["image"] == IMAGE
    assert web["user"] == "10001:10001"
    assert web["read_only"] is True
    assert web["cap_drop"] == ["ALL"]
    assert web["security_opt"] == ["no-new-privileges:true"]
    assert web["tmpfs"] == ["/run/confcontract:mode=0700,uid=10001,gid=10001", "/tmp"]
    assert web["stop_grace_period"] == "35s"
    assert web["healthcheck"]["test"][:5] == ["CMD", "python", "-I", "-m", "confcontract"]
    assert web["healthcheck"]["start_period"] == "1m0s"


def test_services_of_other_files_that_checks_name_are_waited_for(folder: Path) -> None:
    done = config(folder, "other.yaml", "compose.yaml", "compose.depends.yaml", SHOP_PORT="80")
    assert done.returncode == 0, done.stderr
    waits = json.loads(done.stdout)["services"]["worker"]["depends_on"]
    assert {name: each["condition"] for name, each in waits.items()} == {
        "migrate": "service_completed_successfully",
        "mq": "service_started",
        "cache": "service_started",
    }


def test_the_files_satisfy_the_schema_of_compose(folder: Path) -> None:
    files = [str(folder / name) for name in ("compose.yaml", "compose.depends.yaml")]
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_in_run_secrets_that_a_value_names_is_a_secret_too() -> None:
    values = {
        "VAULT_ADDR": "https://vault:8200",
        "VAULT_TOKEN_FILE": "/run/secrets/vault-token",
        "SHOP_SIGNING_KEY_FILE": "/run/secrets/key",
    }
    document = yaml.safe_load(compose(values).files["compose.yaml"])
    assert document["secrets"].keys() == {"key", "vault-token"}
    assert document["services"]["web"]["secrets"] == ["key", "vault-token"]
    assert document["services"]["web"]["environment"]["VAULT_ADDR"] == "https://vault:8200"


def test_one_role_alone_waits_for_nobody() -> None:
    document = yaml.safe_load(compose({}, role="web").files["compose.yaml"])
    assert document["services"].keys() == {"web"}
    assert "depends_on" not in document["services"]["web"]


def test_the_image_is_asked_for_where_none_is_named() -> None:
    document = yaml.safe_load(compose({}).files["compose.yaml"])
    assert document["services"]["web"]["image"] == "${SHOP_IMAGE:?the image of shop, by its digest}"


def test_boot_has_its_own_grace_before_compose_loses_patience() -> None:
    document = yaml.safe_load(compose({"CONFCONTRACT_GRACE": "60"}).files["compose.yaml"])
    assert document["services"]["web"]["stop_grace_period"] == "65s"


@pytest.mark.parametrize("refused", ["inf", "nan", "-5", "0", "1e400", "soon"])
def test_a_grace_that_boot_refuses_is_the_usual_one(refused: str) -> None:
    document = yaml.safe_load(compose({"CONFCONTRACT_GRACE": refused}).files["compose.yaml"])
    assert document["services"]["web"]["stop_grace_period"] == "35s"
