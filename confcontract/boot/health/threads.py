"""Threads that leave signals to the main thread, the only one that acts on them."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def start_quiet(name: str, work: Callable[..., None], *arguments: Any) -> None:
    """Do `work(*arguments)` on a daemon thread to which no signal is delivered. Raises RuntimeError if there is none.

    Threads inherit the mask of whoever starts them; so do processes, hence a process that such a thread starts must
    be given an empty one.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        threading.Thread(target=work, args=arguments, name=name, daemon=True).start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
