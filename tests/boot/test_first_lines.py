"""The first five lines of a report have a cause and what to do, whatever it is that ends a boot."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from confcontract import Tcp
from confcontract.contract.digest import digest_of
from tests.support.booting import CANARY, Ended, Site
from tests.support.classes import InVault, Needy, Shop
from tests.support.ports import refusing_port
from tests.support.vault.faulty import Faulty, says
from tests.support.vault.openbao import OpenBao

Make = Callable[..., Site]


def a_secret_is_missing(site: Make) -> Ended:
    return site(Needy).boot_in_fork(environ={"SHOP_HOST": "h", "SHOP_PORT": "80", "SHOP_SIGNING_KEY": "x"})


def vault_is_sealed(site: Make) -> Ended:
    proxy = Faulty("http://127.0.0.1:1")
    proxy.fault(says(503, "Vault is sealed"))
    try:
        environ = {"VAULT_ADDR": proxy.address, "VAULT_TOKEN": CANARY}
        return site(InVault).boot("--timeout", "0.6", environ=environ)
    finally:
        proxy.stop()


def a_policy_of_the_organisation(site: Make) -> Ended:
    made = site(Shop)
    made.file("policy.d/production.schema.json", json.dumps({"properties": {"debug": {"const": False}}}))
    return made.boot_in_fork(environ={"SHOP_DEBUG": "yes"})


def a_dependency_is_down(site: Make) -> Ended:
    check: Any = Tcp("cache", "SHOP_HOST", timeout=1, interval=1, deadline=1)
    return site(Shop, checks=[check]).boot_in_fork(environ={"SHOP_HOST": f"tcp://127.0.0.1:{refusing_port()}"})


def a_value_is_wrong(site: Make) -> Ended:
    made = site(Shop)
    return made.boot_in_fork("--env-file", made.file("prod.env", "SHOP_HOST=h\n\nSHOP_PORT=99999\n"))


def the_contract_is_stale(site: Make) -> Ended:
    made = site(Shop)
    contract = json.loads(made.contract_path.read_text())
    contract["compiled"]["pydanticCore"] = "1.0.0"
    node = contract["compiled"]["validator"]
    while node["type"] != "typed-dict":
        node = node["schema"]
    node["fields"]["port"]["schema"] = {"type": "int", "ge": "what only another release takes"}
    made.contract_path.write_text(json.dumps({**contract, "digest": digest_of(contract)}))
    return made.boot_in_fork()


SIX = [
    (a_secret_is_missing, 66, "SHOP_API_KEY", "has no value", "set SHOP_API_KEY"),
    (vault_is_sealed, 75, "SHOP_PASSWORD", "is sealed", "Unseal it"),
    (a_policy_of_the_organisation, 78, "SHOP_DEBUG", "must be false", "change SHOP_DEBUG"),
    (a_dependency_is_down, 69, "SHOP_HOST", "refused", "start it"),
    (a_value_is_wrong, 78, "SHOP_PORT", "less than or equal to 65535", "set an integer from 1 to 65535"),
    (the_contract_is_stale, 78, "pydantic_core 1.0.0", "can't be used", "bake again"),
]


@pytest.mark.parametrize(("end", "code", "what", "cause", "step"), SIX, ids=[end.__name__ for end, *_ in SIX])
def test_cause_and_next_step_are_in_the_first_five_lines(
    site: Make, end: Callable[[Make], Ended], code: int, what: str, cause: str, step: str
) -> None:
    done = end(site)
    assert done.code == code
    assert_in_first_lines(done, what, cause, step)


def test_so_they_are_where_vault_denies_the_path(site: Make, vault: dict[str, str], bao: OpenBao) -> None:
    bao.policy("nothing", ("secret/data/other", "read"))
    done = site(InVault).boot(environ={**vault, "VAULT_TOKEN": bao.make_token("nothing")})
    assert_in_first_lines(done, "SHOP_PASSWORD", "denied secret/shop", "Check that a policy")


def assert_in_first_lines(done: Ended, *words: str) -> None:
    _, found, report = done.err.partition("boot failed, exit code ")
    first = " ".join(" ".join(report.splitlines()[:5]).split())
    assert found
    assert [each for each in words if each not in first] == []
    assert "Help: confcontract problem " in report.splitlines()[-2]
