"""Limits the time for each answer of a registry as a whole, since one that sends a byte a minute would never end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from confcontract.host.threads import start_quiet
from confcontract.image.image_fault import ImageFault

ANSWER_SECONDS = 60.0  # until an answer begins, and in addition to the time that its length needs
SLOWEST = 4096.0  # bytes a second
_Result = TypeVar("_Result")


def within(seconds: float, work: Callable[[], _Result], close: Callable[[_Result | None], None]) -> _Result:
    """Returns or raises what `work` does. Raises TimeoutError after the limit; the thread of `work` is then left
    running.

    close: is called with a result that arrives after the timeout, or with None if `work` failed.
    """
    from queue import Empty, SimpleQueue
    from threading import Event

    done: SimpleQueue[tuple[_Result | None, BaseException | None]] = SimpleQueue()
    given_up = Event()

    def run() -> None:
        result = None
        try:
            result = work()
            done.put((result, None))
        except BaseException as error:
            done.put((None, error))
        if given_up.is_set():
            close(result)

    start_quiet("registry", run)
    try:
        result, error = done.get(timeout=max(seconds, 0.0))
    except Empty:
        given_up.set()
        raise TimeoutError from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # of None and an error, one is there


class RegistryBody:
    """The body of an answer, as sent. The time that its reader spends between two reads does not count against the
    registry."""

    def __init__(self, answer: Any, name: str) -> None:
        self._answer = answer
        self._name = name
        self._waited = 0.0
        self._bytes = 0

    def read(self, size: int, /) -> bytes:
        import urllib3

        seconds = ANSWER_SECONDS + (self._bytes + size) / SLOWEST - self._waited
        began = time.monotonic()
        try:
            piece = within(seconds, lambda: self._read(size), lambda _: self._answer.close())
        except TimeoutError:
            raise self._fault("answers too slowly") from None
        except (urllib3.exceptions.HTTPError, OSError):
            raise self._fault("closed the connection in the middle of an answer") from None
        self._waited += time.monotonic() - began
        self._bytes += len(piece)
        if not piece:
            self._answer.release_conn()
        return piece

    def _read(self, size: int) -> bytes:
        piece: bytes = self._answer.read(size, decode_content=False)
        return piece

    def _fault(self, what: str) -> ImageFault:
        hint = "check the network and the registry, and try again"
        return ImageFault(f"the registry {self._name} {what}", hint, code="registry-unavailable")
