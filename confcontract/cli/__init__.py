"""The command line: options in, one call, results to stdout, messages to stderr, an exit code.

Each command imports what it needs inside its function, so that `explain` doesn't pay for pydantic.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import BadParameter

from confcontract.cli.attest import attest
from confcontract.cli.audit import audit
from confcontract.cli.bake import bake
from confcontract.cli.boot_help import boot
from confcontract.cli.bump import bump
from confcontract.cli.bundle import bundle
from confcontract.cli.changelog import changelog
from confcontract.cli.common import refuse_what_was_damaged, report
from confcontract.cli.describe import describe
from confcontract.cli.diff import diff
from confcontract.cli.docs import docs
from confcontract.cli.drift import drift
from confcontract.cli.examples import add_examples
from confcontract.cli.explain import explain
from confcontract.cli.export import export
from confcontract.cli.fleet import fleet
from confcontract.cli.init import init
from confcontract.cli.inspect import inspect
from confcontract.cli.probe import probe
from confcontract.cli.problem import problem
from confcontract.cli.rules import rules
from confcontract.cli.secrets import secrets
from confcontract.cli.seed import apply as _apply  # noqa: F401 - it has made itself a command of `secrets`
from confcontract.cli.smoke import smoke
from confcontract.cli.tag import tag
from confcontract.cli.validate import validate
from confcontract.cli.verify import verify
from confcontract.cli.version import version
from confcontract.report.errors import ConfcontractError

if TYPE_CHECKING:
    from collections.abc import Sequence

# The base class of all errors of a command line: click's own before typer 0.26, then Typer's, under three names.
_WrongUse: type[Exception] = next(each for each in BadParameter.__mro__ if each.__base__ is Exception)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # tracebacks show local variables, and those contain secrets
    help="Check a container's configuration against the contract in its image, before the application starts.",
)
for _command in (
    init,
    bake,
    boot,
    probe,
    validate,
    explain,
    describe,
    inspect,
    audit,
    docs,
    export,
    diff,
    changelog,
    bump,
    tag,
    drift,
    smoke,
    attest,
    verify,
    bundle,
    problem,
    version,
):
    app.command()(_command)
app.add_typer(fleet, name="fleet")
app.add_typer(secrets, name="secrets")
app.add_typer(rules, name="rules")
add_examples(app)


@app.callback(invoke_without_command=True)
def _root(
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if show_version:
        version()
        raise typer.Exit


def _named(words: Sequence[str]) -> str:
    """The command or group that a command line begins with; "" if it begins with another word."""
    names = {getattr(each.callback, "__name__", "") for each in app.registered_commands}
    names |= {str(each.name) for each in app.registered_groups}
    return words[0] if words and words[0] in names else ""


@functools.cache
def _commands(named: str) -> Any:
    """Typer's commands: only the command or group of this name, or all for "", which takes 50 ms to read signatures."""
    if not named:
        return typer.main.get_command(app)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.registered_callback = app.registered_callback
    alone.registered_commands = [
        each for each in app.registered_commands if getattr(each.callback, "__name__", "") == named
    ]
    alone.registered_groups = [each for each in app.registered_groups if each.name == named]
    return typer.main.get_command(alone)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line. Raises SystemExit with the exit code unless that is 0.

    What the commands raise (ConfcontractError, KeyboardInterrupt, BrokenPipeError) goes to __main__, which reports it
    as it does for boot. Only Typer's own errors are handled here, because Typer would exit with 2 or 1.
    """
    given = sys.argv[1:] if argv is None else list(argv)
    end = given.index("--") if "--" in given else len(given)
    # not by Typer's setting: the column that it adds to each help leaves no space for paths at 80 columns
    words = ["--help" if word == "-h" else word for word in given[:end]] + given[end:]
    try:
        command = _commands(_named(words))
    except RuntimeError as error:  # before 0.19, Typer has no options with a fixed set of values
        raise ImportError(str(error), name="typer") from error
    try:
        with command.make_context("confcontract", words) as context:
            code = command.invoke(context)
    except typer.Exit as exit_:
        code = exit_.exit_code
    except _WrongUse as error:
        code = _usage(error, words)
    except (ConfcontractError, OSError):
        raise
    except Exception:
        refuse_what_was_damaged()
        raise
    sys.stdout.flush()
    if code:
        raise SystemExit(code)


def _usage(error: Exception, words: list[str]) -> int:
    from confcontract.report.errors import UsageError
    from confcontract.report.problem import Problem

    text = error.format_message() if hasattr(error, "format_message") else str(error)
    text = text.replace("Value error, ", "")  # pydantic's message; Typer checks choices with pydantic
    context = getattr(error, "ctx", None)
    hint = f"see {context.command_path if context else 'confcontract'} --help"
    if context is not None and type(error).__name__ == "UsageError":  # not a subclass, which names an option
        from confcontract.cli.misplaced_words import misplaced

        text, hint = misplaced(context, words) or (text, hint)
    if text:  # without arguments, Typer has shown the help instead
        report([Problem("usage", text, hint=hint)], sys.stderr)
    return UsageError.exit_code
