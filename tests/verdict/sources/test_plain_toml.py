"""What the small reader of TOML reads is what the standard library reads; all else it leaves to that."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confcontract.verdict.sources.plain_toml import read_plain

PIECES = (
    *("a", "b-c", "_1", '"k k"', "''", "=", " = ", ".", ",", "\n", "\n", "#x\n", " ", "\t", "[", "]", "[[", "]]", "{", "}"),
    *("1", "-2", "+3", "007", "1_0", "1.5", "1.", ".5", "1e3", "true", "false", "truex", "inf", "2024-01-02", "0x1f"),
    *('"x"', "'y'", '"é"', '"\\n"', '"""z"""', "'''z'''", '"', "'", "[a]\n", "[a.b]\n", "a = 1\n", "b = {c = 1}\n", "[b]\n"),
    *("l = [1, 2,\n]\n", "t = []\n", "\r\n", "\r", "\x00", "\ufeff", "\u2028", "999999999999999999"),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_what_it_reads_is_what_the_standard_library_reads(text: str) -> None:
    found = read_plain(text)
    if found is not None:
        assert repr(found) == repr(tomllib.loads(text)), text


ORDINARY = """
# of the application
debug = false
name = "shop" # in quotes
'odd name' = 1
ratio = -0.25
tags = [
    "a", "b", # two
]
point = { x = 1, y = [1, 2], z = {} }

[database]
port = 5432

[database.pool]
size = 10
[a.b.c]
[a]
x = 'C:\\temp'
"""


def test_an_ordinary_file_is_read() -> None:
    assert read_plain(ORDINARY) == tomllib.loads(ORDINARY)


@pytest.mark.parametrize("text", ["", "\n", "# only", "a = 1", "[a]", "[ a . b ]\nc = 1", "a = [1]#x\nb=2"])
def test_small_files_are_read(text: str) -> None:
    assert read_plain(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "text",
    ["a = 1\na = 2", "[a]\n[a]", "a = {b = 1}\n[a]\nc = 2", "a = 1\n[a.b]", "a = [1, 2", "a = ", "=1", "a.b = 1", "[[a]]"]
    + ["a = 01", "a = 1_000", 'a = "\\u00e9"', "a = 1979-05-27", "a = {b = 1,}", "a = {b = 1\n}", "a = 1 b = 2", "[" * 5000],
)  # fmt: skip
def test_what_is_wrong_or_rare_is_left_to_the_standard_library(text: str) -> None:
    assert read_plain(text) is None


def test_it_needs_nothing_that_is_dear_to_import() -> None:
    program = (
        "import sys; before = set(sys.modules); from confcontract.verdict.sources.plain_toml import read_plain;"
        "read_plain('a = 1'); print(*sorted({'re', 'tomllib', 'datetime', 'enum'} & (set(sys.modules) - before)))"
    )
    found = subprocess.run([sys.executable, "-I", "-S", "-c", f"sys_path = {sys.path!r}; import sys; sys.path = sys_path; {program}"], capture_output=True, text=True, check=True)  # fmt: skip
    assert found.stdout.split() == []
