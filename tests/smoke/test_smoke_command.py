"""`confcontract smoke` as a command: what it refuses, and that it leaves no container behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from confcontract.cli import main
from confcontract.report.errors import UsageError
from confcontract.smoke.container_engine import ask

# A container that runs until it is killed, and says so in a file.
ENGINE = """#!/bin/sh
case $1 in
run) echo $$ > "$0.pid"; exec sleep 600 ;;
exec) exit 1 ;;
kill) kill "$(cat "$0.pid")"; echo "$@" >> "$0.killed" ;;
esac
"""


@pytest.mark.parametrize(
    "options",
    [
        ["--url", "https://localhost/"],
        ["--url", "localhost:8000"],
        ["--url", "http://localhost:port/"],
        ["--url", "http://localhost:99999/"],
        ["--url", "http://ada:canary-7713@localhost/"],
        ["--timeout", "inf"],
        ["--grace", "inf"],
    ],
    ids=" ".join,
)
def test_what_can_not_be_meant_is_refused_before_anything_is_started(options: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        main(["smoke", "shop:1", *options])
    assert options[0] in str(refused.value)
    assert "canary-7713" not in str(refused.value)


def test_an_engine_that_does_not_answer_is_named() -> None:
    with pytest.raises(UsageError, match=r"sleep has not answered within 0\.05 s"):
        ask(["sleep", "60"], 0.05)


def test_who_ends_it_leaves_no_container(tmp_path: Path) -> None:
    engine = tmp_path / "docker"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    command = [sys.executable, "-m", "confcontract", "smoke", "shop:1", "--engine", "docker"]
    process = subprocess.Popen(command, env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    while not Path(f"{engine}.pid").exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 128 + signal.SIGTERM
    assert "--signal KILL" in Path(f"{engine}.killed").read_text()
