"""What a supervisor says: it goes on working though nothing reads it."""

from __future__ import annotations

import os
import threading
from collections import deque

from confcontract.host.threads import start_quiet

MOST = 1000  # lines that wait for a reader; more are dropped
PATIENCE = 0.25  # seconds that one line may cost whoever says it


class Stderr:
    """Written on a thread of its own: a pipe that no one empties, a log collector that is stuck, must neither keep a
    lease from being renewed nor a signal from being forwarded.

    As a rule `flush` returns when all is written, so that the order is that of the events. Once it has waited in vain
    no one waits again, until a reader has caught up.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._changed = threading.Condition()
        self._lines: deque[bytes] = deque()
        self._stuck = False
        start_quiet("stderr", self._write_on)

    def write(self, text: str) -> int:
        with self._changed:
            if len(self._lines) < MOST:
                self._lines.append(text.encode("utf-8", "backslashreplace"))
                self._changed.notify_all()
        return len(text)

    def flush(self) -> None:
        with self._changed:
            if not self._stuck:
                self._stuck = not self._changed.wait_for(lambda: not self._lines, PATIENCE)

    def _write_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines)
                left = memoryview(self._lines[0])
            try:
                while left:
                    left = left[os.write(self._descriptor, left) :]
            except OSError:
                pass  # no one will ever read it, or it doesn't fit
            with self._changed:
                self._lines.popleft()
                if not self._lines:
                    self._stuck = False
                    self._changed.notify_all()
