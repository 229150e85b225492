"""The report of a fleet as JSON and as a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.fleet.made_fleet import CLASSES, HOSTILE
from tests.support.inprocess import run_here


@pytest.fixture(scope="module")
def told(made: Path) -> dict[str, str]:
    forms = ("text", "json", "html")
    return {form: run_here("fleet", str(made), "--jobs", "1", "--format", form).stdout for form in forms}


def test_json_holds_all_that_is_told(told: dict[str, str]) -> None:
    data = json.loads(told["json"])
    assert (data["complete"], data["exitCode"]) == (True, 1)
    assert [each["name"] for each in data["services"]] == sorted(CLASSES)
    verdicts = {
        (each["name"], there["name"]): there["verdict"] for each in data["services"] for there in each["environments"]
    }
    assert [key for key, verdict in verdicts.items() if verdict == "refused"] == [
        ("shop", "dev"),
        ("worker-03", "prod"),
    ]
    readers = {each["name"]: each["readers"] for each in data["variables"]}
    assert {each["service"]: each["secret"] for each in readers["DATABASE_URL"]} == {
        name: name != "billing" for name in CLASSES if name != "shop"
    }
    assert [each["name"] for each in data["disputedSecrets"]] == ["DATABASE_URL"]
    (deprecated,) = data["deprecatedNames"]
    assert (deprecated["name"], deprecated["instead"], deprecated["deprecatedBy"]) == ("MOTTO", "SLOGAN", ["shop"])
    assert deprecated["setIn"] == [{"service": "shop", "environment": name} for name in ("prod", "staging")]
    (secret,) = data["sharedSecrets"]
    assert secret["reference"] == "vault:secret/shared#api_key"
    assert [each["variable"] for each in secret["readers"]] == ["TOKEN", "API_KEY"]
    (section,) = data["sharedSections"]
    assert [each["service"] for each in section["services"]] == ["billing", "shop"]


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_the_same_fleet_gives_the_same_bytes_by_any_number_of_processes(
    made: Path, told: dict[str, str], form: str
) -> None:
    assert run_here("fleet", str(made), "--jobs", "3", "--format", form).stdout == told[form]


def test_json_of_an_incomplete_report_says_so(own: Path) -> None:
    (own / "shop/contract.json").write_text("")
    data = json.loads(run_here("fleet", str(own), "--jobs", "1", "--format", "json").stdout)
    assert (data["complete"], data["exitCode"]) == (False, 2)
    assert data["counts"]["servicesNotEvaluated"] == 1


def test_the_page_has_no_script_and_nothing_from_elsewhere(told: dict[str, str]) -> None:
    page = told["html"]
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!#|data:)", page)
    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors


def test_names_on_the_page_are_text(own: Path) -> None:
    (own / "worker-01").rename(own / "<b onclick='x'>&amp;")
    page = run_here("fleet", str(own), "--jobs", "1", "--format", "html").stdout
    assert "<b " not in page
    assert "&lt;b onclick=&#x27;x&#x27;&gt;&amp;amp;" in page


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_names_are_shown_as_text_whatever_is_in_them(own: Path, form: str) -> None:
    services = {
        name: {"contract": "worker-01/contract.json", "environments": {name: "shop/dev.env"}} for name in HOSTILE
    }
    (own / "fleet.json").write_text(json.dumps({"services": services}))
    done = run_here("fleet", str(own / "fleet.json"), "--jobs", "1", "--format", form)
    assert (done.returncode, done.stderr) == (1, "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f]|^::|^##\[", done.stdout, re.MULTILINE)
    assert form != "html" or "<script" not in done.stdout
    if form == "text":
        assert max(map(len, done.stdout.partition("\n\n")[0].splitlines())) < 400
    elif form == "json":
        assert sorted(each["name"] for each in json.loads(done.stdout)["services"]) == sorted(HOSTILE)
