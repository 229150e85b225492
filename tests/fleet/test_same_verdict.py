"""The verdict of a fleet is the one of validate, in the same words, for every kind of value and mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from confcontract import bake
from tests.leak.places import DIGITS, PLACES, UUID, WORD
from tests.leak.shop_secrets import Settings
from tests.support.inprocess import run_here

HERE = {WORD: "word", DIGITS: "5", UUID: "12345678-1234-5678-1234-567812345678"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With an environment for every fourth mistake: a validate for each takes its time."""
    place = tmp_path_factory.mktemp("fleet") / "shop"
    place.mkdir()
    bake(Settings, name="shop", version="1").dump(place / "contract.json")
    for number, each in enumerate(PLACES.values()):
        if number % 4 == 0 and each.settings == "Settings" and (each.variables or each.env_file):
            lines = [f"{name}={text!r}\n" for name, text in each.variables.items() if "\n" not in text]
            text = "".join(lines) + each.env_file
            for stand_in, value in HERE.items():
                text = text.replace(stand_in, value)
            (place / f"{number:03}.env").write_text(text, errors="surrogateescape")
    return place


def test_what_is_refused_is_refused_in_the_same_words(service: Path) -> None:
    done = run_here("fleet", str(service.parent), "--jobs", "1", "--format", "json")
    (told,) = json.loads(done.stdout)["services"]
    assert len(told["environments"]) > 20
    differ = []
    verdicts = set()
    for each in told["environments"]:
        (file,) = each["files"]
        files = ("--contract", str(service), "--env-file", file)
        alone = json.loads(run_here("validate", "--no-environ", "--format", "json", *files).stdout)
        wanted = {
            (problem["code"], problem["variable"] or "", problem["message"])
            for problem in alone["problems"]
            if problem["severity"] == "error"
            and problem["code"] != "source-unreadable"  # a file of the container: see the page
            and "a file that the settings class names" not in each["unseen"].get(problem["variable"], "")
        }
        found = {
            (reason["code"], reason["variable"], reason["message"])
            for reason in each["reasons"]
            if reason["severity"] == "error"
        }
        verdicts.add(each["verdict"])
        if found != wanted or (each["verdict"] in ("refused", "not evaluated")) is not bool(wanted):
            differ.append((file, each["verdict"], found ^ wanted))
    assert differ == []
    assert verdicts >= {"refused", "accepted as far as can be seen"}
