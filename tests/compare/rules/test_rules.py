"""Each rule finds what its fixtures differ in, in both directions, and so does its mirror the other way round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import pytest

from confcontract.compare.diff import diff
from confcontract.compare.finding import Finding
from confcontract.compare.rules import IDS, all_rules
from confcontract.findings.direction import FORWARD, ROLLBACK, Direction
from confcontract.findings.severity import INFO, REVIEW, Severity
from tests.compare.making import fixture, where
from tests.support.pages import ROOT

E, W, N, R = Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.REVIEW

# What the fixtures of each rule are found as, for an upgrade and for a rollback.
EXPECTED: dict[str, tuple[Severity, Severity | None]] = {
    "ENV_ADDED_REQUIRED": (E, W),
    "ENV_ADDED_OPTIONAL": (N, W),
    "ENV_REMOVED_REQUIRED": (W, E),
    "ENV_REMOVED_OPTIONAL": (W, W),
    "ENV_BECAME_REQUIRED": (E, N),
    "ENV_BECAME_OPTIONAL": (N, E),
    "REQUIRED_IF_CHANGED": (E, E),
    "DEFAULT_CHANGED": (W, W),
    "DEFAULT_INVALID": (E, N),
    "TYPE_NARROWED": (E, N),
    "TYPE_WIDENED": (N, E),
    "TYPE_CHANGED": (E, E),
    "TYPE_UNDECIDED": (N, R),
    "FORMAT_ADDED": (E, N),
    "FORMAT_REMOVED": (N, E),
    "ENUM_VALUE_REMOVED": (E, N),
    "ENUM_VALUE_ADDED": (N, E),
    "ENUM_SET": (E, N),
    "ENUM_UNSET": (N, E),
    "RANGE_NARROWED": (E, N),
    "RANGE_WIDENED": (N, E),
    "PATTERN_NARROWED": (E, N),
    "PATTERN_WIDENED": (N, E),
    "PATTERN_INCOMPARABLE": (E, E),
    "PATTERN_UNDECIDED": (R, R),
    "EMPTY_REJECTED": (E, N),
    "EMPTY_ACCEPTED": (N, E),
    "ENCODING_CHANGED": (E, E),
    "ENV_RENAMED_ALIASED": (N, E),
    "ENV_RENAMED": (E, E),
    "ALIAS_REMOVED": (E, N),
    "ALIAS_ADDED": (N, E),
    "ALIAS_PRECEDENCE_CHANGED": (E, E),
    "PREFIX_CHANGED": (E, E),
    "CASE_TIGHTENED": (E, N),
    "CASE_RELAXED": (N, E),
    "RETIRED_NAME_REUSED": (E, E),
    "SECRET_ADDED": (W, N),
    "SECRET_REMOVED": (E, W),
    "VAULT_PATH_CHANGED": (E, E),
    "VAULT_KEY_RENAMED": (E, E),
    "FILE_SOURCE_REMOVED": (E, N),
    "FILE_SOURCE_ADDED": (N, E),
    "SOURCE_ORDER_CHANGED": (R, R),
    "UNKNOWN_FORBIDDEN": (E, N),
    "UNKNOWN_IGNORED": (N, E),
    "CHECK_ADDED_CRITICAL": (W, N),
    "CHECK_REMOVED": (N, W),
    "ROLE_REMOVED": (E, N),
    "ROLE_ADDED": (N, E),
    "ROLE_COMMAND_CHANGED": (W, W),
    "RELOAD_CHANGED": (W, W),
    "VALIDATOR_CHANGED": (R, N),
    "PLAN_CHANGED": (R, R),
    "DESCRIPTION_CHANGED": (N, N),
    "VERSION_NOT_BUMPED": (N, None),
    "APPLICATION_CHANGED": (R, R),
    "FORMAT_MAJOR_CHANGED": (E, E),
    "DIGEST_MISMATCH": (E, E),
}


@cache
def found(rule: str, *, swapped: bool = False) -> list[Finding]:
    old, new = fixture(rule, "old"), fixture(rule, "new")
    return list(diff(*((new, old) if swapped else (old, new)), "full").findings)


def of(findings: list[Finding], rules: tuple[str, ...], direction: Direction) -> list[Finding]:
    return [each for each in findings if each.rule in rules and each.direction is direction]


def test_every_rule_is_expected_here() -> None:
    assert list(EXPECTED) == list(IDS)


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_finds_what_its_fixtures_differ_in(rule: str) -> None:
    findings = found(rule)
    forward, rollback = (of(findings, (rule,), direction) for direction in (FORWARD, ROLLBACK))
    assert [each.severity for each in forward] == [EXPECTED[rule][0]]
    assert [each.severity for each in rollback] == [] if EXPECTED[rule][1] is None else [EXPECTED[rule][1]]
    if (variable := where(rule)) is not None:
        assert forward[0].where == variable
    assert forward[0].sentence
    assert forward[0].remedy


def about(rule: str) -> Iterator[str]:
    """Rules that a fixture of this one may well be found by, too."""
    also = {
        "FILE_SOURCE_REMOVED": ("ENV_ADDED_OPTIONAL",),
        "FILE_SOURCE_ADDED": ("ENV_REMOVED_OPTIONAL",),
        "RETIRED_NAME_REUSED": ("ENV_RENAMED",),
        "DEFAULT_INVALID": ("DEFAULT_CHANGED",),
        "FORMAT_ADDED": ("RANGE_NARROWED",),
        "FORMAT_REMOVED": ("RANGE_WIDENED",),
    }
    yield from (rule, "VERSION_NOT_BUMPED", "DEFAULT_CHANGED", *also.get(rule, ()))


@pytest.mark.parametrize("rule", IDS)
def test_a_change_is_told_by_its_own_rule_alone(rule: str) -> None:
    assert {each.rule for each in found(rule)} <= {*about(rule)}


@pytest.mark.parametrize("rule", IDS)
def test_the_mirror_finds_the_same_change_the_other_way_round(rule: str) -> None:
    """What blocks an upgrade blocks the rollback of the opposite change, and vice versa."""
    declared = all_rules()[rule]
    if not declared.mirror:
        assert declared.no_mirror, f"{rule} has neither a mirror nor a reason for that"
        return
    ours, theirs = found(rule), found(rule, swapped=True)
    for direction, opposite in ((FORWARD, ROLLBACK), (ROLLBACK, FORWARD)):
        (here,), there = of(ours, (rule,), direction), of(theirs, declared.mirror, opposite)
        assert there, f"none of {declared.mirror} finds it"
        if declared.lopsided:
            continue
        assert here.severity is there[0].severity


def test_every_mirror_leads_back() -> None:
    rules = all_rules()
    assert {(each.id, m) for each in rules.values() for m in each.mirror if each.id not in rules[m].mirror} == set()


def test_lopsided_rules_are_those_that_differ() -> None:
    rules = all_rules()
    for rule in rules.values():
        for mirror in (rules[name] for name in rule.mirror[:1]):
            even = (rule.forward, rule.rollback) == (mirror.rollback, mirror.forward)
            assert even is not bool(rule.lopsided), rule.id


@pytest.mark.parametrize("rule", IDS)
def test_equal_contracts_have_no_findings(rule: str) -> None:
    if rule not in ("FORMAT_MAJOR_CHANGED", "DIGEST_MISMATCH"):
        contract = fixture(rule, "new")
        assert diff(contract, contract, "full").findings == ()


@pytest.mark.parametrize("rule", IDS)
def test_findings_are_the_same_each_time_and_what_they_say_can_be_told(rule: str) -> None:
    first = found(rule)
    assert first == list(diff(fixture(rule, "old"), fixture(rule, "new"), "full").findings)
    for each in first:
        assert json.dumps([each.sentence, each.old, each.new, each.remedy])
        assert each.severity is not REVIEW or "Nothing to do" not in each.remedy
        assert each.severity is INFO or each.remedy


def test_the_fingerprint_is_of_what_differs_and_not_of_the_words() -> None:
    finding = found("RANGE_NARROWED")[0]
    from confcontract.findings.severity import fingerprint

    assert finding.fingerprint == fingerprint(finding.rule, finding.path, finding.old, finding.new)
    assert len({each.fingerprint for each in found("ENV_RENAMED") if each.rule == "ENV_RENAMED"}) == 1, (
        "the same in both directions"
    )


def test_each_rule_has_its_folder_of_fixtures() -> None:
    folders = {path.name for path in (ROOT / "tests/compare/rules").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == set(IDS)
