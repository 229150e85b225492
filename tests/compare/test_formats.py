"""What a comparison is told as: each format says the same, and none takes a failure for a clean result."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from confcontract import Contract
from confcontract.compare.accepted_changes import quoted
from confcontract.compare.deployment import in_deployment
from confcontract.compare.diff import diff
from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport, called
from confcontract.compare.shown import FORMATS, render_diff
from confcontract.compare.shown.findings_markdown import plain
from confcontract.findings.direction import FORWARD, ROLLBACK, Direction
from confcontract.findings.severity import REVIEW, Severity
from confcontract.report.problem import Problem
from tests.support.pages import ROOT

SARIF = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text())
FAILED = DiffReport(problems=[Problem("contract-unreadable", "old.json is missing", hint="bake it")])
HOSTILE = "50% of\n::error title=x,y::z | <b>*@team* ]]> & ##[group]"


@pytest.fixture(scope="module")
def report(contracts: Path) -> DiffReport:
    old, new = (Contract.load(contracts / f"{name}.json") for name in ("old", "new"))
    return DiffReport((diff(old, new, "full"),))


@pytest.fixture(scope="module")
def clean(contracts: Path) -> DiffReport:
    old = Contract.load(contracts / "old.json")
    return DiffReport((diff(old, old, "full"),))


@pytest.fixture
def hostile(report: DiffReport) -> DiffReport:
    """A finding whose words are those of somebody else."""
    (comparison,) = report.comparisons
    finding = Finding(
        "ENV_ADDED_REQUIRED",
        Severity.ERROR,
        FORWARD,
        "a.b",
        (HOSTILE,),
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        "0" * 16,
        "a,b:c.py:7",
    )
    changed = type(comparison)(comparison.old, comparison.new, comparison.directions, (finding,))
    return DiffReport((changed,))


def test_text_is_one_line_a_finding_then_what_to_do_then_the_verdict(report: DiffReport) -> None:
    lines = render_diff(report, "text").splitlines()
    at = next(n for n, line in enumerate(lines) if "SHOP_REGION [ENV_ADDED_REQUIRED]" in line)
    assert lines[at].startswith("error   SHOP_REGION [ENV_ADDED_REQUIRED] is new and required: text")
    assert lines[at + 1].strip().startswith("do: Set it before you upgrade")
    assert lines[at + 2].strip().startswith("to accept it: --approve ")
    assert lines[at + 3] == ""
    assert lines[-2].startswith("shop 1.0 → 1.1: the upgrade is not safe (2 errors")
    assert lines[-1].startswith("shop 1.1 → 1.0: the rollback is safe")


def test_a_clean_comparison_says_so(clean: DiffReport) -> None:
    assert clean.exit_code == 0
    assert "the upgrade is safe (no differences)" in render_diff(clean, "text")
    assert "✅" in render_diff(clean, "markdown")
    assert json.loads(render_diff(clean, "gitlab")) == []
    assert json.loads(render_diff(clean, "sarif"))["runs"][0]["invocations"][0]["executionSuccessful"] is True
    assert "<failure" not in render_diff(clean, "junit")
    assert "::error" not in render_diff(clean, "github")


@pytest.mark.parametrize("form", FORMATS)
def test_a_comparison_that_failed_never_reads_as_clean(form: str) -> None:
    assert FAILED.exit_code == 2
    text = render_diff(FAILED, form)
    assert "old.json is missing" in text
    signs = {
        "text": "could not be evaluated",
        "json": '"complete": false',
        "markdown": "could not be evaluated",
        "github": "::error title=the comparison could not be evaluated::",
        "gitlab": '"severity": "blocker"',
        "sarif": '"executionSuccessful": false',
        "junit": "<error ",
    }
    assert signs[form] in text


def test_no_comparison_at_all_is_a_failure() -> None:
    assert DiffReport().exit_code == 2


def test_json_has_all_that_the_text_says(report: DiffReport) -> None:
    told = json.loads(render_diff(report, "json"))
    assert told["complete"] is True
    assert told["exitCode"] == 1
    (comparison,) = told["comparisons"]
    assert (comparison["old"]["version"], comparison["new"]["version"]) == ("1.0", "1.1")
    forward = comparison["directions"]["forward"]
    assert forward["safe"] is False
    assert forward["counts"]["error"] == 2
    rules = {(each["rule"], each["variable"]): each for each in forward["findings"]}
    region = rules["ENV_ADDED_REQUIRED", "SHOP_REGION"]
    assert region["blocks"] is True
    assert region["declaredAt"].endswith(f"shops.py:{region['declaredAt'].rpartition(':')[2]}")
    assert rules["RANGE_NARROWED", "SHOP_DATABASE__POOL"]["path"] == "database.pool"
    assert comparison["directions"]["rollback"]["safe"] is True


@pytest.mark.parametrize("which", ["report", "clean", "hostile"])
def test_sarif_is_valid_by_its_schema(which: str, request: pytest.FixtureRequest) -> None:
    log = json.loads(render_diff(request.getfixturevalue(which), "sarif"))
    jsonschema.Draft7Validator(SARIF).validate(log)


def test_sarif_of_a_failure_is_valid_too() -> None:
    log = json.loads(render_diff(FAILED, "sarif"))
    jsonschema.Draft7Validator(SARIF).validate(log)
    (run,) = log["runs"]
    assert run["results"] == []
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "old.json is missing"


def test_sarif_points_at_the_declaration_and_names_the_rule(report: DiffReport) -> None:
    (run,) = json.loads(render_diff(report, "sarif"))["runs"]
    result = next(each for each in run["results"] if each["ruleId"] == "ENV_ADDED_REQUIRED")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("shops.py")
    assert place["region"]["startLine"] > 1
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "ENV_ADDED_REQUIRED"


def test_gitlab_wants_four_members_and_fingerprints_of_their_own(report: DiffReport) -> None:
    issues: list[dict[str, Any]] = json.loads(render_diff(report, "gitlab"))
    assert len({each["fingerprint"] for each in issues}) == len(issues) == len(report.findings)
    for each in issues:
        assert each["description"]
        assert each["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert each["location"]["path"]
        assert each["location"]["lines"]["begin"] >= 1


def test_junit_counts_what_blocks_as_failures(report: DiffReport) -> None:
    suites = ET.fromstring(render_diff(report, "junit"))
    assert [suite.get("failures") for suite in suites] == ["2", "0"]
    assert [len(suite.findall("testcase")) for suite in suites] == [int(suite.get("tests", 0)) for suite in suites]


def test_a_value_that_shows_a_difference_is_escaped_once() -> None:
    assert quoted("a\n\x1b[31mé\x85\u202e") == r'"a\n\u001b[31mé\x85\u202e"'
    assert quoted(r"a\n") == r'"a\\n"'
    assert quoted("a" * 100) == f'"{"a" * 59}…"'


def test_github_escapes_what_would_end_a_property_or_a_line(hostile: DiffReport) -> None:
    lines = render_diff(hostile, "github").splitlines()
    assert len(lines) == 3, "a line for the finding, and one for each verdict"
    assert lines[0].startswith("::error file=a%2Cb%3Ac.py,line=7,title=50%25 of")
    assert lines[0].count("::") >= 2
    properties, _, message = lines[0].removeprefix("::error ").partition("::")
    assert properties.count(",") == 2
    assert "\n" not in message
    assert "%0Ado: " in message


@pytest.mark.parametrize("form", FORMATS)
def test_words_of_others_are_not_taken_for_markup(hostile: DiffReport, form: str) -> None:
    text = render_diff(hostile, form)
    if form == "junit":
        assert ET.fromstring(text)[0].get("failures") == "1"
    elif form in ("json", "gitlab", "sarif"):
        assert json.loads(text)
    elif form == "markdown":
        prose = re.sub(r"`[^`]*`", "", text)  # what is code is shown as it is
        assert "<b>" not in prose
        assert "@team" not in prose
    assert not any(line.startswith("::error title=x") for line in text.splitlines())
    assert "##[group]" not in text


def test_markdown_is_a_table_whose_rows_have_four_cells(report: DiffReport) -> None:
    lines = render_diff(report, "markdown").splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert rows[0] == "| | variable | what changed | what to do |"
    assert {line.replace("\\|", "").count("|") for line in rows} == {5}
    assert any("❌ error" in line and "`SHOP_REGION`" in line for line in rows)
    assert "### ❌ shop 1.0 → 1.1: the upgrade is not safe" in lines


@pytest.mark.parametrize("text", ["a|b", "<script>", "*x*", "[a](http://b)", "@everyone", "#12", "`x`", "a\nb"])
def test_plain_text_is_no_markdown(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown
    for mark in "|<*[`":
        assert shown.count(mark) == shown.count("\\" + mark)
    assert "@e" not in shown
    assert "#1" not in shown


def test_what_counts_as_a_finding_is_for_the_threshold_to_say(report: DiffReport) -> None:
    (comparison,) = report.comparisons
    back = type(comparison)(
        comparison.old, comparison.new, comparison.directions[1:], tuple(comparison.of(comparison.directions[1]))
    )
    assert DiffReport((back,), REVIEW).exit_code == 0
    assert DiffReport((back,), Severity.WARNING).exit_code == 1


@pytest.mark.parametrize(
    "direction,title",
    [(FORWARD, "shop 1.0 (old) → shop 1.0 (new)"), (ROLLBACK, "shop 1.0 (new) → shop 1.0 (old)")],
)
def test_two_contracts_of_one_version_are_told_apart(contracts: Path, direction: Direction, title: str) -> None:
    old = Contract.load(contracts / "old.json")
    assert called(diff(old, old), direction) == title


def test_the_members_of_json_are_those_of_the_docs(report: DiffReport, tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/compare.md").read_text().partition("## For programs")[2]
    rows = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| `")]
    described = [set(re.findall(r"`(\w+)`", head)) for head, _ in rows]
    (tmp_path / "prod.env").write_text("SHOP_PORT=80\n")
    judged = [in_deployment(each, [str(tmp_path / "prod.env")]) for each in report.comparisons]
    here = replace(report, comparisons=tuple(each for each, _ in judged), deployments=[there for _, there in judged])
    told, failed = (json.loads(render_diff(each, "json")) for each in (here, FAILED))
    comparison = told["comparisons"][0]
    finding = comparison["directions"]["forward"]["findings"][0]
    top = {*told, *failed}
    assert set.union(*described) == top | {"directions", "environment"} | finding.keys()
    mentioned = set(re.findall(r"`(\w+)`", page))
    assert mentioned >= {*comparison, *comparison["old"], *comparison["directions"]["forward"], *finding["here"]}
    assert mentioned >= {*comparison["environment"], *comparison["environment"]["old"]}
