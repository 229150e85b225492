"""`fleet diff OLD NEW`: who can go when, and why not sooner."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field
from pydantic_settings import BaseSettings

from tests.fleet.made_fleet import Billing, Database, Shop, ShopNext, Worker, baked, make_fleet, write_env
from tests.support.inprocess import run_here


class WorkerNext(Worker):
    """Safe both ways."""

    retries: int = 3


class BillingNext(Billing):
    """What it accepts, the old one accepts, but for a pool that is larger."""

    database_pool: int = Field(5, ge=0)


class Narrow(BaseSettings):
    queue: int = 1


class Widened(Worker):
    """It reads another variable, which may hold what the old version refuses."""

    queue: str = Field("jobs", validation_alias="JOBS")


def rollout(folder: Path, form: str = "json") -> tuple[int, Any]:
    done = run_here("fleet", "diff", str(folder / "old"), str(folder / "new"), "--jobs", "1", "--format", form)
    return done.returncode, json.loads(done.stdout) if form == "json" else done.stdout


def waves(data: dict[str, Any]) -> dict[str, list[str]]:
    """Wave → SERVICE@ENVIRONMENT."""
    return {
        wave: [f"{each['service']}@{name}" for each in data[wave] for name in each["environments"]]
        for wave in ("canGoFirst", "canGoButNotBack", "needSettingsFirst", "blocked", "notEvaluated", "removed")
        if data[wave]
    }


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two fleets of few services, alike."""
    for name in ("old", "new"):
        make_fleet(tmp_path / name)
        for place in [*(tmp_path / name).glob("worker-0*")]:
            shutil.rmtree(place)
        write_env(tmp_path / name, "shop", "dev", DATABASE__URL="x")
        for service in ("billing", "shop", "worker-10"):
            (tmp_path / name / service / "staging.env").unlink()
    return tmp_path


def test_nothing_to_do_where_nothing_differs(two: Path) -> None:
    code, data = rollout(two)
    assert (code, waves(data)) == (0, {})
    assert data["counts"]["steps"]["unchanged"] == 6


def test_what_is_safe_both_ways_goes_first(two: Path) -> None:
    baked(WorkerNext, "worker-10", "2.0").dump(two / "new/worker-10/contract.json")
    code, data = rollout(two)
    assert (code, waves(data)) == (0, {"canGoFirst": ["worker-10@dev", "worker-10@prod"]})
    assert data["canGoFirst"][0]["versions"] == "worker-10 1.0 → 2.0"


