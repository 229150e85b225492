"""Comparisons, drift and preflight do not depend on words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from confcontract import bake, resolve
from confcontract.compare.diff import diff
from confcontract.compare.drift.running_process import process_drift
from confcontract.contract.artifact import Contract
from confcontract.secrets.known_stores import store_for
from confcontract.secrets.preflight.needed import needed
from confcontract.secrets.preflight.readable import check
from tests.rewording.words import CANARY, plain, told


class Older(BaseSettings):
    port: int = 80
    host: str = "h"
    mode: Literal["a", "b"] = "a"
    gone: str = "x"
    key: SecretStr | None = None


class Newer(BaseSettings):
    port: int = Field(90, ge=1)
    host: str
    mode: Literal["a", "c"] = "a"
    key: str | None = None


@pytest.mark.parametrize("environ", [None, {"MODE": "b", "PORT": "0"}, {"HOST": "x", "PORT": "x"}])
def test_no_finding_of_a_comparison_depends_on_words(
    reword: Callable[[], None], environ: dict[str, str] | None
) -> None:
    old, new = (bake(each, name="s", version="1") for each in (Older, Newer))

    def said() -> Any:
        found = [[each.rule, each.severity, each.path, each.fingerprint] for each in diff(old, new).findings]
        if environ is None:
            return found
        return [found, *(plain(told(resolve(each, environ=environ).problems)) for each in (old, new))]

    before = said()
    assert before
    reword()
    assert said() == before


def test_no_drift_of_a_process_depends_on_words(contract: Contract, tmp_path: Path, reword: Callable[[], None]) -> None:
    (tmp_path / "7").mkdir()
    given = {"S_PORT": "x", "S_TOKEN": CANARY, "S_PROT": "1", "S_KEY_FILE": "/absent", "S_LIMITS": "["}
    (tmp_path / "7/environ").write_text("".join(f"{name}={value}\0" for name, value in given.items()))

    def said() -> Any:
        return plain(told(process_drift(contract, 7, None, proc=str(tmp_path))))

    before = said()
    assert "environment of process 7, as S_PORT" in before["text"]
    reword()
    assert said() == before


@pytest.mark.parametrize("environ", [{}, {"VAULT_ADDR": "x"}])
def test_no_answer_of_a_preflight_depends_on_words(reword: Callable[[], None], environ: dict[str, str]) -> None:
    class Stored(BaseSettings):
        one: str = ""
        two: str = ""
        three: str = ""

    contract = bake(Stored, name="s", version="1")
    given = {"ONE": "vault:secret/a#k|secret/b#k|", "TWO": "vault:secret/a#x", "THREE": "vault:secret"}

    def said() -> Any:
        found, _ = needed(contract, environ=given)
        asked, problems = check(found, store_for(environ))
        return plain([[row.as_dict() for row in asked], told(problems)])

    before = said()
    assert [row["variable"] for row in before[0]] == ["ONE", "ONE", "TWO", "THREE"]
    reword()
    assert said() == before
