"""A typed value as the text that an environment holds: what config files have beside what JSON has."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from confcontract.contract.envtext import Number, Truth, ValueUnusable, as_typed, to_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Truth("no"), "no"),
        ([Truth("no"), Truth("ON")], "[false,true]"),
        (Number("1.10"), "1.10"),
        ({"a": Number("1.10")}, '{"a":1.10}'),
        (datetime.date(2024, 1, 2), "2024-01-02"),
        (datetime.time(7, 32), "07:32:00"),
        ([datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.UTC)], '["2024-01-02T03:04:00+00:00"]'),
        ({1: "a", datetime.date(2024, 1, 2): "b"}, '{"1":"a","2024-01-02":"b"}'),
        ({"x"}, '["x"]'),
        (float("inf"), "Infinity"),
    ],
)
def test_the_text_of_a_value(value: Any, text: str) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize("value", [b"hunter2", [b"hunter2"], None, "a\0hunter2", "\ud800"])
def test_what_no_environment_holds_is_refused_without_being_shown(value: Any) -> None:
    with pytest.raises(ValueUnusable) as refused:
        to_text(value)
    assert "hunter2" not in str(refused.value)


def test_what_is_in_lists_and_mappings_is_text_where_their_type_says_so() -> None:
    text, number = {"kind": "string"}, {"kind": "integer"}
    given = {"a": [Number("1.10"), Truth("no"), datetime.date(2024, 1, 2)], "b": [Number("2")]}
    of_texts = {"kind": "mapping", "values": {"kind": "list", "items": text}}
    assert as_typed(given, of_texts) == {"a": ["1.10", "no", "2024-01-02"], "b": ["2"]}
    assert to_text(as_typed(given["a"], {"kind": "list", "items": number})) == '[1.10,false,"2024-01-02"]'
    assert (
        to_text(as_typed([Truth("on"), Truth("on")], {"kind": "list", "prefixItems": [text, number]})) == '["on",true]'
    )
