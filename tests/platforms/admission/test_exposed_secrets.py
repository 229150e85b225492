"""Secrets in plain text: a policy refuses them where `validate --manifest` calls them errors, and nowhere else."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake, declare
from confcontract.contract.artifact import Contract
from confcontract.manifests.container_verdict import judge_container
from confcontract.manifests.plain_secrets import CODE, REMEDY
from confcontract.manifests.read_manifests import read_manifests
from tests.platforms.admission.engines import ENGINES, Engine, documents_in
from tests.platforms.admission.written import (
    FROM_SECRET,
    container,
    data_object,
    enforced_of,
    pod,
    refusals,
    workload,
    written,
)

EVERY_ENGINE = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)


class Member(BaseModel):
    host: str = "h"
    password: SecretStr = SecretStr("")


class Safe(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SAFE_", env_nested_delimiter="__")

    token: SecretStr = Field(SecretStr(""), validation_alias=AliasChoices("SAFE_TOKEN", "TOKEN"))
    api_key: str = ""  # may be a secret, by its name
    title: str = ""
    tokens: dict[str, SecretStr] = {}
    tokens_of_b: dict[str, str] = Field({}, validation_alias="SAFE_TOKENS__B")
    titles: dict[str, str] = {}
    members: dict[str, Member] = {}
    main: Member = Member()


@cache
def safe() -> Contract:
    return bake(declare(Safe, name="safe", version="1"))


LONG = "x" * 4097
# What is set, and the secrets that are plain text then.
ENVIRONMENTS: list[tuple[Any, list[str]]] = [
    ({"SAFE_TOKEN": "zqhunter2zq"}, ["SAFE_TOKEN"]),
    ({"TOKEN": "zqhunter2zq"}, ["SAFE_TOKEN"]),
    ({"safe_token": "zqhunter2zq"}, ["SAFE_TOKEN"]),
    ({"SAFE_TOKEN": ""}, []),
    ({"SAFE_TOKEN": FROM_SECRET}, []),
    ({"SAFE_TOKEN": "vault:secret/shop#token"}, []),
    ({"SAFE_TOKEN": "vault:" + LONG}, []),
    ({"SAFE_TOKEN": LONG}, ["SAFE_TOKEN"]),
    ({"PART": FROM_SECRET, "SAFE_TOKEN": "$(PART)"}, []),
    ({"PART": FROM_SECRET, "SAFE_TOKEN": LONG + "$(PART)"}, []),
    ({"SAFE_TOKEN_FILE": "/run/secrets/token"}, []),
    ({"SAFE_API_KEY": "zqhunter2zq", "SAFE_TITLE": "zqhunter2zq"}, []),
    ({"SAFE_TOKENS": '{"a": "zqhunter2zq"}'}, ["SAFE_TOKENS"]),
    ({"SAFE_TOKENS__A": "zqhunter2zq"}, ["SAFE_TOKENS"]),
    ({"safe_tokens__a__": "zqhunter2zq"}, ["SAFE_TOKENS"]),
    ({"SAFE_TOKENS__": "zqhunter2zq"}, ["SAFE_TOKENS"]),
    ({"SAFE_TOKENS_A": "zqhunter2zq"}, []),
    ({"SAFE_TOKENS__B": '{"c": "title"}'}, []),
    ({"SAFE_TOKENS__B__C": "title"}, []),
    ({"SAFE_TOKENS__B_": "zqhunter2zq"}, ["SAFE_TOKENS"]),
    ({"SAFE_TITLES__A": "title"}, []),
    ({"SAFE_MEMBERS__A__HOST": "h"}, []),
    ({"SAFE_MAIN__HOST": "h"}, []),
    ({"SAFE_MAIN__PASSWORD": "zqhunter2zq", "TOKEN": "zqhunter2zq"}, ["SAFE_MAIN__PASSWORD", "SAFE_TOKEN"]),
    ([{"name": "TOKEN", "value": "zqhunter2zq"}, {"name": "TOKEN", "valueFrom": FROM_SECRET}], []),
    ([{"name": "TOKEN", "valueFrom": FROM_SECRET}, {"name": "TOKEN", "value": "zqhunter2zq"}], ["SAFE_TOKEN"]),
    ([{"name": "TOKEN", "value": "zqhunter2zq"}, {"name": "SAFE_TOKEN", "valueFrom": FROM_SECRET}], ["SAFE_TOKEN"]),
]


def by_manifest(spec: dict[str, Any], folder: Path) -> list[str]:
    """The secrets that validation is sure of."""
    (folder / "pod.yaml").write_text(json.dumps(workload("Pod", pod(spec))), encoding="utf-8")
    [read] = read_manifests([folder / "pod.yaml"]).workloads
    errors = judge_container(safe(), read, read.containers[0]).errors
    return sorted({each.problem.variable or "" for each in errors if each.problem.code == CODE})


def in_plain(messages: list[str]) -> list[str]:
    return sorted(each.split()[0] for each in messages if each.endswith(f"[{CODE}]"))


@EVERY_ENGINE
@pytest.mark.parametrize(("env", "secrets"), ENVIRONMENTS, ids=str)
def test_a_workload_is_refused_for_the_secrets_that_validation_reports(
    env: Any, secrets: list[str], engine: Engine, tmp_path: Path
) -> None:
    spec = container(env)
    assert by_manifest(spec, tmp_path) == secrets
    assert in_plain(refusals(engine, enforced_of(safe()), workload("Deployment", pod(spec)))) == secrets


@EVERY_ENGINE
@pytest.mark.parametrize(
    ("env", "secrets"), [each for each in ENVIRONMENTS if isinstance(each[0], dict) and len(each[0]) == 1], ids=str
)
def test_a_config_map_is_refused_for_them_and_a_secret_is_not(
    env: dict[str, Any], secrets: list[str], engine: Engine
) -> None:
    data = {name: value for name, value in env.items() if isinstance(value, str)}
    found = enforced_of(safe())
    assert in_plain(refusals(engine, found, data_object("ConfigMap", data, name="safe"))) == secrets
    assert in_plain(refusals(engine, found, data_object("Secret", dict.fromkeys(data, "eHg="), name="safe"))) == []


@EVERY_ENGINE
def test_the_message_names_the_variable_and_what_to_do_and_not_the_value(engine: Engine) -> None:
    given = workload("Pod", pod(container({"SAFE_TOKENS__A": "zqhunter2zq"})))
    [message] = refusals(engine, enforced_of(safe()), given)
    assert message == f"SAFE_TOKENS is a secret, and its value is plain text; {REMEDY} [{CODE}]"


def test_they_can_be_admitted() -> None:
    for kind in ("vap", "kyverno"):
        exported = written(safe(), kind, plain_secrets=True)
        assert CODE not in str(exported.files)
        assert CODE in str(written(safe(), kind).files)


def test_a_policy_has_one_validation_for_each_secret() -> None:
    for name, text in written(safe()).files.items():
        told = [each["message"] for each in documents_in(text)[0]["spec"]["validations"]]
        expected = ["SAFE_MAIN", "SAFE_MAIN__PASSWORD", "SAFE_MEMBERS", "SAFE_TOKEN", "SAFE_TOKENS"]
        assert in_plain(told) == ([] if name == "secrets.yaml" else expected), name
