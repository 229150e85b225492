"""Limits of the container or the machine, if one of them is the cause of an unexpected failure.

The exception alone doesn't show it: a module that can't be loaded for lack of memory raises ImportError, a thread that
can't be started RuntimeError. So each resource that may be exhausted is tried.
"""

from __future__ import annotations

import errno
import os

from confcontract.report.problem import Problem

CODE = "limit-reached"
_SPARE = 32 * 1024 * 1024  # bytes: if less is available, memory was the cause
_SPARE_FILES = 16
_FILES = (errno.EMFILE, errno.ENFILE)


def reached(error: BaseException) -> Problem | None:
    """The message if a limit is the cause of an exception; None if no limit is found."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _FILES or _no_descriptor():
        return files()
    if isinstance(error, MemoryError) or number == errno.ENOMEM or _no_memory():
        return memory()
    if (isinstance(error, RuntimeError) or number == errno.EAGAIN) and _no_thread():
        return processes()
    return None


def refuse_shortage() -> None:
    """Raises MemoryError in advance if there is less memory than a supervisor needs.

    If memory runs out in the middle of an import, Python 3.11 and 3.12 may loop without end, and only SIGKILL ends them
    (python/cpython#132508).
    """
    if _no_memory():
        raise MemoryError


def of_errno(number: int | None) -> Problem | None:
    """For a system call that starts something."""
    if number in _FILES:
        return files()
    if number == errno.ENOMEM:
        return memory()
    return processes() if number == errno.EAGAIN else None


def files() -> Problem:
    hint = "Raise the limit: ulimit -n, docker run --ulimit nofile=…, LimitNOFILE= of systemd."
    return _problem("RLIMIT_NOFILE", "Too many open files", "this process may have {}", hint)


def memory() -> Problem:
    hint = "Raise the limit (ulimit -v, the container's memory), or reduce the input."
    return _problem("RLIMIT_AS", "There is not enough memory", "this process may have {} kB", hint, unit=1024)


def processes() -> Problem:
    hint = "Raise the limit: ulimit -u, docker run --pids-limit, podPidsLimit of Kubernetes, TasksMax= of systemd."
    what = "No further process or thread can be started"
    return _problem("RLIMIT_NPROC", what, f"user {os.geteuid()} may have {{}}", hint)


def _problem(name: str, what: str, bound: str, hint: str, unit: int = 1) -> Problem:
    """name: of the limit in `resource`. bound: its part of the sentence, if there is such a limit."""
    import resource

    most: int = resource.getrlimit(getattr(resource, name))[0]
    told = "" if most == resource.RLIM_INFINITY else f": {bound.format(most // unit)} ({name})"
    return Problem(CODE, f"{what}{told}.", hint=hint)


def _no_descriptor() -> bool:
    opened: list[int] = []
    try:
        while len(opened) < _SPARE_FILES:
            opened.append(os.open("/", os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        return error.errno in _FILES
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return False


def _no_memory() -> bool:
    import mmap

    try:
        mmap.mmap(-1, _SPARE).close()
    except (OSError, MemoryError):
        return True
    return False


def _no_thread() -> bool:
    import _thread

    try:
        _thread.start_new_thread(int, ())
    except RuntimeError:
        return True
    return False
