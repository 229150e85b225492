"""Work for several processes, with the answers in the order of the tasks.

No process is a copy of this one: each is forked from a server that was freshly started, and has none of what this one
has open, holds or waits for. No more tasks are given out than a few ahead of the one whose turn it is, so that what
waits for its turn does not grow with their number. A worker that ends without an answer is replaced, and its task tried
once more. What ends this process ends them: their line breaks off.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar, cast

_AHEAD = 4  # tasks for each worker
_TRIES = 2

_Task = TypeVar("_Task")


@dataclass(frozen=True)
class WorkerEnded:
    """In the place of an answer. code: of the process, negative for a signal."""

    code: int | None

    @property
    def words(self) -> str:
        if self.code is not None and self.code < 0:
            number = -self.code
            known = number in [*signal.Signals]
            return f"was ended by {signal.Signals(number).name if known else f'signal {number}'}"
        return f"ended with {self.code}"


@dataclass(frozen=True)
class KnownAnswer:
    """A task whose answer is there already."""

    answer: Any


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))


def in_order(work: Callable[[_Task], Any], tasks: Iterable[_Task | KnownAnswer], jobs: int) -> Iterator[Any]:
    """work(task) for each, or WorkerEnded. work: a function of a module. jobs: how many processes; 1 is this one."""
    if jobs == 1:
        return (each.answer if isinstance(each, KnownAnswer) else work(each) for each in tasks)
    return _Pool(work, jobs).answers(tasks)


class _Pool(Generic[_Task]):
    def __init__(self, work: Callable[[_Task], Any], jobs: int) -> None:
        self._work, self._jobs = work, jobs
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([work.__module__])
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, tuple[_Worker, int, _Task, int]] = {}

    def answers(self, tasks: Iterable[_Task | KnownAnswer]) -> Iterator[Any]:
        coming = enumerate(tasks)
        again: deque[tuple[int, _Task, int]] = deque()
        there: dict[int, Any] = {}
        turn, is_over = 0, False
        try:
            while True:
                while turn in there:
                    yield there.pop(turn)
                    turn += 1
                while len(self._busy) < self._jobs and (again or not is_over):
                    if again:
                        self._give(*again.popleft())
                        continue
                    if len(there) + len(self._busy) >= self._jobs * _AHEAD:
                        break
                    number, task = next(coming, (None, None))
                    if number is None:
                        is_over = True
                    elif isinstance(task, KnownAnswer):
                        there[number] = task.answer
                        if number == turn:
                            break
                    else:
                        self._give(number, cast(_Task, task), 1)
                if turn in there:
                    continue
                if not self._busy:
                    return
                for line in wait([*self._busy]):
                    self._hear(cast(Connection, line), there, again)
        finally:
            self._end()

    def _give(self, number: int, task: _Task, tries: int) -> None:
        worker = self._idle.pop() if self._idle else _Worker(self._context, self._work)
        self._busy[worker.line] = (worker, number, task, tries)
        worker.give(task)

    def _hear(self, line: Connection, there: dict[int, Any], again: deque[tuple[int, _Task, int]]) -> None:
        worker, number, task, tries = self._busy.pop(line)
        try:
            there[number] = line.recv()
            self._idle.append(worker)
        except (EOFError, OSError):
            code = worker.end()
            if tries < _TRIES:
                again.append((number, task, tries + 1))
            else:
                there[number] = WorkerEnded(code)

    def _end(self) -> None:
        for worker in (*self._idle, *(each for each, _, _, _ in self._busy.values())):
            worker.end()


class _Worker:
    def __init__(self, context: multiprocessing.context.ForkServerContext, work: Callable[[Any], Any]) -> None:
        self.line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        self._process.start()
        theirs.close()

    def give(self, task: Any) -> None:
        with suppress(OSError):  # it has ended, which shows where it is listened to
            self.line.send(task)

    def end(self) -> int | None:
        """Its exit code, once it has ended."""
        self.line.close()
        self._process.join(_PATIENCE)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        return self._process.exitcode


_PATIENCE = 0.5  # seconds for what it is at


def _serve(line: Connection, work: Callable[[Any], Any]) -> None:
    """What a worker does, until its line ends. An INT of the terminal is for the process that it works for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            line.send(work(line.recv()))
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    """Whatever this one is doing, nothing waits for it any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
