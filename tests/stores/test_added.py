"""A store of one's own, added by its scheme: read like any other, also by a whole boot with an entry point of one's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import FromStore, Vault, bake, resolve
from confcontract.contract import schemes
from confcontract.secrets import add_store, known_stores, store_for
from confcontract.secrets.known_stores import is_configured
from confcontract.secrets.several import StoreEntry, Stores
from confcontract.secrets.store import Fetched
from confcontract.verdict.resolution import Resolution
from tests.support.booting import PLAIN, TELL
from tests.support.memory import Memory
from tests.support.pages import ROOT, blocks


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    """`mem:` is read from here."""
    monkeypatch.setattr(known_stores, "_added", {})
    before = dict(schemes.SCHEMES)
    store = Memory({"shop": {"key": "canary"}})
    add_store("mem:", lambda environ: store, store="the memory", form="mem:NAME#KEY")
    yield store
    schemes.SCHEMES.clear()
    schemes.SCHEMES.update(before)


def verdict(environ: Mapping[str, str], marker: Any = None, **store: Any) -> Resolution:
    kind: Any = Annotated[SecretStr, marker] if marker is not None else SecretStr

    class Settings(BaseSettings):
        __annotations__ = {"key": kind}

    return resolve(bake(Settings, name="s", version="1"), environ=environ, vault=store_for(environ, **store))


def test_a_value_with_the_scheme_is_read_by_the_store() -> None:
    found = verdict({"KEY": "mem:shop#key"})
    assert found.ok, found.problems
    assert found.environ["KEY"] == "canary"
    assert str(found.sources["KEY"]) == "mem:shop#key"
    assert found.sources["KEY"].hides


def test_a_class_may_name_it() -> None:
    assert verdict({}, FromStore("mem:shop#key")).environ["KEY"] == "canary"


def test_what_is_wrong_is_told_by_the_name_of_the_store() -> None:
    (problem,) = verdict({"KEY": "mem:a b"}).problems
    assert problem.code == "reference-invalid"
    assert "the memory" in problem.message
    (problem,) = verdict({"KEY": ' "mem:shop#key" '}).problems
    assert "is a reference to the memory apart from capitals, blanks or quotes" in problem.message


def test_alternatives_may_be_in_several_stores(added: Memory) -> None:
    vault = Memory({"secret/a": {"x": "from Vault"}})
    entries = {
        schemes.VAULT: StoreEntry(lambda: True, lambda: vault),
        "mem:": StoreEntry(lambda: True, lambda: added),
    }
    stores = Stores(entries, 10.0)
    fetched = stores.read(
        {
            "A": "vault:secret/none#x|mem:shop#key",
            "B": "mem:none#x|vault:secret/a#x",
            "C": "mem:none#x|vault:secret/none#x|",
            "D": "mem:none#x|vault:secret/none#x",
        }
    )
    assert fetched.values == {"A": "canary", "B": "from Vault"}
    assert fetched.absent == ["C"]
    assert [problem.variable for problem in fetched.problems] == ["D"]
    assert all(each[0] == "read" for each in vault.asked)


def test_what_one_store_has_to_make_is_made_beside_what_others_have(added: Memory) -> None:
    vault = Memory(created={"database/creds/a": lambda: {"user": "u"}})
    entries = {
        schemes.VAULT: StoreEntry(lambda: True, lambda: vault),
        "mem:": StoreEntry(lambda: True, lambda: added),
    }
    stores = Stores(entries, 10.0)
    fetched = stores.read({"A": "database/creds/a#user", "B": "mem:shop#key"})
    assert (fetched.values, list(fetched.creatable)) == ({"B": "canary"}, ["A"])
    created = stores.create(fetched.creatable)
    assert created.values == {"A": "u"}
    (lease,) = created.leases
    assert stores.renew(lease, 1.0) is not lease
    assert vault.renewed == 1
    assert stores.revoke([lease], 1.0) == []
    assert vault.lent == {}


def test_a_store_that_fails_beside_another_is_not_swallowed(added: Memory) -> None:
    class Broken:
        configured = True

        def read(self, references: Mapping[str, str]) -> Fetched:
            raise ZeroDivisionError

    entries = {"mem:": StoreEntry(lambda: True, lambda: added), schemes.VAULT: StoreEntry(lambda: True, Broken)}
    with pytest.raises(ZeroDivisionError):
        Stores(entries, 10.0).read({"A": "mem:shop#key", "B": "vault:a/b#c"})


def test_only_the_store_that_is_not_configured_is_passed_over() -> None:
    class Settings(BaseSettings):
        key: Annotated[SecretStr, FromStore("mem:shop#key")]
        old: Annotated[str, Vault("secret/a#b")] = "of the code"

    assert is_configured({})
    found = resolve(bake(Settings, name="s", version="1"), environ={}, vault=store_for({}))
    assert found.environ["KEY"] == "canary"
    codes = {(problem.variable, problem.code) for problem in found.problems}
    assert ("OLD", "vault-not-configured") in codes
    assert not any(variable == "KEY" for variable, _ in codes)


@pytest.mark.parametrize("scheme", ["vault:", "mem:", "x:", "Mem2:", "mem2", "m em:"])
def test_a_scheme_that_is_taken_or_is_none_is_refused(scheme: str) -> None:
    with pytest.raises(ValueError, match=r"scheme|already used"):
        add_store(scheme, lambda environ: Memory(), store="x", form="x")


@pytest.mark.parametrize("text", ["other:shop#key", "shop#key", "secret/shop#key"])
def test_a_marker_takes_no_scheme_that_nobody_knows(text: str) -> None:
    with pytest.raises(ValueError, match="mem:"):
        FromStore(text)
    with pytest.raises(ValueError, match="FromStore"):
        Vault("mem:shop#key")


class Beside(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: SecretStr


def test_the_entry_point_of_the_page_boots_with_a_store_of_its_own(tmp_path: Path) -> None:
    page = blocks(ROOT / "docs/how-to/own-store.md")
    (entry,) = [block.text for block in page if block.file == "entry.py"]
    (folder,) = [block.text for block in page if "class Folder" in block.text]
    (tmp_path / "entry.py").write_text(entry)
    (tmp_path / "folder_store.py").write_text(folder)
    bake(Beside, name="shop", version="1").dump(tmp_path / "contract.json")
    (tmp_path / "team/shop").mkdir(parents=True)
    (tmp_path / "team/shop/password").write_text("hunter2")
    environ = {
        **PLAIN,
        "CONFCONTRACT_PATH": str(tmp_path / "contract.json"),
        "SECRETS_FOLDER": str(tmp_path),
        "SHOP_PASSWORD": "folder:team/shop#password",
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
    }
    done = subprocess.run(
        [sys.executable, str(tmp_path / "entry.py"), *TELL], env=environ, capture_output=True, timeout=120, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert b"SHOP_PASSWORD=hunter2\0" in done.stdout
