"""The process in which a function of the application is called: `python -P runner.py MODULE:NAME`.

The function has the application's environment: PYTHON* variables, and the modules of the working directory.

Standard input holds, as JSON, the value (or null) and the variables that are secret. The last line of standard output
is ["ready", what was found], ["failed", why] or ["missing", what]. The function's own output is dropped, because it may
contain anything.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

LONGEST = 8000  # characters of the result; far fewer are shown, but secrets are masked first


def main() -> None:
    import inspect  # noqa: F401 - before the working directory is searched, which may have another
    import json

    value, hidden = json.load(sys.stdin.buffer)  # PYTHONIOENCODING is the application's
    os.environ.update(hidden)  # for the application's own code; /proc shows only the environment at the start
    answer = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _search_working_directory()
    state, text = ask(sys.argv[1], value)
    # on its own line, because the dynamic linker and the interpreter may have written something before
    os.write(answer, f"\n{json.dumps([state, text[:LONGEST]])}".encode())
    os._exit(0)  # threads that the application has left must not delay the answer


def _search_working_directory() -> None:
    """As `python -m` does."""
    if os.environ.get("PYTHONSAFEPATH"):
        return
    try:
        sys.path.insert(0, os.getcwd())
    except OSError:
        return  # it was deleted: nothing can be found there


def ask(name: str, value: str | None) -> tuple[str, str]:
    """The result of the function."""
    module_name, _, path = name.partition(":")
    try:
        function: Any = __import__(module_name, fromlist=["_"])
        for attribute in path.split("."):
            function = getattr(function, attribute)
    except AttributeError:
        return "missing", f"{module_name} has no {path}"
    except ModuleNotFoundError as error:
        return "missing", f"there is no module {error.name}"
    except BaseException as error:
        return "failed", f"{module_name} can't be imported: {_said(error)}"
    try:
        result = _called(function, value)
    except BaseException as error:
        return "failed", f"raised {_said(error)}"
    if result is False:
        return "failed", "returned False"
    return "ready", result if isinstance(result, str) else ""


def _called(function: Callable[..., Any], value: str | None) -> Any:
    import inspect

    try:
        takes = [one.kind for one in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        takes = []  # it does not say
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    wants = value is not None and any(kind in positional for kind in takes)
    result = function(value) if wants else function()
    if inspect.iscoroutine(result):
        import asyncio

        return asyncio.run(result)
    return result


def _said(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


if __name__ == "__main__":
    main()
