"""Semantic versions, and which one a change asks for."""

from __future__ import annotations

import itertools
import re

import pytest

from confcontract import Contract
from confcontract.compare.by_variable import findings_by_variable
from confcontract.compare.image_tag import LONGEST, image_tag
from confcontract.compare.semantic_version import Level, parse_version
from confcontract.compare.version_bump import Bump, bump_of
from confcontract.findings.severity import REVIEW
from tests.compare.making import baked, fixture
from tests.compare.shops import New, Old

# Section 11 of the specification, and its example.
ORDER = "0.9.9 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 "
ORDER += "1.1.0 1.10.0 2.0.0"


def test_versions_are_in_the_order_of_the_specification() -> None:
    for lower, higher in itertools.combinations(map(parse_version, ORDER.split()), 2):
        assert lower.order < higher.order, (lower, higher)
    assert parse_version("1.0.0+1").order == parse_version("v1.0.0+2").order


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "latest", "1.2.3\n"]
)
def test_other_texts_are_no_semantic_versions(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse_version(text)


@pytest.mark.parametrize(
    "old,level,raised",
    [
        ("1.4.2", "major", "2.0.0"),
        ("1.4.2", "minor", "1.5.0"),
        ("1.4.2", "patch", "1.4.3"),
        ("1.4.2+build.7", "patch", "1.4.3"),
        ("1.4.2", "none", "1.4.2"),
        ("2.0.0-rc.1", "major", "2.0.0"),
        ("2.0.0-rc.1", "patch", "2.0.0"),
        ("2.1.0-rc.1", "major", "3.0.0"),
        ("2.1.0-rc.1", "minor", "2.1.0"),
        ("2.1.1-rc.1", "minor", "2.2.0"),
    ],
)
def test_a_version_is_raised_as_far_as_the_change_asks(old: str, level: str, raised: str) -> None:
    assert str(parse_version(old).raised(Level(level))) == raised


def asked(rule: str, version: str = "1.4.2") -> Bump:
    old, new = fixture(rule, "old"), fixture(rule, "new")
    return bump_of(findings_by_variable(old, new), parse_version(version))


@pytest.mark.parametrize(
    "rule,level",
    [
        ("ENV_ADDED_REQUIRED", "major"),
        ("RANGE_NARROWED", "major"),
        ("ENV_RENAMED", "major"),
        ("PATTERN_UNDECIDED", "major"),  # not decided: not to be taken for compatible
        ("ENV_ADDED_OPTIONAL", "minor"),
        ("ENV_RENAMED_ALIASED", "minor"),
        ("DEFAULT_CHANGED", "minor"),
        ("RANGE_WIDENED", "minor"),
        ("ROLE_ADDED", "minor"),
    ],
)
def test_the_change_decides(rule: str, level: str) -> None:
    assert asked(rule).level is Level(level)
    assert rule in {each.finding.rule for each in asked(rule).reasons}


@pytest.mark.parametrize("rule", ["ENV_ADDED_REQUIRED", "TYPE_UNDECIDED", "DEFAULT_CHANGED", "DESCRIPTION_CHANGED"])
def test_what_blocks_an_upgrade_is_incompatible_and_nothing_else(rule: str) -> None:
    blocks = any(each.finding.severity.reaches(REVIEW) for each in asked(rule).reasons)
    assert (asked(rule).change is Level.MAJOR) is blocks


def test_below_one_an_incompatible_change_raises_the_minor_number() -> None:
    assert str(asked("RANGE_NARROWED", "0.4.2").needed) == "0.5.0"
    assert str(asked("RANGE_WIDENED", "0.4.2").needed) == "0.4.3"
    assert asked("RANGE_NARROWED", "0.4.2").change is Level.MAJOR


def test_equal_contracts_ask_for_nothing() -> None:
    contract = baked(Old)
    found = bump_of(findings_by_variable(contract, contract), parse_version("1.4.2"))
    assert (found.level, found.reasons) == (Level.NONE, ())


@pytest.mark.parametrize(
    "old,rule,version,allowed",
    [
        ("1.4.2", "RANGE_NARROWED", "1.5.0", False),
        ("1.4.2", "RANGE_NARROWED", "2.0.0", True),
        ("1.4.2", "RANGE_NARROWED", "2.0.0-rc.1", True),
        ("1.4.2", "RANGE_NARROWED", "3.1.0", True),
        ("1.4.2", "RANGE_WIDENED", "1.4.3", False),
        ("1.4.2", "RANGE_WIDENED", "1.5.0-alpha", True),
        ("1.4.2", "RANGE_WIDENED", "1.4.2", False),
        ("2.0.0-rc.1", "RANGE_NARROWED", "2.0.0-rc.1", False),
        ("2.0.0-rc.1", "RANGE_NARROWED", "2.0.0-rc.2", True),
        ("2.0.0-rc.2", "RANGE_NARROWED", "2.0.0-rc.1", False),
        ("1.4.2+1", "RANGE_WIDENED", "1.4.2+2", False),
        ("0.4.2", "RANGE_NARROWED", "0.4.3", False),
        ("0.4.2", "RANGE_NARROWED", "0.5.0", True),
    ],
)
def test_a_version_is_held_to_what_the_change_asks_for(old: str, rule: str, version: str, allowed: bool) -> None:
    assert asked(rule, old).allows(parse_version(version)) is allowed


def with_version(version: str) -> Contract:
    return Contract({**baked(New).data, "version": version})


@pytest.mark.parametrize(
    "version,begins",
    [
        ("1.5.0", "1.5.0-cfg."),
        ("1.5.0-rc.1+build.7", "1.5.0-rc.1_build.7-cfg."),
        ("1 beta/2", "1-beta-2-cfg."),
        ("-5", "_5-cfg."),
        (".5", "_5-cfg."),
        ("ü", "_-cfg."),
        ("9" * 300, "9" * 111 + "-cfg."),
    ],
)
def test_every_tag_is_one_that_registries_take(version: str, begins: str) -> None:
    tag = image_tag(with_version(version))
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", tag)
    assert tag.startswith(begins)
    assert len(tag) <= LONGEST
    assert baked(New).digest.removeprefix("sha256:").startswith(tag.rpartition("-cfg.")[2])


def test_another_contract_has_another_tag() -> None:
    assert image_tag(baked(Old)) != image_tag(baked(New))
