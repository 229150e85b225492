"""What is asked of a secret store, and in which order, whatever store it is."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated, Any

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from confcontract import Vault, VaultReader, bake, resolve
from confcontract.secrets import store as stores
from confcontract.secrets.store import DENIED, GONE, Failure, Fetched, Lease, SecretReader, SecretStore
from confcontract.verdict.resolution import Resolution
from tests.support.memory import Memory


class Shop(BaseSettings):
    key: Annotated[SecretStr, Vault("secret/shop#key")]
    user: Annotated[str, Vault("database/creds/shop#user")]
    password: Annotated[SecretStr, Vault("database/creds/shop#password")]
    port: int = 80


CONTRACT = bake(Shop, name="shop", version="1")
SECRETS = {"secret/shop": {"key": "k"}}


def made() -> dict[str, str]:
    return {"user": "u", "password": "p"}


CREATED = {"database/creds/shop": made}
ALL = ["PASSWORD", "USER"]


def verdict(store: SecretReader, **environ: str) -> Resolution:
    return resolve(CONTRACT, environ=environ, vault=store)


def codes(resolution: Resolution) -> dict[str | None, str]:
    return {problem.variable: problem.code for problem in resolution.problems}


def test_a_store_of_ones_own_gives_values_to_a_verdict() -> None:
    store = Memory(SECRETS, CREATED)
    resolution = verdict(store)
    assert resolution.ok
    assert resolution.environ == {"KEY": "k", "USER": "u", "PASSWORD": "p"}
    assert str(resolution.sources["USER"]) == "Vault database/creds/shop#user"
    assert store.asked == [("read", ["KEY", *ALL]), ("create", ALL), ("close", [])]
    assert [lease.path for lease in store.lent.values()] == ["database/creds/shop"]


@pytest.mark.parametrize(
    "secrets, environ",
    [({}, {}), (SECRETS, {"PORT": "eighty"}), (SECRETS, {"KEY": "vault:secret/shop#nothing"})],
    ids=["a secret is missing", "a value is not valid", "a reference leads to nothing"],
)
def test_nothing_is_created_for_a_verdict_that_is_bad_already(
    secrets: dict[str, dict[str, str]], environ: dict[str, str]
) -> None:
    store = Memory(secrets, CREATED)
    resolution = verdict(store, **environ)
    assert [code for code in codes(resolution).values() if code != "vault-not-asked"] != []
    assert {name for name, code in codes(resolution).items() if code == "vault-not-asked"} == {"USER", "PASSWORD"}
    assert store.asked == [("read", ["KEY", *ALL]), ("close", [])]
    assert store.lent == {}


def test_a_value_that_was_created_is_judged_as_any_other() -> None:
    store = Memory(SECRETS, {"database/creds/shop": lambda: {"user": "u"}})
    resolution = verdict(store)
    assert codes(resolution) == {"PASSWORD": "vault-path-missing"}
    assert len(store.lent) == 1, "whoever asked gives it back"


def test_what_is_absent_and_optional_comes_from_a_lower_source() -> None:
    store = Memory({}, CREATED)
    resolution = resolve(
        CONTRACT,
        environ={"KEY": "vault:secret/none#key|database/creds/shop#user", "PORT": "vault:no/port#port|"},
        vault=store,
    )
    assert resolution.ok
    assert (resolution.environ["KEY"], resolution.values["port"]) == ("u", 80)
    assert store.asked[1] == ("create", ["KEY", *ALL])


def test_a_store_that_is_not_configured_is_not_asked() -> None:
    store = Memory(SECRETS, CREATED, configured=False)
    assert set(codes(verdict(store)).values()) == {"vault-not-configured"}
    assert store.asked == []


def test_a_store_is_let_go_of_whatever_happens() -> None:
    class Broken(Memory):
        def create(self, references: Any, /) -> Fetched:
            raise ZeroDivisionError

    store = Broken(SECRETS, CREATED)
    with pytest.raises(ZeroDivisionError):
        verdict(store)
    assert store.asked[-1] == ("close", [])


def test_no_value_is_shown_by_what_is_printed() -> None:
    store = Memory({"secret/shop": {"key": "canary"}})
    fetched = store.read({"A": "secret/shop#key"})
    assert fetched.values == {"A": "canary"}
    assert "canary" not in repr(fetched)


def test_what_was_lent_is_renewed_and_given_back() -> None:
    store: SecretStore = Memory(SECRETS, CREATED)
    (lease,) = store.create({"USER": "database/creds/shop#user"}).leases
    renewed = store.renew(lease, 1.0)
    assert isinstance(renewed, Lease)
    assert renewed.obtained >= lease.obtained
    other = Lease("unknown", "database/creds/shop", 60.0, True, 0.0)
    assert store.revoke([lease, other], 1.0) == [other]
    gone = store.renew(lease, 1.0)
    assert isinstance(gone, Failure)
    assert (gone.kind, gone.retry) == (GONE, False)
    denying: SecretStore = Memory(created=CREATED, denied=["database/creds/shop"])
    denied = denying.renew(lease, 1.0)
    assert isinstance(denied, Failure)
    assert denied.kind == DENIED


def test_vaults_reader_is_such_a_store() -> None:
    store: SecretStore = VaultReader({})
    assert not store.configured
    assert {name for name in vars(SecretReader) | vars(SecretStore) if not name.startswith("_")} <= set(dir(store))


def test_the_example_in_the_docstring_runs() -> None:
    _, _, rest = (stores.__doc__ or "").partition("methods:\n\n")
    example = rest.partition("\n\nA store knows nothing")[0]
    lines = [line.removeprefix("    ") for line in example.splitlines()]
    lines[-1] = f"resolution = {lines[-1]}"

    class Example(BaseSettings):
        password: Annotated[SecretStr, Vault("secret/shop#password")]

    names: dict[str, Any] = {"contract": bake(Example, name="e", version="1"), "environ": {}, "resolve": resolve}
    exec("from confcontract.secrets.store import Fetched", names)
    exec("from confcontract.contract.reference import parse_references", names)
    exec("\n".join(lines), names)
    assert names["resolution"].environ == {"PASSWORD": "hunter2"}


def test_the_interface_costs_a_boot_no_import() -> None:
    program = (
        "import sys, confcontract.secrets.store; print(*sorted({'typing', 'confcontract.verdict'} & set(sys.modules)))"
    )
    finished = subprocess.run(
        [sys.executable, "-I", "-c", program], env={}, capture_output=True, text=True, check=True, timeout=60
    )
    assert finished.stdout.split() == []
