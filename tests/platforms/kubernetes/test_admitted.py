"""The cluster's own policy of a contract lets in what is exported of it, however its secrets are fetched."""

from __future__ import annotations

import pytest

from confcontract.platforms.workload_options import SecretsBy
from tests.platforms.admission.engines import ENGINES
from tests.platforms.admission.written import policies, refusals, written
from tests.platforms.kubernetes.exported import IMAGE, objects, shop
from tests.platforms.kubernetes.read_back import Object, one

VALUES = {"SHOP_PORT": "80", "SHOP_BANNER": "sale\n", "SHOP_RATES": '{"EUR": 1}', "SHOP_NOTE": "$(X)"}
LOGIN = {"VAULT_ADDR": "https://vault.example.com", "VAULT_ROLE": "shop"}


def refused(made: list[Object]) -> list[str]:
    known = policies(written(shop(), image=IMAGE))
    return [message for engine in ENGINES.values() for each in made for message in refusals(engine, known, each)]


@pytest.mark.parametrize("by", [None, SecretsBy.BOOT, SecretsBy.SECRET, SecretsBy.VAULT_OPERATOR])
def test_what_is_exported_is_admitted(by: SecretsBy | None) -> None:
    assert refused(objects({**VALUES, **(LOGIN if by is SecretsBy.BOOT else {})}, by)) == []


def test_and_judged() -> None:
    made = objects(VALUES)
    config, workload = one(made, "ConfigMap", "shop"), one(made, "Deployment")
    config["data"]["SHOP_PORT"] = "eighty"
    assert "SHOP_PORT is not valid" in " ".join(refused([config]))
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    container["env"].append({"name": "SHOP_PORT", "value": "eighty"})
    assert "SHOP_PORT is not valid" in " ".join(refused([workload]))
