"""Start processes and measure them, from a process that is smaller than any of them.

The kernel counts the memory of the process that spawned against the peak of the one that was spawned, so this runs
under `python -I -S` and imports nothing but what is built in. Protocol, in marshal: (argv, environ) in, a tuple
(exit status, wall seconds, CPU seconds, peak RSS in KiB) out; the end of the input ends it.
"""

import marshal
import sys
from posix import O_WRONLY, POSIX_SPAWN_OPEN, posix_spawn, wait4, waitstatus_to_exitcode
from time import perf_counter

QUIET = [(POSIX_SPAWN_OPEN, 1, "/dev/null", O_WRONLY, 0), (POSIX_SPAWN_OPEN, 2, "/dev/null", O_WRONLY, 0)]


def measure(argv: list[str], environ: dict[str, str]) -> tuple[int, float, float, int]:
    start = perf_counter()
    pid = posix_spawn(argv[0], argv, environ, file_actions=QUIET)
    _, status, usage = wait4(pid, 0)
    wall = perf_counter() - start
    return waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def serve() -> None:
    while True:
        try:
            argv, environ = marshal.load(sys.stdin.buffer)
        except EOFError:
            return
        marshal.dump(measure(argv, environ), sys.stdout.buffer)
        sys.stdout.buffer.flush()


serve()
