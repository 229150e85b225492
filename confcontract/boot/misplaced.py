"""Mistakes on boot's command line, and what was meant. Only loaded if the command line is invalid."""

from __future__ import annotations

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

_TRUTHS = ("true", "false", "yes", "no", "on", "off", "1", "0")


def option_as_command(word: str, *, known: bool, variable: str | None) -> UsageError:
    """The command begins with a dash: usually an option of boot that was written after --.

    known: whether boot has it. variable: the one to set instead.
    """
    if not known and word not in ("-h", "--help"):
        hint = "write the command after --, and boot's options before: confcontract boot --strict -- COMMAND ARG..."
        return _wrong(f"the command is {word!r}, which begins with a dash", hint)
    hint = f"write it before --: confcontract boot {word} -- COMMAND ARG..."
    hint += (
        f", or set {variable}" if variable else f"; in an image: docker run --entrypoint confcontract IMAGE boot {word}"
    )
    return _wrong(f"{word} is an option of boot, but was written after --, where the command begins", hint)


def not_understood(word: str, flag: str | None, variable: str | None) -> UsageError:
    """A word before -- that is not an option. flag: the option before it, if that takes no value. variable: the one to
    set instead.
    """
    if flag is not None and word.lower() in _TRUTHS:
        instead = f", or set {variable}={word}" if variable else ""
        return _wrong(f"--{flag} takes no value, and {word!r} is not understood", f"write --{flag} alone{instead}")
    if word.endswith(".json"):
        return _wrong(f"{word!r} is not understood", f"name the contract with --contract {word}")
    if word.endswith(".env"):
        return _wrong(f"{word!r} is not understood", f"name the env file with --env-file {word}")
    words = word.split()
    if len(words) > 1:
        what = f"{word!r} is a single word and was not understood"
        return _wrong(what, f"write -- before the command, and no quotes: confcontract boot -- {' '.join(words)}")
    return _wrong(f"{word!r} is not understood", f"write -- before the command: confcontract boot -- {word} ARG...")


def _wrong(message: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", message, hint=hint))
