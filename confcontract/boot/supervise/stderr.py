"""A supervisor's stderr, which never blocks it, even without a reader."""

from __future__ import annotations

import os
import threading
from collections import deque

from confcontract.host.threads import start_quiet

MOST = 1000  # lines that wait for a reader; more are dropped
PATIENCE = 0.25  # seconds that a caller may wait for one line


class Stderr:
    """Written on its own thread, so that an unread pipe or a stuck log collector can't delay the renewal of a lease or
    the forwarding of a signal.

    Usually `flush` returns when everything is written, so that lines are in the order of the events. After a timeout it
    doesn't wait again until a reader has caught up.
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
