"""Runs tasks in several processes, and returns the results in the order of the tasks.

No worker is a copy of this process: each is forked from a newly started server, and so inherits none of this process's
open files, locks or threads. Only a few tasks are started ahead of the next result to return, so that the number of
waiting results does not grow with the number of tasks. A worker that ends without a result is replaced, and its task is
tried once more. When this process ends, the workers end too, since their pipe is closed.
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

_AHEAD = 4  # tasks per worker
_TRIES = 2

_Task = TypeVar("_Task")


@dataclass(frozen=True)
class WorkerEnded:
    """Replaces the result. code: the exit code of the process, negative for a signal."""

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
    """A task whose result is already known."""

    answer: Any


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0))


def in_order(work: Callable[[_Task], Any], tasks: Iterable[_Task | KnownAnswer], jobs: int) -> Iterator[Any]:
    """Yields work(task) for each task, or WorkerEnded. work: a module-level function. jobs: the number of processes; 1
    runs all tasks in this one."""
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
        with suppress(OSError):  # a worker that has ended is noticed when its result is read
            self.line.send(task)

    def end(self) -> int | None:
        """Ends the worker and returns its exit code."""
        self.line.close()
        self._process.join(_PATIENCE)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        return self._process.exitcode


_PATIENCE = 0.5  # seconds to finish the current task


def _serve(line: Connection, work: Callable[[Any], Any]) -> None:
    """Runs in the worker until its pipe is closed. It ignores INT from the terminal, which the main process handles."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            line.send(work(line.recv()))
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    """Exits when the parent does, whatever the worker is doing, since its result is no longer needed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
