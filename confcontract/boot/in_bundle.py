"""The other commands of a bundle, which contains neither the libraries of the command line nor bake."""

from __future__ import annotations

import sys

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = """\
Usage: confcontract boot [OPTIONS] -- COMMAND [ARGUMENTS]
       confcontract probe live|ready|startup [--timeout SECONDS]
       confcontract problem [CODE]
       confcontract --version

This is a bundle: these commands, with a Python of their own. `boot --dry-run` starts nothing, and shows each value and
where it came from. All other commands are in the package confcontract.

Options of boot:
"""


def main(arguments: Sequence[str]) -> int:
    """Raises UsageError (exit 64) for a command that is not in a bundle."""
    if arguments[:1] in (["--version"], ["version"]):
        from confcontract import __version__

        sys.stdout.write(f"confcontract {__version__}\n")
        return 0
    if not arguments or not {"--help", "-h"}.isdisjoint(arguments):
        sys.stdout.write(USAGE + _options())
        return 0 if arguments else UsageError.exit_code
    if arguments[0] == "problem" and len(arguments) < 3:
        return _explain(*arguments[1:])
    raise UsageError(
        Problem(
            "usage",
            f"{arguments[0]} is not in this bundle, which has boot, probe and problem",
            hint="run it where the package confcontract is installed; here, `boot --dry-run` explains and validates",
        )
    )


def _explain(code: str | None = None) -> int:
    import os

    from confcontract.report import explained, terminal

    color = terminal.wants_color(sys.stdout, os.environ)
    width = min(terminal.width_of(sys.stdout), terminal.WIDEST)
    found = explained.listed(color, width) if code is None else explained.as_text(explained.known(code), color, width)
    terminal.deliver(sys.stdout, found)
    return 0


def _options() -> str:
    from confcontract.boot.options import OPTIONS

    lines = []
    for option in OPTIONS:
        value = option.metavar or "|".join(option.choices)
        lines.append(f"  --{option.name} {value}".rstrip())
        lines.append(f"      {option.words}")
    return "\n".join(lines) + "\n"
