"""`confcontract` itself: what it imports, and how it ends when something is wrong. No traceback, no value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = str(Path(__file__).parents[3])

# The entry point with another lane behind it: {body} is what goes on there.
ENTRY = """
import sys, types
sys.path.insert(0, {repository!r})
def main(argv, environ):
{body}
lane = types.ModuleType("confcontract.boot.steps")
lane.main = main
import confcontract.boot
sys.modules["confcontract.boot.steps"] = confcontract.boot.steps = lane
sys.argv = ["confcontract", "boot", *sys.argv[1:]]
from confcontract.__main__ import start as entry
sys.exit(entry())
"""


def entry(body: str, *argv: str) -> list[str]:
    lines = "\n".join("    " + line for line in body.splitlines())
    return [sys.executable, "-I", "-c", ENTRY.format(repository=REPOSITORY, body=lines), *argv]


BUG = "password = 'canary'\ndef inner():\n    raise {error}\ninner()"


@pytest.mark.parametrize(
    "error", ["ValueError(password)", "KeyError(password)", "OSError(2, password)", "RecursionError"]
)
def test_a_defect_of_ours_is_one_line_and_70(run: Any, error: str) -> None:
    done = run(entry(BUG.format(error=error)))
    assert done.returncode == 70
    name = error.split("(", maxsplit=1)[0].replace("OSError", "FileNotFoundError")
    assert done.stderr.decode() == f"confcontract: internal error: {name}\n"
    assert done.stdout == b""


@pytest.mark.parametrize("error", ["MemoryError", "OSError(24, password)", "OSError(12, password)"])
def test_a_limit_is_no_defect_of_ours(run: Any, error: str) -> None:
    done = run(entry(BUG.format(error=error)))
    assert done.returncode == 71
    assert b"limit-reached" in done.stderr
    assert b"internal" not in done.stderr
    assert b"canary" not in done.stderr


def test_debugging_shows_where_it_happened_and_no_value(run: Any) -> None:
    done = run(entry(BUG.format(error="ValueError(password)")), env={"CONFCONTRACT_DEBUG": "1"})
    assert done.returncode == 70
    lines = done.stderr.decode().splitlines()
    assert lines[0] == "confcontract: internal error: ValueError"
    assert [line.split()[-1] for line in lines[1:]] == ["main", "_run", "main", "inner"]
    assert "canary" not in done.stderr.decode()


def test_an_error_that_nobody_can_raise_is_not_shown_either(run: Any) -> None:
    body = "class Leaky:\n    def __del__(self): raise ValueError('canary')\nLeaky()\nreturn 3"
    done = run(entry(body))
    assert (done.returncode, done.stderr) == (3, b"")


FAILURE = (
    "from confcontract.report.errors import VaultRefused\nfrom confcontract.report.problem import Problem\n"
    "raise VaultRefused(Problem('vault-denied', 'Vault said no.', variable='SHOP_KEY', hint='Ask again.'))"
)


def test_what_is_wrong_is_reported_with_its_exit_code(run: Any) -> None:
    done = run(entry(FAILURE))
    assert done.returncode == 77
    assert b"SHOP_KEY" in done.stderr
    assert b"Vault said no." in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("body", [FAILURE, BUG.format(error="ValueError")], ids=["failure", "defect"])
def test_the_exit_code_is_right_even_if_nobody_reads_the_report(start: Any, run: Any, body: str) -> None:
    codes = set()
    read, write = os.pipe()
    os.close(read)
    codes.add(run(entry(body), stderr=write, stdout=write).returncode)
    os.close(write)
    with open("/dev/full", "w") as full:
        codes.add(run(entry(body), stderr=full, stdout=full).returncode)
    codes.add(run(entry(body), preexec_fn=lambda: os.closerange(0, 3)).returncode)
    assert len(codes) == 1
    assert codes <= {77, 70}


def test_a_reader_that_leaves_early_is_no_defect(run: Any) -> None:
    read, write = os.pipe()
    os.close(read)
    done = run(entry("print('x' * 100_000)\nreturn 0"), stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_interruption_is_130(run: Any) -> None:
    done = run(entry("raise KeyboardInterrupt"))
    assert (done.returncode, done.stderr) == (130, b"")


def test_signals_are_taken_before_anything_else_of_ours_is_imported(run: Any) -> None:
    body = (
        "import _signal\n"
        "print(*sorted(name for name in sys.modules if name.startswith('confcontract')))\n"
        "print(_signal.getsignal(15).__module__)\n"
        "return 0"
    )
    loaded, owner = run(entry(body)).stdout.decode().splitlines()
    assert loaded.split() == [
        "confcontract",
        "confcontract.__main__",
        "confcontract.boot",
        "confcontract.boot.launch",
        "confcontract.boot.launch.signals",
        "confcontract.boot.steps",
        "confcontract.isolated",
        "confcontract.report",  # from here on read after that, on the way to the lane
        "confcontract.report.streams",
        "confcontract.verdict",
        "confcontract.verdict.environment",
    ]
    assert owner == "confcontract.boot.launch.signals"


def test_the_way_to_the_lane_imports_nothing_heavy(run: Any) -> None:
    heavy = ["enum", "re", "typing", "signal", "threading", "functools", "contextlib", "collections", "ctypes", "json"]
    command = entry(f"print(*(name for name in {heavy!r} if name in sys.modules))\nreturn 0")
    command.insert(1, "-S")  # what the installation's own start-up files import is not ours
    assert run(command).stdout == b"\n"


@pytest.mark.parametrize(
    "argv, help_",
    [(["--help"], True), (["--role", "web", "--help"], True), (["--", "app", "--help"], False), (["--"], False)],
    ids=str,
)
def test_help_is_ours_before_the_two_dashes_and_the_application_s_after_them(
    run: Any, argv: list[str], help_: bool
) -> None:
    done = run(entry("print('lane')\nreturn 0", *argv))
    assert done.returncode == 0, done.stderr
    assert (b"Usage" in done.stdout, done.stdout == b"lane\n") == (help_, not help_)


def test_the_lane_gets_the_environment_as_the_parent_gave_it(run: Any) -> None:
    done = run(entry("print(environ)\nreturn 0"), env={"A": "1"})
    assert done.stdout == b"{'A': '1'}\n"
