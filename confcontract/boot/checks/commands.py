"""Programs and functions of the application, each attempt in a separate process.

The environment and the arguments of a process can be read by others of the same user, and child processes inherit the
environment. So neither contains a secret: secrets arrive on standard input.
"""

from __future__ import annotations

import sys
from errno import ENOEXEC

from confcontract.boot.checks.attempt import LATE, TIMED_OUT, Never, NotYet, remaining, words
from confcontract.boot.checks.plan import Target
from confcontract.boot.checks.redaction import last_line, masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.boot.checks.attempt import Attempt
    from confcontract.boot.checks.plan import Place
    from confcontract.boot.checks.settings import Settings
    from confcontract.host.processes import Ended

RUNNER = f"{__file__.rpartition('/')[0]}/runner.py"
_CORRECT = "correct the check where it is declared, and bake again"


def target(check: Mapping[str, Any], place: Place) -> Target:
    """They get the application's secrets, so nothing about them can be stored for a probe."""
    value = place.text if place.variable else None
    if check["kind"] == "command":
        attempt = _command_attempt(check["argv"], value, place.settings)
        return Target(attempt, check["argv"][0], None, credentials=True)
    return Target(
        _function_attempt(check["function"], value, place.settings), check["function"], None, credentials=True
    )


def _command_attempt(argv: list[str], value: str | None, settings: Settings) -> Attempt:
    public, _ = settings.parted()
    stdin = (value or "").encode("utf-8", "surrogateescape")

    def attempt(until: float) -> None:
        ended = _run(argv, public, stdin, until)
        if ended.status != 0:
            last = last_line(ended.output.decode("utf-8", "replace"), settings.secrets())
            raise NotYet(_how(ended) + (f": {last}" if last else ""))

    return attempt


def _function_attempt(function: str, value: str | None, settings: Settings) -> Attempt:
    public, hidden = settings.parted()

    def attempt(until: float) -> str:
        import json
        import os

        if not os.path.exists(RUNNER):
            raise Never(
                "is a function in Python, which a bundle can't run", "declare a command instead, and bake again"
            )
        # -P: the runner adds the working directory itself, after it has imported what it needs from the standard
        # library
        ended = _run([sys.executable, "-P", RUNNER, function], public, json.dumps([value, hidden]).encode(), until)
        try:
            state, text = json.loads(ended.output.rpartition(b"\n")[2])
        except ValueError:
            raise NotYet(f"{_how(ended)} before it had an answer") from None
        text = masked(text, settings.secrets())
        if state == "missing":
            raise Never(text, _CORRECT)
        if state != "ready":
            raise NotYet(text)
        return text

    return attempt


def _run(argv: list[str], environ: Mapping[str, str], stdin: bytes, until: float) -> Ended:
    from confcontract.host.processes import processes

    try:
        ended = processes.run(argv, environ, remaining(until), stdin=stdin)
    except (OSError, ValueError) as error:
        unfit = isinstance(error, OSError) and error.errno == ENOEXEC  # a script without #!
        if unfit or isinstance(error, (FileNotFoundError, NotADirectoryError, PermissionError, ValueError)):
            raise Never(f"can't be started: {words(error)}", _CORRECT) from None
        raise NotYet(f"can't be started: {words(error)}") from None
    if ended.timed_out:
        raise NotYet(TIMED_OUT, LATE)
    return ended


def _how(ended: Ended) -> str:
    return f"ended by signal {-ended.status}" if ended.status < 0 else f"ended with exit code {ended.status}"
