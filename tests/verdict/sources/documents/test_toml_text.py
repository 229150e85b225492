"""TOML: the values are tomllib's, and each key is where the document says."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given

from confcontract.contract.envtext import Number
from confcontract.verdict.sources.documents import TOML, Fault, read, read_text
from tests.verdict.sources.documents.styled import every_path, toml_texts

TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[A-Za-z0-9_-]+")


def key_at(text: str, line: int, column: int) -> str:
    match = TOKEN.match(text.split("\n")[line - 1], column - 1)
    assert match is not None, (text, line, column)
    (key,) = tomllib.loads(f"{match[0]} = 1")
    return key


@given(toml_texts())
def test_values_are_those_of_tomllib_and_every_key_is_where_it_is_said_to_be(drawn: tuple[dict[str, Any], str]) -> None:
    tree, text = drawn
    assert tomllib.loads(text) == tree
    document = read(text.encode(), TOML)
    assert document.value == tree
    for path in every_path(tree):
        position = document.position(path)
        assert position is not None, (text, path)
        if isinstance(path[-1], str):
            assert key_at(text.replace("\r\n", "\n"), *position) == path[-1]
    assert document.position(("there is", "no such key")) is None


TEXT = """\
title = "x" # comment
[database]
port = 1
pool.size = 2
[database.limits]
rows = [1,
  { a = 1, b.c = 2 }]
[[servers]]
host = "a"
[[servers]]
host = "b"
[servers.tls]
on = true
"""


@pytest.mark.parametrize(
    ("path", "position"),
    [
        (("title",), (1, 1)),
        (("database",), (2, 2)),
        (("database", "pool", "size"), (4, 6)),
        (("database", "limits"), (5, 11)),
        (("database", "limits", "rows", 1, "b", "c"), (7, 14)),
        (("servers", 0, "host"), (9, 1)),
        (("servers", 1, "host"), (11, 1)),
        (("servers", 1, "tls", "on"), (13, 1)),
        (("servers", 2), None),
    ],
)
def test_a_key_has_line_and_column(path: tuple[str | int, ...], position: tuple[int, int] | None) -> None:
    assert read_text(TEXT, TOML).position(path) == position


@pytest.mark.parametrize(
    ("raw", "kind", "position", "words"),
    [
        (b"a = 1\na = 2\n", Fault.SYNTAX, (2, 6), "cannot overwrite a value"),
        (b"[a]\nb = 1\n[a]\n", Fault.SYNTAX, (3, 3), "cannot declare ('a',) twice"),
        (b"a = hunter2\n", Fault.SYNTAX, (1, 5), "invalid value"),
        (b"a = 'x", Fault.SYNTAX, (1, 7), ""),
        (b"\xef\xbb\xbfa = 1\n", Fault.ENCODING, (1, 1), "begins with a byte order mark"),
        (b"a = 1\nb = '\xe9'\n", Fault.ENCODING, (2, 6), "is not UTF-8 text"),
        ("a = 1\n".encode("utf-16"), Fault.ENCODING, (1, 1), "is not UTF-8 text"),
        (b"a = " + b"9" * 5000, Fault.SYNTAX, (0, 0), "too many digits"),
        (b"a = " + b"[" * 5000, Fault.SYNTAX, None, ""),
    ],
)
def test_what_tomllib_refuses_is_told_with_line_and_column(
    raw: bytes, kind: str, position: tuple[int, int] | None, words: str
) -> None:
    with pytest.raises((ValueError, RecursionError)):
        tomllib.loads(raw.decode())
    document = read(raw, TOML)
    (fault,) = document.faults
    assert not document.readable
    assert fault.kind == kind
    assert position in (None, (fault.line, fault.column))
    assert words in fault.message
    assert "hunter2" not in fault.message


def test_numbers_can_be_had_as_they_are_written() -> None:
    document = read_text("a = 1.10\nb = 1_000.50\nc = inf\nd = [1e3]\ne = 0x10\n", TOML, as_written=True)
    assert document.value == {"a": "1.10", "b": "1000.50", "c": float("inf"), "d": ["1e3"], "e": 16}
    assert isinstance(document.value["a"], Number)


def test_an_empty_file_is_an_empty_table() -> None:
    assert read(b"", TOML).value == {}
