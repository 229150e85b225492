"""Programs and functions of the application, each attempt in a process of its own."""

from __future__ import annotations

import sys

from confcontract.boot.checks.attempt import TIMED_OUT, Never, NotYet, remaining, words
from confcontract.boot.checks.plan import Target
from confcontract.boot.checks.settings import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.boot.checks.attempt import Attempt
    from confcontract.boot.checks.plan import Place
    from confcontract.boot.checks.settings import Settings
    from confcontract.boot.processes import Ended

RUNNER = "confcontract.boot.checks.runner"
_CORRECT = "correct the check where it is declared, and bake again"


def target(check: Mapping[str, Any], place: Place) -> Target:
    """They get the application's environment, so that nothing of them is free of credentials."""
    if check["kind"] == "command":
        return Target(_command_attempt(check["argv"], place.settings), check["argv"][0], None, credentials=True)
    value = place.text if place.variable else None
    return Target(
        _function_attempt(check["function"], value, place.settings), check["function"], None, credentials=True
    )


def _command_attempt(argv: list[str], settings: Settings) -> Attempt:
    def attempt(until: float) -> None:
        ended = _run(argv, settings, b"", until)
        if ended.status != 0:
            lines = ended.output.decode("utf-8", "replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "")
            raise NotYet(_how(ended) + (f": {masked(last, settings.secrets())}" if last else ""))

    return attempt


def _function_attempt(function: str, value: str | None, settings: Settings) -> Attempt:
    def attempt(until: float) -> str:
        import json

        # by stdin: argv can be read by every process of the machine
        ended = _run([sys.executable, "-m", RUNNER, function], settings, json.dumps(value).encode(), until)
        try:
            state, text = json.loads(ended.output)
        except ValueError:
            raise NotYet(f"{_how(ended)} before it had an answer") from None
        text = masked(text, settings.secrets())
        if state == "missing":
            raise Never(text, _CORRECT)
        if state != "ready":
            raise NotYet(text)
        return text

    return attempt


def _run(argv: list[str], settings: Settings, stdin: bytes, until: float) -> Ended:
    from confcontract.boot.processes import processes

    try:
        ended = processes.run(argv, settings.environ, remaining(until), stdin=stdin)
    except (OSError, ValueError) as error:
        if isinstance(error, (FileNotFoundError, NotADirectoryError, PermissionError, ValueError)):
            raise Never(f"can't be started: {words(error)}", _CORRECT) from None
        raise NotYet(f"can't be started: {words(error)}") from None
    if ended.timed_out:
        raise NotYet(TIMED_OUT)
    return ended


def _how(ended: Ended) -> str:
    return f"ended by signal {-ended.status}" if ended.status < 0 else f"ended with exit code {ended.status}"
