"""Policies judge what is there, also where something is excused for being missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from confcontract import Role, bake, declare, resolve
from tests.support.memory import Memory


class Settings(BaseSettings):
    debug: bool = False
    key: SecretStr


CONTRACT = bake(declare(Settings, name="rest", version="1", roles={"tool": Role(command=["true"], needs=["DEBUG"])}))
CREATED = {"database/creds/rest": lambda: {"password": "made"}}


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    path = tmp_path / "prod.schema.json"
    path.write_text(json.dumps({"properties": {"debug": {"const": False}}}))
    return path


def test_a_role_that_needs_less_is_judged_by_what_it_has(overlay: Path) -> None:
    refused = resolve(CONTRACT, environ={"DEBUG": "true"}, role="tool", policies=[overlay])
    assert [problem.code for problem in refused.problems if problem.severity == "error"] == ["policy-violated"]
    assert resolve(CONTRACT, environ={"DEBUG": "false"}, role="tool", policies=[overlay]).ok


def test_what_lives_in_vault_does_not_hide_the_rest_from_the_policy(overlay: Path) -> None:
    environ = {"DEBUG": "true", "KEY": "vault:secret/rest#key"}
    refused = resolve(CONTRACT, environ=environ, policies=[overlay])
    assert [problem.code for problem in refused.problems if problem.severity == "error"] == ["policy-violated"]


@pytest.mark.parametrize(("debug", "allowed"), [("true", False), ("false", True)])
def test_nothing_is_made_in_vault_for_settings_that_a_policy_refuses(overlay: Path, debug: str, allowed: bool) -> None:
    store = Memory(created=CREATED)
    environ = {"DEBUG": debug, "KEY": "vault:database/creds/rest#password"}
    resolve(CONTRACT, environ=environ, policies=[overlay], vault=store)
    assert [what for what, _ in store.asked] == ["read", *["create"] * allowed, "close"]


def test_a_rule_about_what_is_missing_waits_for_what_vault_makes(tmp_path: Path) -> None:
    overlay = tmp_path / "key.schema.json"
    overlay.write_text(json.dumps({"required": ["key"]}))
    store = Memory(created=CREATED)
    environ = {"KEY": "vault:database/creds/rest#password"}
    assert resolve(CONTRACT, environ=environ, policies=[overlay], vault=store).ok
    assert store.asked == [("read", ["KEY"]), ("create", ["KEY"]), ("close", [])]
