"""YAML: the values are those of PyYAML's safe_load, each key is where the document says, and nothing explodes."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from confcontract.verdict.sources.documents import YAML, Fault, read, read_text
from confcontract.verdict.sources.documents.yaml_text import MAX_NODES
from tests.support.pages import ROOT
from tests.verdict.sources.documents.styled import KEYS, TEXTS, every_path

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.dates(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
)


@given(VALUES, st.sampled_from([True, False, None]), st.sampled_from([None, '"', "'", "|"]))
def test_values_are_those_of_safe_load_and_every_key_is_where_it_is_said_to_be(
    value: Any, flow: bool | None, style: str | None
) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, default_style=style, allow_unicode=True)
    document = read(text.encode(), YAML)
    assert document.value == yaml.safe_load(text)
    for path in every_path(document.value):
        assert document.position(path) is not None, (text, path)


TEXT = """\
base: &base
  host: a
  port: 1
database:
  <<: *base
  port: 2
  norway: no
again: *base
list:
  - x: 1
  - [a, {b: c}]
? complex
: 1
1: number
"""


@pytest.mark.parametrize(
    ("path", "position"),
    [
        (("base",), (1, 1)),
        (("database", "host"), (2, 3)),  # where it is merged from
        (("database", "port"), (6, 3)),
        (("again", "port"), (3, 3)),
        (("list", 0, "x"), (10, 5)),
        (("list", 1, 1, "b"), (11, 10)),
        (("complex",), (12, 3)),
        ((1,), (14, 1)),
        (("nothing",), None),
    ],
)
def test_a_key_has_line_and_column(path: tuple[str | int, ...], position: tuple[int, int] | None) -> None:
    document = read_text(TEXT, YAML)
    assert document.value == yaml.safe_load(TEXT)
    assert document.position(path) == position
    assert document.faults == []


@pytest.mark.parametrize(
    ("text", "kind", "position", "words"),
    [
        ("a: [1,\n", Fault.SYNTAX, (2, 1), "is not valid YAML"),
        ("a: b: hunter2\n", Fault.SYNTAX, (1, 5), "mapping values are not allowed here"),
        ("a: !hunter2 x\n", Fault.UNSAFE, (1, 4), "has a tag"),
        ("a: !hunter2!x y\n", Fault.SYNTAX, (1, 4), "tag handle"),
        ("a: !!python/object/apply:os.system [hunter2]\n", Fault.UNSAFE, (1, 4), "has a tag"),
        ("a: *hunter2\n", Fault.UNSAFE, (1, 4), "alias"),
        ("a: &hunter2\n", None, None, ""),
        ("a: &hunter2 1\nb: &hunter2 2\n", Fault.UNSAFE, (2, 4), "an anchor twice"),
        ('a: "\\hunter2"\n', Fault.SYNTAX, (1, 6), "unknown escape character"),
        ("a: %hunter2\n", Fault.SYNTAX, (1, 4), "cannot start any token"),
        ("a: 1\n---\nb: 2\n", Fault.SYNTAX, (2, 1), "more than one document"),
        ("a: 2024-13-45\n", Fault.SYNTAX, (1, 4), "an invalid date"),
        ("a: 1\nb:\n- c: 2024-01-01\n- {d: 2024-13-45}\n", Fault.SYNTAX, (4, 7), "an invalid date"),
        ("a: &x 2024-13-45\nb: [*x]\n", Fault.SYNTAX, (1, 4), "an invalid date"),
        ("? !!int x\n: 1\n", Fault.SYNTAX, (1, 3), "date, number or key"),
        ("[hunter2]: 1\n", Fault.SYNTAX, (1, 1), "can't read"),
        ("a: \x01\n", Fault.SYNTAX, (1, 4), "a character that YAML does not allow"),
        ("a: " + "[" * 1000, Fault.SYNTAX, None, ""),  # PyYAML takes a time that grows with the square
        ("a: " + "9" * 5000, Fault.SYNTAX, (1, 4), "date, number or key"),
    ],
)
def test_what_safe_load_refuses_is_told_with_line_and_column_and_without_what_it_says(
    text: str, kind: str | None, position: tuple[int, int] | None, words: str
) -> None:
    document = read(text.encode(), YAML)
    if kind is None:
        assert document.value == yaml.safe_load(text)
        return
    with pytest.raises((yaml.YAMLError, ValueError, RecursionError)):
        yaml.safe_load(text)
    (fault,) = document.faults
    assert not document.readable
    assert fault.kind == kind
    assert position in (None, (fault.line, fault.column))
    assert words in fault.message
    assert "hunter2" not in fault.message + fault.hint


def test_aliases_that_grow_are_not_followed() -> None:
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    (fault,) = read(laughs.encode(), YAML).faults
    assert (fault.kind, fault.message) == (
        Fault.UNSAFE,
        f"has aliases that expand to more than {MAX_NODES} values, or to themselves",
    )


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: &a {b: *a}\n", "&a [&b {x: *a}]\n"])
def test_an_alias_of_itself_is_not_followed(text: str) -> None:
    (fault,) = read(text.encode(), YAML).faults
    assert fault.kind == Fault.UNSAFE


def test_a_large_file_without_aliases_is_read() -> None:
    text = "a:\n" + "- 1\n" * 5000 + "b: &b 1\nc: *b\n"
    assert read(text.encode(), YAML).readable


def test_a_key_twice_is_told_and_the_last_one_counts() -> None:
    text = "a: 1\nb: {x: 1, x: 2}\na: 3\n"
    document = read(text.encode(), YAML)
    assert document.readable
    assert document.value == yaml.safe_load(text) == {"a": 3, "b": {"x": 2}}
    told = [(fault.kind, fault.path, fault.line, fault.column) for fault in document.faults]
    assert told == [("twice", ("b", "x"), 2, 11), ("twice", ("a",), 3, 1)]


def test_a_byte_order_mark_is_read_over_as_safe_load_does() -> None:
    assert read(b"\xef\xbb\xbfa: 1\n", YAML).value == {"a": 1}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_is_none(text: str) -> None:
    assert read(text.encode(), YAML).value is None
    assert read(text.encode(), YAML).readable


@given(VALUES)
def test_as_written_differs_in_numbers_and_truths_only(value: Any) -> None:
    def plain(given: Any, written: Any) -> Any:
        if isinstance(given, dict):
            return {key: plain(inner, written[key]) for key, inner in given.items()}
        if isinstance(given, list):
            return [plain(*each) for each in zip(given, written, strict=True)]
        if isinstance(given, (bool, float)) and isinstance(written, str):
            return json.loads(written)
        return written

    text = yaml.safe_dump(value, allow_unicode=True)
    given = yaml.safe_load(text)
    assert plain(given, read_text(text, YAML, as_written=True).value) == given


def test_as_written_the_country_stays_the_country() -> None:
    text = "country: no\nversion: 1.10\nmode: 010\nday: 2024-01-02\nbig: 1_000.5\nlimit: .inf\n"
    assert read_text(text, YAML, as_written=True).value == {
        "country": "no",
        "version": "1.10",
        "mode": 8,
        "day": datetime.date(2024, 1, 2),
        "big": "1000.5",
        "limit": float("inf"),
    }
    assert not read_text("a: no", YAML, as_written=True).value["a"]


def test_the_parser_is_imported_for_yaml_only() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from confcontract.verdict.sources.documents import read;"
        "read(b'', 'toml'); read(b'{}', 'json'); print('yaml' in sys.modules);"
        "sys.modules['yaml'] = None; [fault] = read(b'a: 1', 'yaml').faults; print(fault.kind, fault.hint)"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program, str(ROOT)], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "False\nmissing-parser pip install 'confcontract[yaml]', or write TOML\n"
