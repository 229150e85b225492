"""A defect inside of the comparison: the command ends with 2, in the format that was asked for, and shows no value."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from confcontract.cli import main
from confcontract.compare import diff as comparing
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rules import all_rules
from confcontract.compare.shown import FORMATS
from tests.compare.test_formats import SARIF


def break_a_rule(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(_: Compared) -> Iterator[ContractChange]:
        raise error

    rules = all_rules()
    broken = {**rules, "RANGE_NARROWED": replace(rules["RANGE_NARROWED"], find=fails)}
    monkeypatch.setattr(comparing, "all_rules", lambda: broken)


@pytest.fixture(params=[ValueError("hunter2"), RecursionError("hunter2")], ids=lambda error: type(error).__name__)
def defect(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of what one of the rules raises."""
    break_a_rule(monkeypatch, request.param)
    return type(request.param).__name__


def told(contracts: Path, form: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """stdout and stderr of a comparison that ends with 2."""
    with pytest.raises(SystemExit) as ended:
        main(["diff", str(contracts / "old.json"), str(contracts / "new.json"), "--format", form])
    assert ended.value.code == 2
    return capsys.readouterr()


@pytest.mark.parametrize("form", FORMATS)
def test_a_defect_ends_with_2_in_every_format(
    contracts: Path, form: str, defect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = told(contracts, form, capsys)
    assert "a defect in confcontract ended the comparison" in out
    assert defect in out
    assert err == f"confcontract: internal error: {defect}\n"
    assert "hunter2" not in out + err
    if form == "sarif":
        log = json.loads(out)
        jsonschema.Draft7Validator(SARIF).validate(log)
        assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False
    elif form == "json":
        assert json.loads(out)["complete"] is False
    elif form == "gitlab":
        assert [each["severity"] for each in json.loads(out)] == ["blocker"]
    elif form == "junit":
        assert ET.fromstring(out)[0].get("errors") == "1"
    elif form == "github":
        assert out.startswith("::error ")
    else:
        assert "could not be evaluated" in out


def test_where_it_happened_is_shown_to_whoever_looks_for_it(
    contracts: Path, defect: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFCONTRACT_DEBUG", "1")
    out, err = told(contracts, "text", capsys)
    assert defect in err
    assert "test_defect.py" in err
    assert "hunter2" not in out + err


@pytest.mark.parametrize("form", FORMATS)
def test_where_memory_ends_it_ends_with_2_in_every_format(
    contracts: Path, form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_a_rule(monkeypatch, MemoryError())
    out, err = told(contracts, form, capsys)
    assert "memory" in out
    assert "internal error" not in out + err


@pytest.mark.parametrize("command", ["changelog", "bump"])
def test_other_commands_that_compare_end_with_2_as_well(
    contracts: Path, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_a_rule(monkeypatch, MemoryError())
    with pytest.raises(SystemExit) as ended:
        main([command, str(contracts / "old.json"), str(contracts / "new.json")])
    assert ended.value.code == 2
    assert "memory" in capsys.readouterr().err
