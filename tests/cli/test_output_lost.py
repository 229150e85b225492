"""A result that can't be written is said so: which stream, and why."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.booting import PLAIN, Site
from tests.support.classes import Shop
from tests.support.sites import site  # noqa: F401 - a fixture

COMMANDS = {
    "explain": ["explain"],
    "explain as JSON": ["explain", "--format", "json"],
    "validate": ["validate"],
    "validate as JSON": ["validate", "--format", "json"],
    "a dry run": ["boot", "--dry-run"],
    "a dry run as JSON": ["boot", "--dry-run", "--log-format", "json"],
}


@pytest.mark.parametrize("case", COMMANDS)
@pytest.mark.parametrize("target", [">/dev/full", ">&-"])
def test_stdout_takes_nothing(case: str, target: str, site: Callable[..., Site]) -> None:  # noqa: F811
    made = site(Shop)
    words = [sys.executable, "-m", "confcontract", *COMMANDS[case], "--contract", str(made.contract_path)]
    shell = ["/bin/sh", "-c", f'exec "$@" {target}', "sh", *words]
    done = subprocess.run(shell, env=PLAIN, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 64, done.stderr
    assert done.stderr.count("stdout can't be written: ") >= 1
    assert ("No space left on device" if "full" in target else "it is closed") in done.stderr
    assert "Traceback" not in done.stderr
    assert "internal" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_an_application_that_closes_stdout_while_it_is_baked(tmp_path: Path) -> None:
    source = "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    port: int = 1\n"
    (tmp_path / "closing.py").write_text(f"import sys\n{source}sys.stdout.close()\n")
    done = subprocess.run(
        [sys.executable, "-m", "confcontract", "bake", "closing:Settings", "-o", "out"],
        env=PLAIN, cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 64, done.stderr
    assert "stdout can't be written: it is closed" in done.stderr
    assert "Traceback" not in done.stderr


def test_whoever_reads_only_the_beginning_has_seen_enough(site: Callable[..., Site]) -> None:  # noqa: F811
    made = site(Shop)
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "confcontract", "explain", "--contract", str(made.contract_path)]
    done = subprocess.run(words, env=PLAIN, stdout=writer, stderr=subprocess.PIPE, timeout=120)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["boot", "--help"]])
def test_help_that_can_not_be_written(words: list[str], tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "confcontract", *words],
            env=PLAIN, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode == 64
    assert "stdout can't be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["diff", "bump"])
def test_a_comparison_whose_answer_can_not_be_written(command: str, site: Callable[..., Site]) -> None:  # noqa: F811
    contract = str(site(Shop).contract_path)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "confcontract", command, contract, contract],
            env=PLAIN, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode == 64, "neither clean nor an answer"
    assert "stdout can't be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
