"""Bake in a separate process, for contract/from_python.py. The request comes on stdin. The answer goes to a file that
is already open, so that output of the application can't mix with it.

The answer is a line of JSON, with the exception and the problems, followed by the contract.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import IO, Any, NoReturn

from confcontract.report.errors import Bug, ConfcontractError
from confcontract.report.problem import Problem

_FACTS = ("names", "source_said")  # in addition to the published members of a problem


def main() -> NoReturn:
    """The only argument is the number of the open file. An exit without an answer is caused by the application."""
    from confcontract.host.prctl import die_with_parent

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent process reports the interruption
    die_with_parent(os.getppid())
    number = int(sys.argv[1])
    os.set_inheritable(number, False)  # processes that the application starts must not inherit it
    wanted = json.load(sys.stdin)
    sys.argv[:] = ["confcontract", "bake", *wanted["objects"]]
    with os.fdopen(number, "wb") as answer:
        try:
            _bake(wanted, answer)
        except ConfcontractError as error:
            _answer(answer, error)
        except BaseException as error:  # a defect of ours, or no memory; a panic of an extension is not an Exception
            _answer(answer, _known(error))
    sys.stderr.flush()
    os._exit(0)  # do not wait for threads that the application has started, nor for its exit handlers


def _bake(wanted: dict[str, Any], answer: IO[bytes]) -> None:
    from confcontract.author.baked_files import bake_named
    from confcontract.author.loading import import_from_here

    import_from_here()
    contract = bake_named(wanted["objects"], name=wanted["name"], version=wanted["version"], environ=os.environ)
    _write(answer, None, contract.warnings)
    answer.write(contract.to_bytes())


def _known(error: BaseException) -> ConfcontractError:
    """The problem as the command line reports it."""
    from confcontract.host.installed import unusable
    from confcontract.host.limits import reached
    from confcontract.report.errors import LimitReached
    from confcontract.report.failure_line import internal_error

    limit = reached(error)
    if limit:
        return LimitReached(limit)
    if found := unusable(error):
        return found
    sys.stderr.write(internal_error(error, traced=os.environ.get("CONFCONTRACT_DEBUG") == "1"))
    return Bug(Problem("internal", f"a defect in confcontract: {type(error).__name__} while baking"))


def _answer(answer: IO[bytes], error: ConfcontractError) -> None:
    answer.seek(0)
    answer.truncate()
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == ConfcontractError.__module__]
    _write(answer, kinds[0], error.problems)


def _write(answer: IO[bytes], raised: str | None, problems: Sequence[Problem]) -> None:
    told = [{**each.as_dict(), **{fact: getattr(each, fact) for fact in _FACTS}} for each in problems]
    answer.write(json.dumps({"raised": raised, "problems": told}).encode() + b"\n")
