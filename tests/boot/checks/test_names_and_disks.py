"""Host names and the room on file systems."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from confcontract.checks import Disk, Dns, File
from tests.support.stage import CANARY, FAST, PATIENT, run, told


@pytest.mark.parametrize("target", ["localhost", "localhost:80", "127.0.0.1", f"redis://u:{CANARY}@localhost/0"])
def test_a_name_that_resolves_is_ready(target: str) -> None:
    problems, lines = told(Dns("host", "HOST", **PATIENT), HOST=target)
    assert problems == []
    assert " address" in lines[-1]


def test_a_name_that_nobody_knows_says_so() -> None:
    [problem] = run(Dns("host", "nobody.invalid", timeout=1, interval=0.01, deadline=1))
    assert problem.message.startswith("host: nobody.invalid not ready after ")
    assert problem.message.endswith(("host name not found", "the name server does not respond"))
    assert problem.hint == "check the host name of the check, and the network that this container is in"


def test_enough_room_is_ready_and_says_how_much(tmp_path: Path) -> None:
    for free in (1, "1kB", "0.001%"):
        problems, lines = told(Disk("data", "DATA", free=free, **PATIENT), DATA=str(tmp_path))
        assert problems == []
        assert " are free, " in lines[-1]


@pytest.mark.parametrize(("free", "words"), [("900TB", "900 TB are required"), ("100%", "100% are required")])
def test_too_little_room_says_how_much_there_is(tmp_path: Path, free: str, words: str) -> None:
    [problem] = run(Disk("data", "DATA", free=free, **FAST), DATA=str(tmp_path))
    assert problem.variable == "DATA"
    assert " are free, " in problem.message
    assert problem.message.endswith(words)


def test_a_disk_that_is_not_there_says_so() -> None:
    [problem] = run(Disk("data", "/nowhere/data", **FAST))
    assert problem.message.endswith("does not exist")


def test_a_file_that_others_can_open_is_not_private(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch()
    check = File("key", str(path), require=["private"], **FAST)
    os.chmod(path, 0o640)
    assert run(check) == []
    for mode, shown in ((0o644, "0644"), (0o601, "0601")):
        os.chmod(path, mode)
        [problem] = run(check)
        assert problem.message.endswith(f"is open to other users (mode {shown})")
