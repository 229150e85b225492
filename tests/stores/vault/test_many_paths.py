"""The benchmark of many paths does on both sides what it says. No times are asserted."""

from __future__ import annotations

from benchmarks.vault_paths import compare


def test_both_contestants_read_every_path() -> None:
    ours, theirs = compare(1, paths=5)
    assert ours.runs == theirs.runs == 1
