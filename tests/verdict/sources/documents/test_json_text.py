"""JSON: the values are the standard library's, and each key is where the document says."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from confcontract.verdict.sources.documents import JSON, Fault, read, read_text
from tests.verdict.sources.documents.styled import KEYS, TEXTS, every_path

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
)


@example({"port": float("inf")}, None, (",", ":"), True)
@given(VALUES, st.sampled_from([None, 0, 3, "\t"]), st.sampled_from([(",", ":"), (" ,", "  :\n")]), st.booleans())
def test_values_are_those_of_json_and_every_key_is_where_it_is_said_to_be(
    value: Any, indent: int | str | None, separators: tuple[str, str], ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=ascii_only)
    document = read(text.encode(), JSON)
    assert document.value == value
    for path in every_path(value):
        position = document.position(path)
        assert position is not None, (text, path)
        begins = text.split("\n")[position[0] - 1][position[1] - 1 :]
        if isinstance(path[-1], str):
            assert json.JSONDecoder().raw_decode(begins)[0] == path[-1]


def test_items_of_lists_are_where_they_begin() -> None:
    document = read_text('{"a": [1,\n {"b": [[], {}, "x"]}]}', JSON)
    assert [document.position(path) for path in [("a", 0), ("a", 1), ("a", 1, "b"), ("a", 1, "b", 2)]] == [
        (1, 8),
        (2, 2),
        (2, 3),
        (2, 17),
    ]


def test_depth_is_no_matter_of_ours() -> None:
    deep = '{"a":' * 900 + "1" + "}" * 900
    assert read_text(deep, JSON).position(("a",) * 900) == (1, 899 * 5 + 2)


@pytest.mark.parametrize(
    ("raw", "kind", "position", "words"),
    [
        (b'{"a": hunter2}', Fault.SYNTAX, (1, 7), "expecting value"),
        (b'{"a": 1\n "b": 2}', Fault.SYNTAX, (2, 2), "expecting ',' delimiter"),
        (b"\xef\xbb\xbf{}", Fault.ENCODING, (1, 1), "byte order mark"),
        (b'{"a": "\xe9"}', Fault.ENCODING, (1, 8), "is not UTF-8 text"),
        (b"[" * 100_000, Fault.SYNTAX, (0, 0), "nested too deeply"),
        (b"9" * 5000, Fault.SYNTAX, (0, 0), "too many digits"),
    ],
)
def test_what_json_refuses_is_told_with_line_and_column(
    raw: bytes, kind: str, position: tuple[int, int], words: str
) -> None:
    with pytest.raises((ValueError, RecursionError)):
        json.loads(raw.decode())
    document = read(raw, JSON)
    (fault,) = document.faults
    assert not document.readable
    assert (fault.kind, (fault.line, fault.column)) == (kind, position)
    assert words in fault.message
    assert "hunter2" not in fault.message


def test_a_key_twice_is_told_and_the_last_one_counts() -> None:
    text = '{"a": {"b": 1,\n "b": 2},\n "a": {"b": 3}, "a": 4}'
    document = read_text(text, JSON)
    assert document.readable
    assert document.value == json.loads(text) == {"a": 4}
    told = [(fault.kind, fault.path, fault.line) for fault in document.faults]
    assert told == [("twice", ("a", "b"), 2), ("twice", ("a",), 3), ("twice", ("a",), 3)]


def test_what_is_no_json_is_told_and_read_as_python_reads_it() -> None:
    document = read_text('{"a": [NaN,\n -Infinity]}', JSON)
    assert document.readable
    assert math.isnan(document.value["a"][0])
    assert [(fault.kind, fault.path, fault.line, fault.column) for fault in document.faults] == [
        ("not-json", ("a", 0), 1, 8),
        ("not-json", ("a", 1), 2, 2),
    ]


def test_numbers_can_be_had_as_they_are_written() -> None:
    assert read_text('{"a": 1.10, "b": 1e400}', JSON, as_written=True).value == {"a": "1.10", "b": "1e400"}


@pytest.mark.parametrize("raw", [b"", b" \n"])
def test_an_empty_file_is_told_from_one_that_is_null(raw: bytes) -> None:
    assert (read(raw, JSON).value, read(raw, JSON).empty) == (None, True)
    assert (read(b"null", JSON).value, read(b"null", JSON).empty) == (None, False)


def test_another_encoding_can_be_named() -> None:
    assert read('{"a": "é"}'.encode("latin-1"), JSON, encoding="latin-1").value == {"a": "é"}
    (fault,) = read(b"{}", JSON, encoding="nonsense").faults
    assert fault.kind == Fault.ENCODING
