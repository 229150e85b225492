"""A thread that can't begin for want of memory is an error at once, and never a wait that nothing ends."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from tests.support.starts import PLAIN, SAFETY

PAGE = 4096
STACK = 8 << 20
MARGIN = 64 * PAGE  # more than a thread needs until it says that it runs

# Every distance from the limit, each in a process of its own: what one thread takes is kept for the next.
AT_THE_LIMIT = f"""
import os, resource, sys
from confcontract.host.threads import start_quiet
sys.stderr = open(os.devnull, "w")
resource.setrlimit(resource.RLIMIT_STACK, ({STACK}, resource.getrlimit(resource.RLIMIT_STACK)[1]))
for room in range(0, {MARGIN}, {PAGE}):
    pid = os.fork()
    if pid == 0:
        used = int(open("/proc/self/statm").read().split()[0]) * {PAGE}
        resource.setrlimit(resource.RLIMIT_AS, (used + {STACK} + room, resource.RLIM_INFINITY))
        try:
            start_quiet("a thread", int)
        except MemoryError:
            os._exit(3)
        except BaseException:
            os._exit(4)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""

ROOM = """
import threading
from confcontract.host.threads import start_quiet
heard = threading.Event()
start_quiet("a thread", heard.set)
print(heard.wait(60))
"""


def said(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], env=PLAIN, capture_output=True, text=True, timeout=SAFETY, check=True
    )
    return done.stdout.split()


def test_a_thread_without_room_is_an_error_at_every_distance_from_the_limit() -> None:
    assert Counter(said(AT_THE_LIMIT)) == {"3": MARGIN // PAGE}


def test_a_thread_with_room_runs() -> None:
    assert said(ROOM) == ["True"]
