"""The marker that says what a change needs: in the class, in the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract import OnChange, bake
from confcontract.boot.rotation.change import on_change, strongest
from tests.support.modules import module

SOURCE = """
from confcontract import OnChange

class Pool(BaseModel):
    user: str = ""
    size: Annotated[int, OnChange("SIGUSR1")] = 5

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    plain: str = ""
    again: Annotated[str, OnChange("restart")] = ""
    key: Annotated[SecretStr, Vault("secret/shop#key"), OnChange("SIGHUP")]
    maybe: Annotated[str, OnChange("ignore")] | None = None
    pool: Annotated[Pool, OnChange("files")] = Pool()
"""


def test_the_contract_holds_what_asks_for_something_else_than_a_restart(tmp_path: Path) -> None:
    with module(SOURCE, tmp_path) as made:
        contract = bake(made.Settings, name="shop", version="1")
    assert on_change(contract.variables) == {
        "SHOP_KEY": "SIGHUP",
        "SHOP_MAYBE": "ignore",
        "SHOP_POOL": "files",
        "SHOP_POOL__USER": "files",
        "SHOP_POOL__SIZE": "SIGUSR1",
    }


@pytest.mark.parametrize("action", ["", "reload", "hup", "HUP", "SIGKILL", "SIGSTOP", "SIGNOTHING", "SIG_IGN", "1"])
def test_what_is_no_action_is_refused_where_it_is_declared(action: str) -> None:
    with pytest.raises(ValueError, match="the name of a signal that a process can handle"):
        OnChange(action)


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        (["restart", "SIGHUP", "files", "ignore"], "restart"),
        (["SIGHUP", "files", "ignore"], (1,)),
        (["SIGTERM", "SIGHUP", "SIGHUP"], (1, 15)),
        (["files", "ignore"], "files"),
        (["ignore"], "ignore"),
        ([], "ignore"),
    ],
)
def test_the_strongest_of_several_wishes(wishes: list[str], expected: object) -> None:
    asked = {f"V{number}": wish for number, wish in enumerate(wishes)}
    assert strongest(asked, list(asked)) == expected


def test_who_says_nothing_is_restarted() -> None:
    assert strongest({"A": "ignore"}, ["A", "B"]) == "restart"
