"""A contract and the code beside it: the same, or what differs, variable by variable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from confcontract import bake
from confcontract.compare.drift import rebaked
from confcontract.compare.drift.rebaked import code_drift, differences
from confcontract.contract.artifact import Contract
from confcontract.contract.digest import digest_of
from confcontract.report.errors import UsageError
from tests.support.modules import module, the_settings

CANARY = "canary-7f3a91"
HEAD = "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='SHOP_')\n"
OLD = HEAD + "    port: int = 80\n    host: str = 'a'\n    gone: int = 1\n"


def baked(source: str, folder: Path) -> Contract:
    with module(source, folder) as made:
        return bake(the_settings(made), name="shop", version="1")


def changed(contract: Contract, **members: Any) -> Contract:
    data = {**json.loads(contract.to_bytes()), **members}
    return Contract({**data, "digest": digest_of(data)})


def told(old: str, new: str, folder: Path) -> list[tuple[str | None, str, str]]:
    return [
        (each.variable, each.severity, each.message) for each in differences(baked(old, folder), baked(new, folder))
    ]


@pytest.fixture(autouse=True)
def same_module_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both contracts of a pair come from a module of one name, as they would of one application."""
    monkeypatch.setattr("tests.support.modules._serial", iter([1] * 1000))


def test_what_was_baked_from_this_code_is_no_drift(tmp_path: Path) -> None:
    assert told(OLD, OLD, tmp_path) == []


def test_variables_that_were_added_removed_and_changed(tmp_path: Path) -> None:
    new = HEAD + "    port: float = 8080\n    host: str = Field('a', max_length=5)\n    new: int\n"
    assert told(OLD, new, tmp_path) == [
        ("SHOP_PORT", "error", "the contract differs from the code: default 80 → 8080.0; type integer → number"),
        (
            "SHOP_HOST",
            "error",
            "the contract differs from the code: maxLength none → 5; type text → text, at most 5 characters",
        ),
        ("SHOP_NEW", "error", "the code has it, the contract does not"),
        ("SHOP_GONE", "error", "the contract has it, the code does not"),
    ]


def test_a_difference_has_the_place_in_the_code(tmp_path: Path) -> None:
    first, *_ = differences(baked(OLD, tmp_path), baked(OLD.replace("80", "8080"), tmp_path))
    assert first.source == "made_settings_1.py:17"
    assert first.place == ("made_settings_1.py", 17)
    assert "bake again" in str(first.hint)


def test_lines_that_moved_are_a_note(tmp_path: Path) -> None:
    ((variable, severity, message),) = told(OLD, "\n\n" + OLD, tmp_path)
    assert (variable, severity) == (None, "info")
    assert message == "the contract and the code differ only in the lines where variables are declared"


def test_the_default_of_a_secret_is_not_shown(tmp_path: Path) -> None:
    old = HEAD + "    api_key: str = 'x'\n"
    rows = told(old, old.replace("'x'", f"'{CANARY}'"), tmp_path) + told(old, HEAD + "    api_key: str\n", tmp_path)
    assert rows
    assert CANARY not in str(rows)


def test_roles_and_descriptions_count(tmp_path: Path) -> None:
    contract = baked(OLD, tmp_path)
    (problem,) = differences(changed(contract, description="Sells."), contract)
    assert problem.message == "description: the contract differs from the code"
    assert (problem.code, problem.severity) == ("drift-code", "error")


def test_a_plan_that_differs_by_itself_is_drift_unless_the_releases_differ(tmp_path: Path) -> None:
    contract = baked(OLD, tmp_path)
    other = changed(contract, compiled={**contract.compiled, "pydanticCore": "2.1.0"})
    (problem,) = differences(other, contract)
    assert (problem.code, problem.severity) == ("drift-code", "error")
    other = changed(other, provenance={**contract.data["provenance"], "pydanticCore": "2.1.0"})
    (problem,) = differences(other, contract)
    assert problem.code == "drift-not-evaluated"
    assert "pydantic-core 2.1.0 → " in problem.message


def test_other_releases_are_noted_beside_differences(tmp_path: Path) -> None:
    contract = baked(OLD, tmp_path)
    other = changed(contract, description="x", provenance={**contract.data["provenance"], "python": "3.9.1"})
    assert [problem.severity for problem in differences(other, contract)] == ["error", "info"]


def test_name_and_version_are_those_of_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    contract = baked(OLD, tmp_path)

    def stand_in(objects: list[str], name: str, version: str) -> Contract:
        asked.extend((objects, name, version))
        return contract

    monkeypatch.setattr(rebaked, "baked", stand_in)
    assert code_drift(contract, ["shop:Settings", "shop:Worker"]) == []
    assert asked == [["shop:Settings", "shop:Worker"], "shop", "1"]


def test_code_that_can_not_be_baked_is_refused_as_by_bake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no module nowhere_to_be_found"):
        code_drift(baked(OLD, tmp_path), ["nowhere_to_be_found:Settings"])
