"""What ends a command that compares two contracts, beside its answer: 2, in words, never a traceback."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

import pytest

from confcontract.cli.two_contracts import evaluated
from confcontract.findings.outcome import FAILED


def _raising(error: Exception) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), "Too many open files"),
        (MemoryError(), "There is not enough memory"),
        (OSError(errno.EIO, "hunter2"), "confcontract: internal error: OSError\n"),
        (PermissionError(errno.EACCES, "hunter2"), "confcontract: internal error: PermissionError\n"),
    ],
    ids=["files", "memory", "a disk", "permission"],
)
def test_what_the_system_refuses_is_not_an_answer(
    error: Exception, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluated(_raising(error)) == FAILED
    out, err = capsys.readouterr()
    assert words in err
    assert out == ""
    assert "Traceback" not in err
    assert "hunter2" not in err


def test_who_closes_the_pipe_has_seen_enough(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BrokenPipeError):
        evaluated(_raising(BrokenPipeError()))
    assert capsys.readouterr().err == ""
