"""What is lent by a store that is not Vault is looked after as well: there is no token, each lease stands by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.boot.rotation.running import Running
from tests.support.memory import Memory
from tests.support.pages import ROOT

PATH = "database/creds/shop"
CREDENTIALS = {"SHOP_USER": f"vault:{PATH}#user", "SHOP_PASSWORD": f"vault:{PATH}#password"}


class Made:
    """Makes a credential each time."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> dict[str, str]:
        self.made += 1
        return {"user": f"user-{self.made}", "password": f"password-{self.made}"}


@pytest.fixture
def made() -> Made:
    return Made()


@contextmanager
def rotating(store: Memory) -> Iterator[Running]:
    running = Running(CREDENTIALS, store=lambda: store).start()
    yield running
    running.rotation.stop()


def test_its_leases_are_renewed_and_given_back_at_the_end(made: Made) -> None:
    store = Memory(created={PATH: made}, lasting=2.0)
    with rotating(store) as running:
        running.until(lambda: store.renewed >= 2)
        assert running.status == "UP", running.words
        assert (running.changes, len(store.lent), made.made) == ([], 1, 1)
    running.rotation.give_back()
    assert store.lent == {}


def test_what_it_does_not_renew_is_replaced_before_it_ends(made: Made) -> None:
    store = Memory(created={PATH: made}, denied=[PATH], lasting=3.0)
    with rotating(store) as running:
        running.until(lambda: len(running.changes) >= 1)
        first = running.changes[0]
        assert (first.environ["SHOP_USER"], first.environ["SHOP_PASSWORD"]) == ("user-2", "password-2")
        running.until(lambda: f"{PATH}/1" not in store.lent)


BOOT = ROOT / "confcontract/boot"
DOCUMENTED = BOOT / "vault/reader.py"  # the name under which Vault's was documented first


def test_boot_and_rotation_name_no_store() -> None:
    modules = {module: module.read_text(encoding="utf-8") for module in BOOT.rglob("*.py")}
    named = {module for module, text in modules.items() if "secrets.vault" in text or "VaultReader" in text}
    assert named == {DOCUMENTED, DOCUMENTED.with_name("__init__.py")}
