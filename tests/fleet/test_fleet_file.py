"""A fleet as a file in TOML, YAML or JSON."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.support.inprocess import run_here
from tests.support.repositories import repository

TOML = """\
[services.shop]
contract = "shop"
role = ROLE

[services.shop.environments]
prod = ["shop/staging.env", "shop/prod.env"]

[services.worker]
contract = "worker-01/contract.json"
next = "worker-01"
environments = { dev = "worker-01/dev.env" }
"""
YAML = """\
services:
  shop:
    contract: shop
    environments:
      prod: [shop/staging.env, shop/prod.env]
  worker:
    contract: worker-01/contract.json
    next: worker-01
    environments: {dev: worker-01/dev.env}
"""


@pytest.mark.parametrize("kind", ["toml", "yaml", "json"])
def test_paths_are_from_the_folder_of_the_file(own: Path, kind: str) -> None:
    plain = TOML.replace("role = ROLE\n", "")
    text = {"toml": plain, "yaml": YAML, "json": json.dumps(tomllib.loads(plain))}[kind]
    (own / f"fleet.{kind}").write_text(text)
    done = run_here("fleet", str(own / f"fleet.{kind}"), "--jobs", "1", "--format", "json")
    data = json.loads(done.stdout)
    assert done.returncode == 0
    assert [(each["name"], each["environments"][0]["verdict"]) for each in data["services"]] == [
        ("shop", "accepted as far as can be seen"),
        ("worker", "accepted"),
    ]
    assert data["counts"]["steps"]["unchanged"] == 1


def test_a_contract_may_be_anywhere(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(own, {})
    text = TOML.replace("role = ROLE\n", "").replace('"worker-01/contract.json"', '"git:HEAD:worker-01/contract.json"')
    (own / "fleet.toml").write_text(text)
    monkeypatch.chdir(own)
    done = run_here("fleet", "fleet.toml", "--jobs", "1", "--format", "json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["services"][1]["contract"] == "git:HEAD:worker-01/contract.json"


def test_a_role_that_is_not_declared_is_not_evaluated(own: Path) -> None:
    (own / "fleet.toml").write_text(TOML.replace("ROLE", '"web"'))
    done = run_here("fleet", str(own / "fleet.toml"), "--jobs", "1")
    assert done.returncode == 2
    assert "shop 1.0 in prod: not evaluated" in done.stdout


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "services must be a table"),
        ("[services]\n", "there is no service in it"),
        ("[service.x]\n", "line 1: 'service' is not known here"),
        ("services = 5\n", "line 1: services must be a table"),
        ("[services]\nshop = 5\n", "line 2: services.shop must be a table"),
        ("[services.shop]\ncontract = 5\n", "line 2: contract must be text"),
        ("[services.shop]\n", "contract must be text"),
        ('[services.shop]\ncontract = "x"\nrol = "x"\n', "line 3: 'rol' is not known here"),
        ('[services.shop]\ncontract = "x"\nenvironments = 5\n', "line 3: services.shop.environments must be a table"),
        ('[services.shop]\ncontract = "x"\nenvironments.prod = []\n', "line 3: names no file"),
        ('[services.shop]\ncontract = "x"\nenvironments.prod = [5]\n', "line 3: prod must be text"),
        ("[services\n", "fleet.toml, line 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "fleet.toml").write_text(text)
    done = run_here("fleet", str(tmp_path / "fleet.toml"), "--jobs", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in " ".join(done.stderr.split())


def test_a_name_that_is_almost_right_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text("[service.x]\n")
    assert "did you mean services?" in run_here("fleet", str(tmp_path / "fleet.toml")).stderr
