"""The role of a container, by its image and by itself: a policy requires what `validate --manifest` does for it."""

from __future__ import annotations

import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from confcontract import Role, bake, declare
from confcontract.contract.artifact import Contract
from confcontract.contract.image_defaults import ImageDefaults
from confcontract.manifests.container_verdict import judge_container
from confcontract.manifests.read_manifests import read_manifests
from tests.platforms.admission.engines import ENGINES
from tests.platforms.admission.written import container, pod, policies, refusals, workload, written

BOOT = ("confcontract", "boot")


class Roles(BaseSettings):
    web_only: str
    job_only: str


@cache
def contract_data() -> Contract:
    roles = {"web": Role(needs=["WEB_ONLY"]), "job": Role(needs=["JOB_ONLY"])}
    return bake(declare(Roles, name="roles", version="1", roles=roles))


IMAGES = {
    "none": ImageDefaults((), (*BOOT, "--"), ("app",)),
    "variable": ImageDefaults(("CONFCONTRACT_ROLE=job",), (*BOOT, "--"), ("app",)),
    "entrypoint": ImageDefaults((), (*BOOT, "--role", "web", "--"), ("app",)),
    "entrypoint and variable": ImageDefaults(("CONFCONTRACT_ROLE=job",), (*BOOT, "--role=web", "--"), ("app",)),
    "command": ImageDefaults((), BOOT, ("--role", "web", "--", "app")),
    "both": ImageDefaults((), (*BOOT, "--role=job"), ("--role", "web", "--", "app")),
    "unknown": ImageDefaults((), (*BOOT, "--role=batch", "--"), ("app",)),
}
VARIABLES: dict[str, list[dict[str, str]]] = {
    "unset": [],
    "web": [{"name": "CONFCONTRACT_ROLE", "value": "web"}],
    "job": [{"name": "CONFCONTRACT_ROLE", "value": "job"}],
    "empty": [{"name": "CONFCONTRACT_ROLE", "value": ""}],
}
LINES: dict[str, dict[str, Any]] = {
    "of the image": {},
    "empty": {"command": [], "args": []},
    "arguments": {"args": ["--", "serve"]},
    "role as argument": {"args": ["--role", "job", "--", "serve"]},
    "command": {"command": [*BOOT, "--", "serve"]},
    "command and arguments": {"command": [*BOOT], "args": ["--", "serve"]},
    "command with a role": {"command": [*BOOT, "--role=web", "--", "serve"]},
}
# A policy does not read options of the container. An empty variable hides that of the image from boot, which then
# judges all roles' variables.
UNSEEN = ("role as argument", "command with a role")


def by_manifest(contract: Contract, spec: dict[str, Any], folder: Path) -> set[str]:
    (folder / "pod.yaml").write_text(json.dumps(workload("Pod", pod(spec))), encoding="utf-8")
    [read] = read_manifests([folder / "pod.yaml"]).workloads
    errors = judge_container(contract, read, read.containers[0]).errors
    return {each.problem.variable or "" for each in errors if each.problem.code == "value-missing"}


@pytest.mark.parametrize("image", IMAGES)
def test_what_is_required_is_what_validation_requires(image: str, tmp_path: Path) -> None:
    contract = Contract(contract_data().data)
    contract.image = IMAGES[image]
    found = policies(written(contract))
    for (said, env), (line, words) in itertools.product(VARIABLES.items(), LINES.items()):
        spec = container(env, **words)
        expected = by_manifest(contract, spec, tmp_path)
        given = workload("Deployment", pod(spec, enableServiceLinks=False))
        for engine in ENGINES.values():
            refused = {each.split()[0] for each in refusals(engine, found, given)}
            assert refused <= expected, (said, line)
            if line not in UNSEEN and (contract.image.variables, said) != (("CONFCONTRACT_ROLE=job",), "empty"):
                assert refused == expected, (said, line)
