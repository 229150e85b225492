"""Runs confcontract's commands for a test, each in a fork of one process that has imported everything.

A line of JSON in ({"argv": […], "environ": {…}}), a line of JSON out ({"code": …, "said": "…"}).
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .commands import PLAIN_ENVIRON, SAFETY

SERVER = """
import json, os, sys, traceback
import confcontract.__main__ as entry, confcontract.cli, confcontract.boot.lane, confcontract.boot.explain, confcontract.report
import confcontract.boot.checks.run, confcontract.boot.verdict, jsonschema

def one(task, place):
    os.dup2(place, 1)
    os.dup2(place, 2)
    os.environ.clear()
    os.environ.update(task["environ"])
    sys.argv = ["confcontract", *task["argv"]]
    try:
        code = entry.main()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

for line in sys.stdin:
    task = json.loads(line)
    place = os.open(task["place"], os.O_WRONLY | os.O_TRUNC | os.O_APPEND)
    child = os.fork()
    if not child:
        one(task, place)
    os.close(place)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Forks:
    def __init__(self, process: subprocess.Popen[str], place: str) -> None:
        self._process = process
        self._place = place

    def run(self, *argv: str, environ: dict[str, str]) -> tuple[int, str]:
        """The exit code, and all that was written."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        kept = {**PLAIN_ENVIRON, **environ}
        task = {"argv": argv, "environ": kept, "place": self._place}
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        signal.alarm(SAFETY)  # a command that hangs ends the test run, with this line in its traceback
        try:
            code = int(self._process.stdout.readline())
        finally:
            signal.alarm(0)
        with open(self._place, encoding="utf-8", errors="replace") as stream:
            return code, stream.read()


@contextmanager
def serving() -> Iterator[Forks]:
    with tempfile.NamedTemporaryFile() as place:
        command = [sys.executable, "-c", SERVER]
        options: Any = {"env": PLAIN_ENVIRON, "text": True, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        process = subprocess.Popen(command, **options)
        try:
            yield Forks(process, place.name)
        finally:
            process.communicate(timeout=SAFETY)