def test_an_environment_whose_name_is_no_text_is_in_its_wave(two: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    for side in ("old", "new"):
        shutil.copy(two / side / "worker-10/dev.env", two / side / f"worker-10/{name}.env")
    baked(WorkerNext, "worker-10", "2.0").dump(two / "new/worker-10/contract.json")
    code, data = rollout(two)
    assert code == 0
    assert f"worker-10@{name}" in waves(data)["canGoFirst"]


def test_what_cannot_go_back_is_a_wave_of_its_own_and_says_why(two: Path) -> None:
    baked(BillingNext, "billing", "2.0").dump(two / "new/billing/contract.json")
    baked(Shop, "shop", "2.0").dump(two / "old/shop/contract.json")
    write_env(two / "old", "billing", "prod", DATABASE_URL="x", TOKEN="t", DATABASE_POOL="0")
    write_env(two / "new", "billing", "prod", DATABASE_URL="x", TOKEN="t", DATABASE_POOL="0")
    code, data = rollout(two)
    assert waves(data)["canGoButNotBack"] == ["billing@prod"]
    (entry,) = data["canGoButNotBack"]
    assert [reason["variable"] for reason in entry["reasons"]] == ["DATABASE_POOL"]
    assert code == 0


def test_missing_settings_come_first_and_are_named(two: Path) -> None:
    baked(ShopNext, "shop", "2.0").dump(two / "new/shop/contract.json")
    code, data = rollout(two)
    assert (code, waves(data)) == (1, {"needSettingsFirst": ["shop@dev", "shop@prod"]})
    assert {tuple(each["settings"]) for each in data["needSettingsFirst"]} == {("REGION",)}


def test_planned_settings_that_both_versions_accept_come_first(two: Path) -> None:
    baked(ShopNext, "shop", "2.0").dump(two / "new/shop/contract.json")
    write_env(two / "new", "shop", "prod", DATABASE__URL="x", REGION="eu")
    code, data = rollout(two)
    assert waves(data) == {"needSettingsFirst": ["shop@dev", "shop@prod"]}
    assert code == 1
    write_env(two / "old", "shop", "prod", DATABASE__URL="x", REGION="eu")
    write_env(two / "old", "shop", "dev", DATABASE__URL="x", REGION="eu")
    code, data = rollout(two)
    assert waves(data) == {"canGoFirst": ["shop@prod"], "needSettingsFirst": ["shop@dev"]}, "planned for dev is less"
    write_env(two / "new", "shop", "dev", DATABASE__URL="x", REGION="eu")
    code, data = rollout(two)
    assert (code, waves(data)) == (0, {"canGoFirst": ["shop@dev", "shop@prod"]})


def test_settings_that_the_running_version_refuses_block(two: Path) -> None:
    baked(Narrow, "worker-10", "1.0").dump(two / "old/worker-10/contract.json")
    baked(Worker, "worker-10", "2.0").dump(two / "new/worker-10/contract.json")
    for name in ("dev", "prod"):
        write_env(two / "old", "worker-10", name, QUEUE="5")
        write_env(two / "new", "worker-10", name, QUEUE="jobs", DATABASE_URL="x")
    code, data = rollout(two)
    assert (code, waves(data)) == (1, {"blocked": ["worker-10@dev", "worker-10@prod"]})
    assert data["blocked"][0]["reasons"][0]["message"].endswith("change both at once")


def test_what_the_new_version_refuses_is_blocked(two: Path) -> None:
    baked(Narrow, "worker-10", "2.0").dump(two / "new/worker-10/contract.json")
    for place in ("old", "new"):
        write_env(two / place, "worker-10", "prod", DATABASE_URL="x", QUEUE="jobs")
    code, data = rollout(two)
    assert code == 1
    assert "worker-10@prod" in waves(data)["blocked"]
    (entry,) = [each for each in data["blocked"] if each["environments"] == ["prod"]]
    assert ("value-invalid", "QUEUE") in {(each["code"], each["variable"]) for each in entry["reasons"]}


def test_services_that_come_and_go(two: Path) -> None:
    shutil.rmtree(two / "new/worker-10")
    shutil.rmtree(two / "old/billing")
    write_env(two / "new", "billing", "prod", DATABASE_URL="x")
    code, data = rollout(two)
    assert waves(data) == {
        "canGoFirst": ["billing@dev"],
        "needSettingsFirst": ["billing@prod"],
        "removed": ["worker-10@dev", "worker-10@prod"],
    }
    assert code == 1


def test_services_are_called_as_the_fleet_calls_them(two: Path) -> None:
    """Several may have the same contract."""
    for name in ("old/shop", "new/shop", "new/billing"):
        (two / name).rename(two / f"{name}-eu")
    shutil.rmtree(two / "old/billing")
    baked(ShopNext, "shop", "2.0").dump(two / "new/shop-eu/contract.json")
    _, data = rollout(two)
    told = {each["service"]: each["versions"] for wave in waves(data) for each in data[wave]}
    assert told == {"shop-eu": "shop-eu 1.0 → 2.0", "billing-eu": "billing-eu 1.0"}


def test_what_cannot_be_read_is_not_evaluated(two: Path) -> None:
    (two / "old/shop/contract.json").write_text("")
    (two / "new/billing/prod.env").unlink()
    (two / "new/billing/prod.env").symlink_to("nowhere")
    code, data = rollout(two)
    assert code == 2
    assert data["complete"] is False
    assert [each["service"] for each in data["servicesNotEvaluated"]] == ["shop"]
    assert waves(data) == {"notEvaluated": ["billing@prod"]}


@pytest.mark.parametrize("form", ["text", "html"])
def test_every_wave_is_told_with_its_reasons(two: Path, form: str) -> None:
    baked(WorkerNext, "worker-10", "2.0").dump(two / "new/worker-10/contract.json")
    baked(ShopNext, "shop", "2.0").dump(two / "new/shop/contract.json")
    (two / "new/billing/contract.json").write_text("")
    code, text = rollout(two, form)
    assert code == 2
    at = [text.lower().find(words, 500 if form == "html" else 0) for words in ("wave 1", "wave 3", "not evaluated")]
    assert -1 not in at
    assert "worker-10 1.0 → 2.0" in text
    assert "REGION" in text
    assert text == rollout(two, form)[1]


def test_upgrades_that_have_to_wait_are_told_by_check_where_the_next_contract_is_known(two: Path) -> None:
    baked(ShopNext, "shop", "2.0").dump(two / "old/shop/next.json")
    done = run_here("fleet", str(two / "old"), "--jobs", "1")
    assert done.returncode == 1
    assert "shop 1.0 → 2.0 in prod: needs settings first" in done.stdout
    assert "upgrades: 2 need settings first" in done.stdout
    for name in ("dev", "prod"):
        write_env(two / "old", "shop", name, DATABASE__URL="x", REGION="eu")
    assert run_here("fleet", str(two / "old"), "--jobs", "1").returncode == 0


def test_shards_of_a_rollout_are_the_whole(two: Path) -> None:
    baked(ShopNext, "shop", "2.0").dump(two / "new/shop/contract.json")
    places = (str(two / "old"), str(two / "new"))
    for number in (1, 2):
        run_here("fleet", "diff", *places, "--jobs", "1", "--shard", f"{number}/2", "-o", str(two / f"{number}.part"))
    merged = run_here("fleet", "merge", str(two / "1.part"), str(two / "2.part"))
    assert (merged.returncode, merged.stdout) == rollout(two, "text")


def test_the_group_database_is_the_same_in_all_of_them() -> None:
    assert set(Database.model_fields) == {"url", "pool", "timeout"}
