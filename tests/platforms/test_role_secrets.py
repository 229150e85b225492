"""A role gets the secrets that it needs, and no others, whatever the values have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from confcontract.platforms.export_input import Way
from confcontract.platforms.export_targets import export
from confcontract.platforms.workload_options import SecretsBy, WorkloadOptions
from tests.platforms.exporting import made
from tests.platforms.kubernetes.read_back import objects_of, one, template_of

VALUES = {
    "SHOP_PORT": "80",
    "SHOP_DATABASE__URL": "postgresql://shop:hunter2@db/shop",
    "SHOP_SIGNING_KEY": "0123456789abcdef-hunter2",
    "SHOP_TOKEN_FILE": "/run/secrets/token",
}
OF_MIGRATE: dict[str, Callable[[Mapping[str, str]], str]] = {
    "compose": lambda files: re.split(r"^  (?=\w)", files["compose.yaml"], flags=re.MULTILINE)[1],
    "systemd": lambda files: files["shop-migrate.service"],
    "kubernetes": lambda files: files["job-migrate.yaml"],
    "helm": lambda files: files["templates/_helpers.tpl"].partition('"shop.env-migrate"')[2].partition("define")[0],
}


@pytest.mark.parametrize("target", OF_MIGRATE)
def test_a_role_gets_the_secrets_that_it_needs_and_no_others(target: str) -> None:
    text = OF_MIGRATE[target](export(target, made(VALUES)).files)
    assert "migrate" in text
    assert "SHOP_DATABASE__URL" in text
    assert not re.findall("SHOP_SIGNING_KEY|SHOP_TOKEN", text)


def test_a_file_that_not_every_role_gets_is_named_to_those_that_do() -> None:
    objects = objects_of(export("kubernetes", made(VALUES)).files)
    assert "SHOP_TOKEN_FILE" not in one(objects, "ConfigMap")["data"]
    names = {
        each["metadata"]["name"].rpartition("-")[2]: [entry["name"] for entry in _environment(each)]
        for each in objects
        if each["kind"] == "Deployment"
    }
    assert all("SHOP_TOKEN_FILE" in names[role] for role in ("web", "worker"))


def test_a_reference_among_the_values_is_fetched_for_the_roles_that_need_it() -> None:
    values = {"SHOP_DATABASE__URL": "vault:secret/shop#url", "SHOP_SIGNING_KEY": "vault:secret/shop#key"}
    objects = objects_of(
        export("kubernetes", made(values), "workloads", WorkloadOptions(secrets=SecretsBy.EXTERNAL_SECRETS)).files
    )
    secrets = [each["name"] for each in _environment(one(objects, "Job")) if "valueFrom" in each]
    assert secrets == ["SHOP_DATABASE__URL"]


def test_a_secret_that_no_exported_role_needs_is_to_be_left_out() -> None:
    given = made(VALUES, role="migrate")
    (process,) = given.processes
    assert [each.name for each in process.of(Way.SECRET)] == ["SHOP_DATABASE__URL"]
    hints = {each.variable: each.hint for each in given.problems}
    assert hints["SHOP_SIGNING_KEY"] == "leave it out: no exported role needs it"
    assert hints["SHOP_DATABASE__URL"] != hints["SHOP_SIGNING_KEY"]


def _environment(workload: dict[str, object]) -> list[dict[str, str]]:
    (container,) = template_of(workload)["spec"]["containers"]
    found: list[dict[str, str]] = container["env"]
    return found
