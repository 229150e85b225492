"""From typed JSON to the string of the environment."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.contract.envtext import ValueUnusable, to_text
from confcontract.secrets.vault.values import parse

_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
)


@pytest.mark.parametrize(
    ("in_vault", "text"),
    [
        ('"plain"', "plain"),
        ('""', ""),
        ('"line one\\nline two\\r\\n"', "line one\nline two\r\n"),
        ('" kept "', " kept "),
        ('"\\u00e9 \\ud83d\\ude00"', "é 😀"),
        ('"vault:secret/other#key"', "vault:secret/other#key"),
        ('"30"', "30"),
        ("30", "30"),
        ("-0", "-0"),
        ("1.10", "1.10"),
        ("1e400", "1e400"),
        (str(2**80), str(2**80)),
        ("1" * 6000, "1" * 6000),
        ("true", "true"),
        ("false", "false"),
        ("[]", "[]"),
        ('[1, 2.50, "a", null, true]', '[1,2.50,"a",null,true]'),
        ('{"a": {"b": "é\\n\\""}}', '{"a":{"b":"é\\n\\""}}'),
    ],
)
def test_a_value_becomes_its_string(in_vault: str, text: str) -> None:
    assert to_text(parse(in_vault)) == text


@given(_text)
def test_a_string_is_handed_over_as_it_is(text: str) -> None:
    assert to_text(parse(json.dumps(text))) == text


@given(st.lists(_json) | st.dictionaries(_text, _json))
def test_lists_and_objects_become_json_of_the_same_value(value: object) -> None:
    assert json.loads(to_text(parse(json.dumps(value)))) == value


@pytest.mark.parametrize(
    ("in_vault", "words"),
    [
        ("null", "null"),
        ('"a\\u0000b"', "NUL"),
        ('"\\ud800"', "Unicode"),
    ],
)
def test_what_no_environment_variable_can_hold_is_refused_without_being_shown(in_vault: str, words: str) -> None:
    with pytest.raises(ValueUnusable, match=words):
        to_text(parse(in_vault))


@pytest.mark.parametrize("text", ["", "NaN", "{", "<html>", '"a', "[" * 100_000])
def test_what_is_no_json_is_an_error_and_never_a_crash(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse(text)
