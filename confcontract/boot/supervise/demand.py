"""Requests of other threads to the loop: a signal for the application, or a restart."""

from __future__ import annotations

from threading import Event

from confcontract.boot.rotation.change import Undone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from confcontract.report.errors import ConfcontractError

# Seconds between attempts to start the application with its previous values. The first attempt is immediate.
PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0, 10.0)


class Demand:
    """A signal to send, or an environment for a restart of the application.

    take_back: called if it could not be started with that, before it is started as it was; undoes other effects of the
    new values.
    """

    __slots__ = ("_answered", "_done", "_failed", "_pauses", "environ", "number", "take_back")

    def __init__(
        self, environ: Mapping[str, str] | None = None, take_back: Callable[[], None] | None = None, *, number: int = 0
    ) -> None:
        self.environ = environ
        self.take_back = take_back
        self.number = number
        self._pauses = iter(PAUSES)
        self._failed: ConfcontractError | None = None
        self._answered = Event()
        self._done = False

    @property
    def has_failed(self) -> bool:
        return self._failed is not None

    def fail(self, error: ConfcontractError) -> float | None:
        """The application could not be started. Returns the seconds until a retry with its previous values; None for no
        retry.
        """
        if self._failed is None:
            self._failed = error
            if self.take_back is not None:
                self.take_back()
            return 0.0
        return next(self._pauses, None)

    def answer(self, done: bool) -> None:
        """done: the result for `wait`."""
        self._done = done
        self._answered.set()

    def wait(self, seconds: float) -> bool:
        """Whether there is an answer by then."""
        return self._answered.wait(seconds)

    @property
    def done(self) -> bool:
        """Whether it was done. Raises Undone if the application runs as before, after a failed start."""
        if self._done and self._failed is not None:
            raise Undone(*self._failed.problems)
        return self._done
