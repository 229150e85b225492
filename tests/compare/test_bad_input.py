"""What can't be compared ends with 2 and the reason; what is large or odd is compared all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.compare.diff import diff
from confcontract.contract.digest import canonical, digest_of
from tests.support.commands import run, said


def another_format(data: dict[str, Any]) -> bytes:
    other = {**data, "apiVersion": "confcontract/v2"}
    return canonical({**other, "digest": digest_of(other)})


def mended(data: dict[str, Any]) -> bytes:
    """Damaged, with a digest that fits."""
    compiled = {**data["compiled"], "nodes": []}
    other = {**data, "compiled": compiled}
    return canonical({**other, "digest": digest_of(other)})


BAD: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "another apiVersion": another_format,
    "edited": lambda data: canonical({**data, "version": "9"}),
    "damaged, with a mended digest": mended,
    "truncated": lambda data: canonical(data)[:-500],
    "empty": lambda _: b"",
    "no contract": lambda _: b'{"name": "shop"}\n',
    "no JSON": lambda _: b"SHOP_PORT=80\n",
    "no object": lambda _: b"[]\n",
}


@pytest.mark.parametrize("form", ["text", "sarif"])
@pytest.mark.parametrize("what", BAD)
def test_a_contract_that_is_none_ends_with_2_and_names_the_file(
    contracts: Path, tmp_path: Path, what: str, form: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(BAD[what](json.loads((contracts / "old.json").read_text())))
    for pair in ((bad, contracts / "new.json"), (contracts / "new.json", bad)):
        done = run("diff", *map(str, pair), "--format", form)
        assert done.returncode == 2, said(done)
        assert "bad.json" in done.stdout
        assert "Traceback" not in said(done)
        if form == "sarif":
            assert json.loads(done.stdout)["runs"][0]["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
@pytest.mark.parametrize(
    "reference", ["git:https://amy:Pa55word@example.com/shop.git", "docker://amy:Pa55word@example/x:1"]
)
def test_a_login_in_a_reference_is_not_shown(contracts: Path, reference: str, form: str) -> None:
    done = run("diff", reference, str(contracts / "new.json"), "--format", form)
    assert done.returncode == 2, said(done)
    assert "***@example" in said(done)
    assert "Pa55word" not in said(done)


def test_a_folder_without_a_contract_ends_with_2(contracts: Path, tmp_path: Path) -> None:
    done = run("diff", str(tmp_path), str(contracts / "new.json"))
    assert done.returncode == 2, said(done)
    assert str(tmp_path) in said(done)


@pytest.mark.parametrize("references", [("", "new.json"), ("old.json", "")])
def test_a_name_that_is_empty_is_a_command_that_is_not_understood(contracts: Path, references: tuple[str, str]) -> None:
    done = run("diff", *references, cwd=contracts)
    assert done.returncode == 64, said(done)
    assert "the name of a contract is empty" in said(done)


class Leaf(BaseModel):
    value: int = 1
    inside: list[Leaf] = []


class OtherLeaf(BaseModel):
    value: float = 1
    inside: list[OtherLeaf] = []


class Tree(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    tree: Leaf = Leaf()


class OtherTree(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    tree: OtherLeaf = OtherLeaf()


def test_a_class_that_contains_itself_is_compared() -> None:
    old, new = (bake(each, name="shop", version="1") for each in (Tree, OtherTree))
    found = diff(old, new, "full").findings
    assert any(each.path.startswith("tree") and each.severity in ("error", "review") for each in found)
    assert diff(old, old, "full").findings == ()
