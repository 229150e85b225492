"""No number slips through a policy because it stands as text in the document, and no policy is switched off unsaid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from confcontract.contract.artifact import Contract
from confcontract.verdict.resolve import resolve
from tests.support.commands import forked, run, said

APP = """
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pydantic import field_validator
from pydantic_settings import BaseSettings

class S(BaseSettings):
    amount: Decimal = Decimal("1")
    wait: timedelta = timedelta(seconds=1)
    ratio: float = 0.5
    amounts: list[Decimal] = []
    limits: dict[str, timedelta] = {}
    maybe: Decimal | None = None
    text: str = "100"
    deferred: int = 1

    @field_validator("deferred", mode="before")
    @classmethod
    def read(cls, value: object) -> object:
        return value
"""


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    place = tmp_path_factory.mktemp("numbers")
    (place / "numbers_app.py").write_text(APP)
    assert run("bake", "numbers_app:S", "--name", "s", "-o", ".", cwd=place).returncode == 0
    return Contract.load(place / "contract.json")


def broken(contract: Contract, tmp_path: Path, schema: Any, **environ: str) -> list[str]:
    overlay = tmp_path / "a.schema.json"
    overlay.write_text(json.dumps(schema))
    found = resolve(contract, environ=environ, policies=[overlay])
    assert {problem.code for problem in found.problems} <= {"policy-violated", "policy-unreadable", "check-deferred"}
    return [problem.rule or problem.code for problem in found.problems if problem.code != "check-deferred"]


def of(name: str, **rules: Any) -> dict[str, Any]:
    return {"properties": {name: rules}}


@pytest.mark.parametrize(
    ("schema", "environ", "rules"),
    [
        (of("amount", maximum=10), {"AMOUNT": "10.01"}, ["maximum"]),
        (of("amount", maximum=10), {"AMOUNT": "10.00"}, []),
        (of("amount", maximum=0.1), {"AMOUNT": "0.1"}, []),
        (of("amount", exclusiveMaximum=10), {"AMOUNT": "10"}, ["exclusiveMaximum"]),
        (of("amount", minimum=-1), {"AMOUNT": "-1.5"}, ["minimum"]),
        (of("amount", exclusiveMinimum=0), {"AMOUNT": "0"}, ["exclusiveMinimum"]),
        (of("amount", multipleOf=0.05), {"AMOUNT": "19.95"}, []),
        (of("amount", multipleOf=0.05), {"AMOUNT": "19.99"}, ["multipleOf"]),
        (of("amount", const=5), {"AMOUNT": "5.0"}, []),
        (of("amount", const=5), {"AMOUNT": "6"}, ["const"]),
        (of("amount", const="5.0"), {"AMOUNT": "5.0"}, []),
        (of("amount", enum=[1, 2.5]), {"AMOUNT": "2.50"}, []),
        (of("amount", enum=[1, 2.5]), {"AMOUNT": "3"}, ["enum"]),
        ({"not": of("amount", const=5)}, {"AMOUNT": "5"}, ["not"]),
        ({"not": of("amount", minimum=100)}, {"AMOUNT": "1e3"}, ["not"]),
        (of("amount", type="number"), {"AMOUNT": "5.5"}, []),
        (of("amount", type="string", pattern="^5"), {"AMOUNT": "5.5"}, []),
        (of("amount", type="integer"), {"AMOUNT": "5.5"}, ["type"]),
        (of("amount", type="boolean"), {"AMOUNT": "1"}, ["type"]),
        (of("amount", maximum=10**30), {"AMOUNT": "1" + "0" * 30 + "1"}, ["maximum"]),
        (of("wait", maximum=60), {"WAIT": "PT2M"}, ["maximum"]),
        (of("wait", maximum=60), {"WAIT": "PT60S"}, []),
        (of("wait", minimum=0), {"WAIT": "-PT1S"}, ["minimum"]),
        (of("wait", exclusiveMinimum=0.5), {"WAIT": "PT0.5S"}, ["exclusiveMinimum"]),
        (of("wait", const="PT1M"), {"WAIT": "PT60S"}, []),
        (of("amounts", items={"maximum": 5}), {"AMOUNTS": '["4", "5.5"]'}, ["maximum"]),
        (of("amounts", contains={"const": 5}), {"AMOUNTS": '["5.0"]'}, []),
        (of("limits", additionalProperties={"maximum": 5}), {"LIMITS": '{"a": "PT6S"}'}, ["maximum"]),
        (of("maybe", maximum=5), {"MAYBE": "6"}, ["maximum"]),
        (of("maybe", maximum=5), {}, []),
        (of("ratio", maximum=1), {"RATIO": "nan"}, ["maximum"]),
        (of("ratio", minimum=0), {"RATIO": "nan"}, ["minimum"]),
        (of("ratio", maximum=1), {"RATIO": "inf"}, ["maximum"]),
        (of("ratio", minimum=-1), {"RATIO": "-inf"}, ["minimum"]),
        (of("ratio", exclusiveMaximum=1), {"RATIO": "inf"}, ["exclusiveMaximum"]),
        (of("ratio", multipleOf=2), {"RATIO": "nan"}, ["multipleOf"]),
        (of("ratio", const=1), {"RATIO": "nan"}, ["const"]),
        (of("deferred", maximum=5), {"DEFERRED": "6"}, ["maximum"]),
        (of("deferred", maximum=5), {"DEFERRED": "5"}, []),
        (of("deferred", const=5), {"DEFERRED": "6"}, ["const"]),
        (of("text", maximum=1), {}, []),  # text by its type, which no bound is about
    ],
    ids=str,
)
@pytest.mark.parametrize("dialect", ["2020-12/schema", "2019-09/schema"])
def test_numbers_that_stand_as_text(
    contract: Contract, tmp_path: Path, schema: Any, environ: dict[str, str], rules: list[str], dialect: str
) -> None:
    whole = {"$schema": f"https://json-schema.org/draft/{dialect}", **schema}
    assert broken(contract, tmp_path, whole, **environ) == rules
    assert (
        broken(contract, tmp_path, {"$schema": whole["$schema"], "$defs": {"x": whole}, "$ref": "#/$defs/x"}, **environ)
        == rules
    )


def test_an_old_draft(contract: Contract, tmp_path: Path) -> None:
    draft = {"$schema": "http://json-schema.org/draft-04/schema#"}
    exclusive = {**draft, **of("amount", maximum=5, exclusiveMaximum=True)}
    assert broken(contract, tmp_path, exclusive, AMOUNT="5") == ["maximum"]
    assert broken(contract, tmp_path, {**draft, **of("amount", maximum=5)}, AMOUNT="5") == []


def test_a_part_in_another_dialect_is_refused(contract: Contract, tmp_path: Path) -> None:
    mixed = {"allOf": [{"$schema": "http://json-schema.org/draft-07/schema#", **of("amount", maximum=5)}]}
    assert broken(contract, tmp_path, mixed, AMOUNT="6") == ["policy-unreadable"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "numbers_app.py").write_text(APP)
    assert run("bake", "numbers_app:S", "--name", "s", "-o", ".", cwd=tmp_path).returncode == 0
    (tmp_path / "policy.d").mkdir()
    (tmp_path / "policy.d" / "a.schema.json").write_text(json.dumps(of("amount", maximum=5)))
    return tmp_path


BOOT = ("boot", "--contract", "contract.json", "--policy-dir", "policy.d", "--", "true")


def booted(folder: Path) -> str:
    """What a boot says that hands over."""
    code, text = forked(*BOOT, environ={}, cwd=folder)
    assert code == 0, text
    return " ".join(text.split())


@pytest.mark.parametrize(
    "name",
    ["b.schema.jsn", "b.json", "b.yaml", "a.schema.json~", "a.schema.json.bak", "B.SCHEMA.JSON", ".b.schema.json"],
)
def test_a_file_that_is_no_overlay_by_its_name_is_told(folder: Path, name: str) -> None:
    (folder / "policy.d" / name).write_text("{}")
    told = booted(folder)
    assert f"policy.d/{name}" in told
    assert "not applied" in told


@pytest.mark.parametrize("name", ["README.md", "..data", "..2026_11_29", ".swp"])
def test_what_nobody_takes_for_a_policy_is_not(folder: Path, name: str) -> None:
    (folder / "policy.d" / name).write_text("{}")
    assert "not applied" not in booted(folder)


@pytest.mark.process
def test_a_folder_that_is_a_link_to_nothing(folder: Path) -> None:
    (folder / "policy.d").rename(folder / "elsewhere")
    (folder / "policy.d").symlink_to(folder / "gone")
    done = run(*BOOT, cwd=folder)
    assert done.returncode == 78, said(done)
    assert "policy.d: can't be read: it is a link whose target does not exist" in said(done)
