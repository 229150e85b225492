"""Values that are easily misread: empty ones, those that are all blanks, those that end like a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field
from pydantic_settings import BaseSettings

from confcontract.author.bake import bake
from confcontract.contract.artifact import Contract
from tests.docs.making import FORMATS, made, variable, written
from tests.support.commands import run, said


def choice() -> Contract:
    """Of which one is the empty text."""
    kind = {"text": "one of (empty), on", "kind": "enum"}
    return made(variable(type=kind, constraints={"enum": ["", "on"]}, default="", defaultText="", examples=["", "on"]))


def of_default(text: str) -> Contract:
    return made(variable(default=text, defaultText=text))


@pytest.mark.parametrize(
    ("format", "told"),
    [
        ("markdown", "choice; empty, `on`"),
        ("html", "the empty text, <code>on</code>"),
        ("dotenv", "# choice; (empty), on; default: empty\n"),
        ("man", "Choice; one of (empty), on."),
    ],
)
def test_a_choice_that_is_empty_can_be_seen(format: str, told: str) -> None:
    assert told in written(choice(), format)


def test_a_value_in_the_manual_page_has_no_full_stop_behind_it() -> None:
    assert "\nDefault: 127.0.0.1\n" in written(of_default("127.0.0.1"), "man")


@pytest.mark.parametrize(
    ("text", "told"), [("a\nb", '"a\\enb"'), (" a", "\\(aq a\\(aq"), ("", "(empty)"), ("a b", "a b"), (".", ".")]
)
def test_white_space_of_a_default_is_not_lost_in_the_manual_page(text: str, told: str) -> None:
    assert f"\nDefault: {told}\n" in written(of_default(text), "man")


def test_the_template_warns_of_what_can_not_be_seen_in_a_default() -> None:
    warned = "# Below are invisible characters: a\\u202eb\n#APP_X='a\u202eb'\n"
    assert warned in written(of_default("a\u202eb"), "dotenv")
    assert "can't be seen" not in written(of_default("a\nb \U0001f469\u200d\U0001f467"), "dotenv")


@pytest.mark.parametrize("format", FORMATS)
def test_blanks_that_keep_words_together_are_blanks(format: str) -> None:
    contract = made(variable(description="Durée\u00a0: 5\u202fs, Donau\u00addampf"), description="à\u00a0la")
    text = written(contract, format)
    assert "\\xa0" not in text
    if format not in ("man", "html"):
        assert "Durée : 5 s, Donaudampf" in text
        assert "à la" in text


@pytest.mark.parametrize("format", ["markdown", "man"])
def test_an_application_without_variables_is_said_to_have_none(format: str) -> None:
    assert "The application reads no variables." in written(made(), format)


class Padded(BaseSettings):
    """Values that a sentence would swallow."""

    motto: str = Field(" padded", examples=["", "a\nb"])


def test_describe_quotes_what_is_not_seen_otherwise(tmp_path: Path) -> None:
    bake(Padded).dump(tmp_path / "contract.json")
    words = said(run("describe", "MOTTO", "--contract", str(tmp_path / "contract.json")))
    assert "default ' padded'" in words
    assert 'examples (empty), "a\\nb"' in words


@pytest.mark.parametrize("format", FORMATS)
def test_a_field_without_a_name_is_on_the_page(format: str) -> None:
    assert "APP_NAMELESS" in written(made(variable(name="APP_NAMELESS", path=[""])), format)
