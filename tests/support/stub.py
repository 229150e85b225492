"""The smallest boot: every step of the launch, and nothing between them but a pause where a test wants one.

stub.py [--pause STEP] [--harden] [--keep NAME]... [--secret NAME --size N]... -- COMMAND ARG...
At STEP it says so on stdout and waits, in the way boot would wait there. A secret is as if fetched; size 0 means one
with a NUL in it.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from confcontract import isolated
from confcontract.boot.launch import hardening, signals
from confcontract.boot.launch.handoff import hand_off
from confcontract.boot.launch.start_command import find_command
from confcontract.report import streams
from confcontract.report.errors import ConfcontractError
from confcontract.verdict import environment


def main() -> int:
    signals.take_signals()
    streams.hold_streams(streams.PATIENCE)
    options, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    step = "".join(values(options, "--pause"))
    if step == "importing":
        announce(step)
        while True:
            sum(range(1000))
    try:
        environ = environment.found_environ(os.environ, isolated.environ_block())
        path = find_command(command, environ)
        if "--harden" in options:
            hardening.harden()
        if step in WAITS:
            WAITS[step]()
        app_environ = environment.app_environ(environ, values(options, "--keep"))
        for name, size in zip(values(options, "--secret"), values(options, "--size"), strict=True):
            app_environ[name] = ("canary" * int(size))[: int(size)] or "canary\0"
        hand_off(path, command, app_environ)
    except ConfcontractError as error:
        for problem in error.problems:
            print(problem.code, problem.variable, problem.message, problem.hint, sep=" | ", file=sys.stderr)
        return error.exit_code


def values(options: list[str], name: str) -> list[str]:
    return [options[at + 1] for at, option in enumerate(options) if option == name]


def announce(step: str) -> None:
    print(step, flush=True)


def read() -> None:
    from confcontract.host.sourcefile import read_source

    announce("reading")
    read_source(os.environ["FIFO"], patience=3600)  # until somebody writes


def fetch() -> None:
    signals.phase("fetching secrets")
    signals.run_interruptibly(ask_a_black_hole)


def ask_a_black_hole() -> None:
    """A server that takes the connection and never answers."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        announce("fetching")
        client.recv(1)


def block_in_c() -> None:
    """As getaddrinfo without a name server: a C call that goes on after a signal (PEP 475)."""
    import time

    announce("uninterruptible")
    time.sleep(3600)


def be_overlooked() -> None:
    """A TERM that comes when Python has looked for signals and the main thread is on its way into the wait: here it is
    taken note of by another thread, which wakes nobody either."""
    import signal
    import time

    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    time.sleep(0.5)  # until the main thread waits
    announce("overlooked")
    signal.raise_signal(signal.SIGTERM)
    time.sleep(3600)


def fail() -> None:
    raise ConfcontractError


def spin_before_exec() -> None:
    signals.phase("handing off")
    announce("handing-off")
    while True:
        pass


WAITS = {
    "reading": read,
    "fetching": fetch,
    "uninterruptible": lambda: signals.run_interruptibly(block_in_c),
    "overlooked": lambda: signals.run_interruptibly(be_overlooked),
    "raising": lambda: signals.run_interruptibly(fail),
    "handing-off": spin_before_exec,
}

if __name__ == "__main__":
    sys.exit(main())
