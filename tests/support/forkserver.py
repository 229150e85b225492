"""The program behind tests/support/forks.py: it imports the whole package, and runs each command that it gets in a fork.

A packet with three descriptors beside it, which are to be the standard streams, comes in; the process's id go out and, when it has ended, its exit code and its
seconds of a processor.
"""

from __future__ import annotations

import ctypes  # noqa: F401 - with what is below: what commands import of others
import encodings.idna  # noqa: F401
import gc
import importlib
import json
import mmap  # noqa: F401
import os
import pkgutil
import socket
import sys
import traceback
from typing import Any, NoReturn

import jsonschema  # noqa: F401
import pydantic_settings  # before the package, which loads pydantic's core alone where it can
import typer._adapters
import typer._click.decorators
import typer.rich_utils

import confcontract
import confcontract.__main__ as entry
import confcontract.cli
from confcontract.contract.grammar.fault import first_fault


class Nothing(pydantic_settings.BaseSettings):
    """The settings of no application."""


def run(task: dict[str, Any], streams: list[int]) -> NoReturn:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, 1024)
    os.chdir(task["cwd"])
    os.environ.clear()
    os.environ.update(task["environ"])
    sys.path[:0] = [folder for folder in os.environ["PYTHONPATH"].split(":") if folder not in sys.path]
    sys.argv = ["confcontract", *task["argv"]]
    code: Any = 1
    try:
        code = entry.main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def serve(line: socket.socket) -> None:
    while True:
        task, streams, _, _ = socket.recv_fds(line, 1 << 20, 3)
        if not task:
            return
        child = os.fork()
        if not child:
            run(json.loads(task), streams)
        for stream in streams:
            os.close(stream)
        line.send(b"%d" % child)
        _, status, used = os.wait4(child, 0)
        line.send(b"%d %f" % (os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime))


def make_what_is_kept() -> None:
    """What each command would make for itself and keep: more than half of the processor time of a short one."""
    command = typer.main.get_command(confcontract.cli.app)
    vars(typer.main)["get_command"] = lambda _: command
    confcontract.resolve(confcontract.bake(Nothing, name="nothing", version="0"), environ={})
    first_fault({})


def _measurement() -> Any:
    """That of coverage, where this process is measured."""
    if "coverage" not in sys.modules:
        return None
    from coverage import Coverage

    return Coverage.current()


if __name__ == "__main__":
    for module in pkgutil.walk_packages(confcontract.__path__, "confcontract."):
        importlib.import_module(module.name)
    for name in sys.argv[2:]:
        importlib.import_module(name)
    make_what_is_kept()
    if measurement := _measurement():
        measurement.save()  # or each fork would write all lines of all modules for itself: ten times its own work
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
