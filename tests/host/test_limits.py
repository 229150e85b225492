"""A limit of the container is not called a defect of ours: it is named, with what raises it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.starts import PLAIN, SAFETY

MEGABYTE = 1 << 20


def limited(contract: Path, limit: str, *options: str, under: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    boot = [
        sys.executable,
        "-I",
        "-m",
        "confcontract",
        "boot",
        "--contract",
        str(contract),
        *options,
        "--",
        "/bin/true",
    ]
    return subprocess.run(
        ["prlimit", limit, *under, *boot], env=PLAIN, cwd=contract.parent, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=SAFETY, check=False,
    )  # fmt: skip


def told(done: subprocess.CompletedProcess[str]) -> str:
    """What was said of a boot that a limit has ended; "" of one that could start its application all the same."""
    if done.returncode == 0:
        return ""
    assert done.returncode in (71, 126), done.stderr
    for word in ("Traceback", "defect", "internal error"):
        assert word not in done.stderr
    said = " ".join(done.stderr.split())
    assert "Raise the limit" in said
    return said


def test_memory(empty_contract: Path) -> None:
    found = {told(limited(empty_contract, f"--as={size * MEGABYTE}", "--supervise")) for size in range(26, 58, 4)}
    assert any("There is not enough memory" in said for said in found)


def test_too_little_memory_for_a_supervisor_is_said_before_it_ends_in_the_middle_of_something(
    empty_contract: Path,
) -> None:
    for size in range(30_720, 30_880, 16):
        done = limited(empty_contract, f"--as={size * 1024}", "--supervise")
        assert done.returncode == 71, done.stderr
        assert json.loads(done.stderr.splitlines()[-1])["problems"][0]["code"] == "limit-reached"


def test_descriptors(empty_contract: Path) -> None:
    found = [told(limited(empty_contract, f"--nofile={count}", "--supervise")) for count in (6, 7)]
    assert all("this process may have" in said and "(RLIMIT_NOFILE)" in said for said in found), found


def test_processes(empty_contract: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become a user who has no other process")
    rights = ("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search")  # wherever the interpreter lives
    user = ("setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", *rights)
    done = limited(empty_contract, "--nproc=1", "--supervise", under=user)
    said = told(done)
    assert done.returncode == 71
    assert "No further process or thread can be started: user 54321 may have 1 (RLIMIT_NPROC)" in said
    reason = json.loads(done.stderr.splitlines()[-1])
    assert (reason["reason"], reason["problems"][0]["code"]) == ("a limit was reached", "limit-reached")
    assert limited(empty_contract, "--nproc=1", under=user).returncode == 0, "which starts no process"
