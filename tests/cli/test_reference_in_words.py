"""An optional reference is told in words: the bar that makes it optional is nobody's value."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings

from confcontract import bake
from tests.support.commands import run, said


class Optional(BaseSettings):
    """What may lie in Vault."""

    key: str = "none"


def test_explain_and_validate_tell_an_optional_reference_without_its_bar(tmp_path: Path) -> None:
    bake(Optional, name="app", version="1").dump(tmp_path / "contract.json")
    environ = {"KEY": "vault:secret/app#key|bao:secret/old#key|"}
    for command in ("explain", "validate", "describe"):
        arguments = ("KEY",) if command == "describe" else ()
        words = said(run(command, *arguments, "--contract", str(tmp_path / "contract.json"), environ=environ))
        assert "Vault secret/app#key, else secret/old#key, if it is there" in words
        assert "|" not in words
