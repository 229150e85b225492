"""The entry point: a fast lane for boot, Typer for everything else."""

import gc
import os
import sys

if not __package__:  # `isolated` has started this file by its path, since -I doesn't find the package
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from confcontract import isolated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

BROKEN_PIPE = 141  # what a shell reports of a program that died of SIGPIPE
INTERRUPTED = 130
BUG = 70
LIMIT = 71


def start() -> int:
    """What the command and `python -m confcontract` do. This process may start again before `main`; its id stays."""
    return main(isolated.isolate())


def main(given: bytes | None = None) -> int:
    """Run the command line; returns the exit code. Signals first: a TERM during the imports below must end us too.

    given: the environment of this process, as the kernel has it; None for os.environ.
    """
    try:
        from confcontract.boot.launch import signals

        signals.take_signals()
        isolated.unblock_signals()
        from confcontract.report import streams

        streams.hold_streams(streams.PATIENCE if sys.argv[1:2] and sys.argv[1] in isolated.ISOLATED else None)
        sys.unraisablehook = _nothing  # its traceback may show values
        code = _run(sys.argv, given)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return BROKEN_PIPE
    except SystemExit:
        raise
    except BaseException as error:  # a panic of an extension is not an Exception
        try:
            return _report(error)
        except (MemoryError, OSError, ImportError):  # not even what is needed to say it can be loaded
            return _last_words()


def _run(argv: "Sequence[str]", given: bytes | None) -> int:
    if argv[1:2] == ["boot"] and not _asks_for_help(argv[2:]):
        gc.disable()  # it looks through all that is loaded, over and over, and the exec frees everything at once
        from confcontract.boot import steps
        from confcontract.verdict.environment import found_environ

        return steps.main(list(argv[2:]), found_environ(os.environ, given))
    if argv[1:2] == ["probe"] and not _asks_for_help(argv[2:]):
        from confcontract.boot.health import probe

        return probe.main(argv[2:], os.environ)
    try:
        from confcontract.cli import main as command_line

        command_line()
    except (ImportError, SystemError) as error:  # Typer imports pydantic too: with another core, a SystemError
        if isinstance(error, ImportError) and error.name == "confcontract.cli":
            from confcontract.boot import in_bundle  # it alone has no command line

            return in_bundle.main(argv[1:])
        from confcontract.author import release_check  # noqa: F401  # refuses releases that can't work

        raise
    return 0


def _asks_for_help(arguments: "Sequence[str]") -> bool:
    """Whether --help is ours to answer; after -- it belongs to the application."""
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--help" in ours or "-h" in ours


def _report(error: BaseException) -> int:
    from confcontract.report.errors import ConfcontractError

    try:
        if not sys.stdout.closed:
            sys.stdout.flush()  # what a command had said before
    except OSError as unsaid:
        from confcontract.report.terminal import unwritable

        error = unwritable(unsaid)
    if not isinstance(error, ConfcontractError):
        from confcontract.host.limits import reached
        from confcontract.report.errors import LimitReached

        limit = reached(error)
        error = LimitReached(limit) if limit else error
    if isinstance(error, ImportError):
        from confcontract.host.installed import unusable

        error = unusable(error) or error
    if isinstance(error, ConfcontractError):
        from confcontract.report.formats import print_problems

        print_problems(error.problems, sys.stderr, environ=os.environ)
        return error.exit_code
    from confcontract.report.failure_line import internal_error

    sys.stderr.write(internal_error(error, traced=os.environ.get("CONFCONTRACT_DEBUG") == "1"))
    return BUG


def _last_words() -> int:
    """In words that need none of our modules."""
    try:  # noqa: SIM105
        os.write(2, b"confcontract: There is not enough memory, or too many files are open. Raise the limits.\n")
    except OSError:
        pass
    return LIMIT


def _discard_output() -> None:
    """What is still in the buffer goes to /dev/null, or the interpreter would fail to flush it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _nothing(_: object) -> None:
    return


if __name__ == "__main__":
    sys.exit(start())
