"""The configuration part of a release note: one entry for each variable, in operators' words."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Deprecated, Secret, Vault
from confcontract.compare.by_variable import findings_by_variable
from confcontract.compare.diff import diff
from confcontract.compare.operator_words import TO_DO, UNTOLD
from confcontract.compare.release_markdown import note_page
from confcontract.compare.release_note import NoteEntry, NoteKind, release_note
from confcontract.compare.rules import IDS
from tests.compare.making import baked, fixture


class Before(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    port: int = Field(8000, ge=0)
    theme: str = "plain"
    colour: str = "red"
    key: str | None = None
    gone: str = "x"
    limit: int = 5


class After(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    port: int = Field(8080, ge=1024)
    theme: Annotated[str, Deprecated("since 2.0", replaced_by="SHOP_LOOK")] = "plain"
    colour: str = "red"
    key: Annotated[str | None, Secret()] = None
    limit: int = 5
    look: str = Field("plain", description="How the pages look: *plain* or <b>rich</b>")
    region: str = Field(description="Where it runs")
    token: Annotated[SecretStr, Vault("secret/shop#token")]


def note(before: type[BaseSettings] = Before, after: type[BaseSettings] = After) -> dict[str, NoteEntry]:
    return {each.name: each for each in release_note(findings_by_variable(baked(before), baked(after)))}


def test_there_is_one_entry_for_each_variable_that_changed() -> None:
    entries = release_note(findings_by_variable(baked(Before), baked(After)))
    assert [(each.kind.value, each.name) for each in entries] == [
        ("Added", "SHOP_LOOK"),
        ("Added", "SHOP_REGION"),
        ("Added", "SHOP_TOKEN"),
        ("Changed", "SHOP_PORT"),
        ("Deprecated", "SHOP_THEME"),
        ("Removed", "SHOP_GONE"),
        ("Security", "SHOP_KEY"),
    ]


@pytest.mark.parametrize(
    "name,words",
    [
        ("SHOP_REGION", "Where it runs. Set it before you upgrade: without it, the application does not start."),
        ("SHOP_LOOK", "Nothing has to be set: without it, the default holds."),
        ("SHOP_TOKEN", "Write it to secret/shop#token before you upgrade"),
        ("SHOP_PORT", '"0" is refused. Where it is not set, it is "8080" now, was "8000". Change a value'),
        ("SHOP_THEME", "SHOP_THEME is deprecated: since 2.0. Set SHOP_LOOK instead before it is removed"),
        ("SHOP_GONE", "It is no longer read. Remove it where it is set"),
        ("SHOP_KEY", "It is a secret now"),
    ],
)
def test_an_entry_says_what_to_set_by_when_and_what_happens_otherwise(name: str, words: str) -> None:
    assert words in note()[name].text


def test_what_changed_for_nobody_is_not_told() -> None:
    class Reworded(Before):
        colour: str = Field("red", description="In words")

    assert note(Before, Reworded) == {}


def test_a_default_that_is_mended_is_fixed() -> None:
    found = findings_by_variable(fixture("DEFAULT_INVALID", "new"), fixture("DEFAULT_INVALID", "old"))
    (entry,) = release_note(found)
    assert (entry.kind, entry.name) == (NoteKind.FIXED, "SHOP_DATABASE__POOL")
    assert "no longer does" in entry.text


@pytest.mark.parametrize("rule", [rule for rule in IDS if rule not in UNTOLD])
def test_the_change_that_a_rule_finds_is_told(rule: str) -> None:
    found = findings_by_variable(fixture(rule, "old"), fixture(rule, "new"))
    entries = release_note(found)
    assert rule in {each.rule for each in found.findings}
    assert entries
    names = [each.name for each in entries if each.name]
    assert len(names) == len(set(names))
    assert all(". ." not in each.text and ".." not in each.text for each in entries)


# How a sentence begins that goes on from the name of a variable: SHOP_PORT accepts fewer values.
GOES_ON = {"accepts", "does", "has", "is", "lives", "may", "names", "no", "reads"}


@pytest.mark.parametrize("rule", IDS)
def test_a_sentence_stands_alone_or_goes_on_from_the_name_of_its_variable(rule: str) -> None:
    old, new = fixture(rule, "old"), fixture(rule, "new")
    told = [*diff(old, new, "full").findings, *diff(new, old, "full").findings]
    beginnings = {(each.sentence.split()[0] in GOES_ON, each.sentence) for each in told if each.where}
    assert {(not each.stands_alone, each.sentence) for each in told if each.where} == beginnings


def test_each_rule_has_words_for_operators() -> None:
    assert set(TO_DO) == set(IDS)
    assert not any("settings class" in words or "alias" in words for words in TO_DO.values())


def test_the_page_is_in_the_form_of_keep_a_changelog() -> None:
    entries = release_note(findings_by_variable(baked(Before), baked(After)))
    page = note_page(entries, "2.0.0", "2027-01-31")
    heads = [line for line in page.splitlines() if line.startswith("#")]
    assert heads == [
        "## [2.0.0] - 2027-01-31",
        "### Added",
        "### Changed",
        "### Deprecated",
        "### Removed",
        "### Security",
    ]
    assert '- `SHOP_LOOK`: Text, default "plain". How the pages look: \\*plain\\* or \\<b>rich\\</b>.' in page
    assert "`secret/shop#token`" in page
    assert note_page(entries, None, None).startswith("### Added\n\n- ")


def test_where_it_could_not_be_decided_operators_are_asked_to_try_their_values() -> None:
    class Two(BaseSettings):
        code: str = Field("AB", pattern="^[A-Z]{2}$")

    class More(BaseSettings):
        model_config = SettingsConfigDict(regex_engine="python-re")
        code: str = Field("AB", pattern="^(?=A)[A-Z]{2,3}$")

    text = note(Two, More)["CODE"].text
    assert text.startswith("It accepts more values, and may refuse some that were accepted: matching ")
    assert text.endswith("Try the values in use before you upgrade (confcontract validate): some may be refused.")


def test_a_change_of_the_accepted_values_is_told_once_whichever_rules_find_it() -> None:
    class TwoModes(BaseSettings):
        mode: Literal["a", "b"] = "a"

    class OtherModes(BaseSettings):
        mode: Literal["a", "c"] = "a"

    text = note(TwoModes, OtherModes)["MODE"].text
    assert text.count("It accepts fewer values") == text.count("values") == 1
    assert '"b" is refused' in text
