"""Files and directories."""

from __future__ import annotations

import os
from pathlib import Path

from confcontract.checks import File
from tests.support.stage import FAST, PATIENT, run


def test_files_and_directories_are_checked(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    everything = ["exists", "readable", "writable"]
    assert (
        run(File("data", str(tmp_path), require=everything, **PATIENT), File("f", "F", **PATIENT), F=f"{tmp_path}/f")
        == []
    )
    [missing] = run(File("data", "DATA", **FAST), DATA=f"{tmp_path}/f/none")
    assert missing.variable == "DATA"
    assert missing.message.startswith(f"data: {tmp_path}/f/none not ready after ")
    assert missing.message.endswith("does not exist")


def test_a_file_that_the_user_may_not_write_or_read_says_so(tmp_path: Path) -> None:
    for directory in (tmp_path, *tmp_path.parents):
        if directory.stat().st_uid == os.geteuid() and directory.stat().st_mode & 0o077 == 0:
            directory.chmod(0o711)
    path = tmp_path / "f"
    path.touch()
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        problems = run(*(File(word, str(path), require=[word], **FAST) for word in ("exists", "readable", "writable")))
        me = os.geteuid()
    finally:
        os.seteuid(user)
    words = [problem.message.rpartition(": ")[2] for problem in problems]
    assert words == [f"is not readable by user {me}", f"is not writable by user {me}"]
