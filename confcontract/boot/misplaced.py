"""Slips on boot's command line: what was meant instead. Only loaded where the command line is not understood."""

from __future__ import annotations

from confcontract.boot.options import FLAG, OPTIONS, Option
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_TRUTHS = ("true", "false", "yes", "no", "on", "off", "1", "0")
_BY_NAME = {option.name: option for option in OPTIONS}


def option_as_command(command: Sequence[str]) -> UsageError:
    """The command begins with a dash: mostly an option of boot that was written after --."""
    word = command[0]
    option = _BY_NAME.get(word[2:].partition("=")[0]) if word.startswith("--") else None
    if option is None and word not in ("-h", "--help"):
        hint = "write the command after --, and boot's options before: confcontract boot --strict -- COMMAND ARG..."
        return _wrong(f"the command is {word!r}, which begins with a dash", hint)
    instead = f", or set {option.variable}" if option is not None and option.variable else ""
    hint = f"write it before --: confcontract boot {word} -- COMMAND ARG...{instead}"
    if not instead:
        hint += f"; in an image: docker run --entrypoint confcontract IMAGE boot {word}"
    return _wrong(f"{word} is an option of boot, and is after --, where the command is", hint)


def not_understood(word: str, before: Sequence[str]) -> UsageError:
    """A word before -- that is not an option. before: the words that were read already."""
    last = before[-1] if before else ""
    option: Option | None = _BY_NAME.get(last[2:]) if last.startswith("--") else None
    if option is not None and option.takes == FLAG and word.lower() in _TRUTHS:
        instead = f", or set {option.variable}={word}" if option.variable else ""
        return _wrong(f"{last} takes no value, and {word!r} is not understood", f"write {last} alone{instead}")
    if word.endswith(".json"):
        return _wrong(f"{word!r} is not understood", f"name the contract with --contract {word}")
    if word.endswith(".env"):
        return _wrong(f"{word!r} is not understood", f"name the env file with --env-file {word}")
    words = word.split()
    if len(words) > 1:
        what = f"{word!r} is one word, and is not understood"
        return _wrong(what, f"write -- before the command, and no quotes: confcontract boot -- {' '.join(words)}")
    return _wrong(f"{word!r} is not understood", f"write -- before the command: confcontract boot -- {word} ARG...")


def _wrong(message: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", message, hint=hint))
