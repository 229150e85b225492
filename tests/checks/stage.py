"""Real sockets that answer, hang, drip or refuse, and a run whose output holds no secret."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from typing import TypedDict

from confcontract.boot.checks.progress import Change, Progress
from confcontract.boot.checks.run import run_checks
from confcontract.checks import Check
from confcontract.problem import Problem

CANARY = "canary-c0de"


class Times(TypedDict):
    timeout: float
    interval: float
    deadline: float


FAST: Times = {"timeout": 5, "interval": 0.02, "deadline": 0.5}  # for what fails
PATIENT: Times = {"timeout": 30, "interval": 0.02, "deadline": 60}  # for what is ready at once


class Recorder(Progress):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def change(self, change: Change) -> None:
        self.changes.append(change)

    @property
    def lines(self) -> list[str]:
        return [change.text for change in self.changes]


def run(*checks: Check, deadline: float | None = None, **environ: str) -> list[Problem]:
    """The problems; the lines of progress are looked through for the secret as well."""
    return told(*checks, deadline=deadline, **environ)[0]


def told(*checks: Check, deadline: float | None = None, **environ: str) -> tuple[list[Problem], list[str]]:
    """The problems and the lines of progress."""
    recorder = Recorder()
    problems = run_checks([check.as_data() for check in checks], environ, {}, deadline, recorder)
    assert CANARY not in str([problem.as_dict() for problem in problems]) + str(recorder.lines)
    return problems, recorder.lines


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


def free_port() -> int:
    with listening() as port:
        return port


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
