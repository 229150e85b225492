"""Config files that are wrong, each with its place; and odd ones that are right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from confcontract import Contract, resolve
from tests.verdict.sources.judged_files import CANARY, given, problem


@pytest.mark.parametrize(
    ("name", "text", "code", "place", "words"),
    [
        ("a.toml", "workers = 1\nworkers = 2", "source-malformed", ", line 2, column", "cannot overwrite a value"),
        ("a.toml", "workers = ", "source-malformed", ", line 1, column 11", "is not valid TOML"),
        ("a.toml", b"version = '\xe9'", "source-unreadable", ", line 1, column 12", "is not UTF-8 text"),
        ("a.yaml", "a: [", "source-malformed", ", line 1, column 5", "is not valid YAML"),
        ("a.yaml", f"token: !{CANARY} x", "source-malformed", ", line 1, column 8", "has a tag"),
        ("a.yaml", f"token: *{CANARY}", "source-malformed", ", line 1, column 8", "alias"),
        ("a.yaml", "a: &a [*a]", "source-malformed", ", line 1, column 1", "to themselves"),
        ("a.yaml", "workers: 1\n---\nworkers: 2", "source-malformed", ", line 2, column 1", "more than one document"),
        ("a.json", '{"workers": NaN}', "source-malformed", ", line 1, column 13", "NaN is not JSON"),
        ("a.json", '{"workers": 1,}', "source-malformed", ", line 1", "is not valid JSON"),
        ("a.json", "[1]", "source-malformed", "", "is a list at the top level"),
        ("a.yaml", f"{CANARY}", "source-malformed", "", "is text at the top level"),
        ("a.txt", "workers = 1", "source-unreadable", "", "does not end in .toml"),
        ("a.toml", "x = 1\n" * 200_000, "source-unreadable", "", "is larger than"),
        ("a.toml", 'version = ["a"]', "value-invalid", ", line 1, column 1", "is a list, but must be text"),
        ("a.toml", 'version = "a\\u0000b"', "value-invalid", ", line 1, column 1", "NUL"),
        ("a.yaml", "tags: [!!binary aGk=]", "value-invalid", ", line 1, column 1", "binary"),
        ("a.json", '{"database":\n{"url": "a\\u0000b"}}', "value-invalid", ", line 2, column 2", "NUL"),
        ("a.yaml", "database:\n  url: !!binary aGk=", "value-invalid", ", line 2, column 3", "binary"),
        ("a.json", '{"database":\n{"url": "\\ud800"}}', "value-invalid", ", line 2, column 2", "Unicode"),
        ("a.toml", f"workers = 0x{'f' * 6000}", "value-invalid", ", line 1, column 1", "too many digits"),
        ("a.toml", f"timeout = 0x{'f' * 6000}", "value-invalid", ", line 1, column 1", "too many digits"),
        ("a.toml", f"tags = [0x{'f' * 6000}]", "value-invalid", ", line 1, column 1", "too many digits"),
        ("a.toml", f"limits{'.a' * 5000} = 1", "source-malformed", "", "nested too deeply"),
        ("a.json", '{"limits": ' + '{"a": ' * 501 + "1" + "}" * 502, "source-malformed", "", "nested too deeply"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(
    contract: Contract, tmp_path: Path, name: str, text: str | bytes, code: str, place: str, words: str
) -> None:
    result = given(contract, tmp_path, text, name)
    assert not result.ok
    assert result.exit_code == 78
    told = problem(result, code)
    assert (told.source or "").startswith(f"{tmp_path}/{name}{place}")
    assert words in told.message
    assert CANARY not in f"{told.message}{told.hint}{told.source}"


@pytest.mark.parametrize("kind", ["absent", "directory", "unreadable"])
def test_a_file_that_can_not_be_read_is_refused(contract: Contract, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.toml"
    if kind == "directory":
        path.mkdir()
    elif kind == "unreadable":
        path.symlink_to("/proc/self/mem")  # nobody can read its beginning, root neither
    result = resolve(contract, environ={}, conf_files=[path])
    assert problem(result, "source-unreadable").message.startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("name", "text"), [("a.yaml", "workers: 1\nworkers: 2"), ("a.json", '{"workers":1,"workers":2}')]
)
def test_a_key_twice_is_warned_about_and_the_last_one_counts(
    contract: Contract, tmp_path: Path, name: str, text: str
) -> None:
    result = given(contract, tmp_path, text, name)
    assert problem(result, "name-twice").severity == "warning"
    assert result.values["workers"] == 2


def test_a_byte_order_mark_is_read_over(contract: Contract, tmp_path: Path) -> None:
    for name, text in (("a.toml", "workers = 2"), ("a.yaml", "workers: 2"), ("a.json", '{"workers": 2}')):
        assert given(contract, tmp_path, b"\xef\xbb\xbf" + text.encode(), name).values["workers"] == 2


def test_a_pipe_is_read_where_its_format_is_said(contract: Contract) -> None:
    readable, writable = os.pipe()
    os.write(writable, b"workers: 5")
    os.close(writable)
    try:
        assert resolve(contract, environ={}, conf_files=[f"yaml=/dev/fd/{readable}"]).values["workers"] == 5
    finally:
        os.close(readable)
