"""A boot that a check ends: everything that explains it is in the report, and whose fault it is in the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Command, Postgres, Python, Tcp, bake, declare
from tests.support.booting import Site

FAST = {"timeout": 1, "interval": 1, "deadline": 1}


class Billing(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="BILLING_")

    cache_url: str = "tcp://127.0.0.1:1"
    database: str = "postgresql://127.0.0.1:1/x"


@pytest.mark.parametrize("log", ["text", "json"])
def test_a_failed_check_hides_no_warning(site: Callable[..., Site], log: str) -> None:
    """BILLING_CACHE_URI is misspelt, so that the check looks at the default."""
    here = site(Billing, checks=[Tcp("cache", "BILLING_CACHE_URL", **FAST)])  # type: ignore[arg-type]
    done = here.boot("--log-format", log, environ={"BILLING_CACHE_URI": "tcp://cache:6379"})
    assert done.code == 69
    assert "BILLING_CACHE_URI" in done.err
    assert "did you mean BILLING_CACHE_URL?" in done.err
    assert "default in the image" in done.err
    assert done.named() == {"BILLING_CACHE_URL"}


@pytest.mark.parametrize(
    "check",
    [
        Command(["/no/such/program"], name="x", **FAST),  # type: ignore[arg-type]
        Python("no_such_module:function", name="x", **FAST),  # type: ignore[arg-type]
    ],
)
def test_a_check_that_this_image_can_not_run_is_a_fault_of_the_image(site: Callable[..., Site], check: Any) -> None:
    done = site(Billing, checks=[check]).boot()
    assert done.code == 78
    assert [problem["code"] for problem in done.reason["problems"]] == ["check-impossible"]


def test_a_missing_driver_is_a_fault_of_the_image_and_told_at_bake(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    from confcontract.author import refusals

    checks = [Postgres("db", "BILLING_DATABASE", **FAST)]  # type: ignore[arg-type]
    assert not bake(declare(Billing, name="x", version="1", checks=checks)).warnings
    monkeypatch.setattr(refusals, "find_spec", lambda name: None)
    [told] = bake(declare(Billing, name="x", version="1", checks=checks)).warnings
    assert "psycopg or psycopg2 or asyncpg or pg8000" in told.message
    assert "confcontract[postgres]" in str(told.hint)
    plain = [Postgres("db", "BILLING_DATABASE", plain_connection=True, **FAST)]  # type: ignore[arg-type]
    assert not bake(declare(Billing, name="x", version="1", checks=plain)).warnings


def test_warnings_stand_beside_errors_in_json(site: Callable[..., Site]) -> None:
    here = site(Billing, checks=[Tcp("cache", "BILLING_CACHE_URL", **FAST)])  # type: ignore[arg-type]
    done = here.boot("--log-format", "json", environ={"BILLING_CACHE_URI": "x"})
    codes = [json.loads(line).get("code") for line in done.err.splitlines() if line.startswith("{")]
    assert {"check-failed", "name-unknown"} <= set(codes)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--deliver", "files", "--secrets-dir", "/no/such/place"], 78),
        (["--supervise", "--health-addr", "1.2.3.4:1"], 64),
    ],
)
def test_warnings_are_printed_whatever_ends_a_boot(site: Callable[..., Site], options: list[str], code: int) -> None:
    done = site(Billing).boot(*options, environ={"BILLING_CACHE_URI": "x"})
    assert done.code == code, done.err
    assert "did you mean BILLING_CACHE_URL?" in done.err
