"""`validate --manifest` finds in an export what Kubernetes would find, and nothing wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import create_model
from pydantic_settings import BaseSettings

from confcontract import OnChange, Role, bake, declare
from confcontract.manifests.read_manifests import read_manifests
from confcontract.platforms.workload_options import SecretsBy
from tests.platforms.kubernetes.exported import exported, shop
from tests.platforms.kubernetes.read_back import container_of, objects_of, one
from tests.platforms.yaml_cases import KNOWN
from tests.support.inprocess import run_here


class Odd(BaseSettings):
    """The base of generated classes."""


def test_every_text_is_found_as_it_was_given(tmp_path: Path) -> None:
    fields: dict[str, Any] = {}
    for number in range(len(KNOWN)):
        fields[f"v{number}"] = (str, "")
        fields[f"w{number}"] = (Annotated[str, OnChange("files")], "")
    model: type[BaseSettings] = create_model("Odd", __base__=Odd, **fields)
    contract = bake(declare(model, name="odd", version="1", roles={"web": Role(command=["$(V1)"])}))
    given = {f"{letter}{number}": text for number, text in enumerate(KNOWN) for letter in "VW"}
    # neither a credential nor what looks like a template that was not rendered
    given = {name: text for name, text in given.items() if "https://u@" not in text and ".Values" not in text}
    made = exported(given, contract=contract)
    for name, text in made.files.items():
        (tmp_path / name).write_bytes(text.encode())
    found = read_manifests([tmp_path])
    assert [each.problem.code for each in found.problems] == []
    (workload,) = found.workloads
    (container,) = workload.containers
    objects = objects_of(made.files)
    wanted = container_of(one(objects, "Deployment"), objects, {})
    assert container.values == wanted.environment
    files = {
        file.path: (file.content or b"").decode()
        for mount in container.mounts
        for file in mount.files
        if not file.unseen
    }
    assert files == wanted.files
    assert container.service_links is False


@pytest.mark.parametrize("by", [SecretsBy.BOOT, SecretsBy.SECRET, SecretsBy.VAULT_OPERATOR])
def test_nothing_is_wrong_with_an_export(by: SecretsBy, tmp_path: Path) -> None:
    shop().dump(tmp_path / "contract.json")
    values = {"SHOP_PORT": "80", "SHOP_BANNER": "x", "VAULT_ADDR": "https://vault", "VAULT_ROLE": "shop"}
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(exported(values, by).as_one or "")
    command = ("validate", "--manifest", str(manifest), "--contract", str(tmp_path / "contract.json"))
    done = run_here(*command)
    assert done.returncode == 0, done.stdout
    assert "2 containers judged" in done.stdout
    manifest.write_text(manifest.read_text().replace('SHOP_PORT: "80"', 'SHOP_PORT: "8o"'))
    done = run_here(*command)
    assert (done.returncode, "SHOP_PORT [value-invalid]" in done.stdout) == (78, True)
