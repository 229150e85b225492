"""Real sockets that answer, hang, drip or refuse, and a run whose output holds no secret."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any, TypedDict

from confcontract.boot.checks.attempt import TIMED_OUT
from confcontract.boot.checks.progress import CheckChange, Progress
from confcontract.boot.checks.run import run_checks
from confcontract.checks import Check
from confcontract.checks.defaults import DEADLINE
from confcontract.report.problem import Problem

CANARY = "canary-c0de"


class Times(TypedDict):
    timeout: float
    interval: float
    deadline: float


FAST: Times = {"timeout": 5, "interval": 0.02, "deadline": 0.5}  # for what fails
PATIENT: Times = {"timeout": 60, "interval": 0.02, "deadline": 120}  # for what is ready at once
SILENT: Times = {
    "timeout": 0.2,
    "interval": 0.02,
    "deadline": 0.8,
}  # for what never answers: says so by itself, in time

HUNG = "the attempt did not return"
NO_TIME = "no time was left for another attempt"
UNSEARCHED = "was neither found nor missed in time"


class Recorder(Progress):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.changes: list[CheckChange] = []

    def change(self, change: CheckChange) -> None:
        self.changes.append(change)

    @property
    def lines(self) -> list[str]:
        return [change.text for change in self.changes]


def run(*checks: Check, may_say: Sequence[str] = (), **environ: str) -> list[Problem]:
    """The problems; the lines of progress are looked through for the secret as well."""
    return told(*checks, may_say=may_say, **environ)[0]


def told(*checks: Check, may_say: Sequence[str] = (), **environ: str) -> tuple[list[Problem], list[str]]:
    """The problems and the lines of progress. may_say: as in `patiently`."""
    recorder = Recorder()

    def ask(longer: int) -> list[Problem]:
        recorder.changes.clear()
        return run_checks(within(checks, longer), environ, {}, None, recorder)

    problems = patiently(ask, may_say)
    assert CANARY not in str([problem.as_dict() for problem in problems]) + str(recorder.lines)
    return problems, recorder.lines


def within(checks: Sequence[Check], longer: int = 1) -> list[dict[str, Any]]:
    """The checks as data, with so many times their deadlines."""
    found = [check.as_data() for check in checks]
    return [{**check, "deadline": check.get("deadline", DEADLINE) * longer} for check in found]


def patiently(ask: Callable[[int], list[Problem]], may_say: Sequence[str] = ()) -> list[Problem]:
    """The problems that `ask` finds within so many times the usual deadlines.

    A machine that stands still for as long as a check has leaves it no time to find anything out; then it is asked
    again. may_say: what is an answer in this test, though elsewhere it means that the time was over.
    """
    late = tuple({HUNG, NO_TIME, TIMED_OUT, UNSEARCHED} - set(may_say))
    problems = ask(1)
    for longer in (10, 100):
        if any(problem.message.endswith(late) for problem in problems):
            problems = ask(longer)
    return problems


@contextmanager
def listening(host: str = "127.0.0.1", backlog: int = 16) -> Iterator[int]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as server:
        server.bind((host, 0))
        server.listen(backlog)
        yield server.getsockname()[1]


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that neither accepts nor refuses: nobody accepts, and the queue is full."""
    with listening(backlog=0) as port:
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield port
        for filler in fillers:
            filler.close()


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that hands each connection to `answer`, and closes it afterwards."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        answer(connection)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


class Request(BaseHTTPRequestHandler):
    seen: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status = int(self.path.rpartition("/")[2].partition("?")[0] or 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *arguments: object) -> None:
        pass
