"""Output while requests to a store run: a record for each failed attempt, and one line per second for a person."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from confcontract.secrets.vault.exchange import Call
    from confcontract.secrets.vault.failure import RequestFailed
    from confcontract.secrets.vault.retry import Deadline


class Waiting:
    """store: its name, in words. called: the word for several calls. attempt: the beginning of the record of a failed
    one. progress, log: get a line for a person, and a record of plain JSON data; never a secret.
    """

    __slots__ = ("_attempt", "_called", "_deadline", "_log", "_progress", "_reason", "_store", "_told")

    def __init__(
        self,
        store: str,
        called: str,
        attempt: Mapping[str, object],
        deadline: Deadline,
        progress: Callable[[str], object] | None,
        log: Callable[[dict[str, object]], None] | None,
    ) -> None:
        self._store = store
        self._called = called
        self._attempt = attempt
        self._deadline = deadline
        self._progress = progress
        self._log = log
        self._reason = ""
        self._told = ("", -1.0)  # reason and time of the last line: one per second, unless something changes

    def record(self, record: dict[str, object]) -> None:
        if self._log:
            self._log(record)

    def redirected(self, call: Call) -> None:
        """Called if another server answers, for stores that report it."""

    def failed(self, call: Call, failed: RequestFailed, pause: float | None) -> None:
        if failed.absent:
            return  # an answer, not a failed attempt; if the secret is required, the report says so
        self._reason = failed.words
        self.record(
            {
                **self._attempt,
                **({"redirected_to": failed.answered_by} if failed.answered_by else {}),
                "about": call.about,
                "attempt": call.attempts,
                "reason": failed.words,
                "status": failed.status,
                "retry_in_seconds": None if pause is None else round(pause, 3),
                "elapsed_seconds": round(self._deadline.elapsed(), 3),
                "deadline_seconds": round(self._deadline.seconds, 3),
            }
        )
        if pause is not None:
            self.waiting([call])

    def waiting(self, calls: Sequence[Call]) -> None:
        elapsed = self._deadline.elapsed()
        again = self._reason == self._told[0] and elapsed - self._told[1] < 1.0
        if self._progress and not again and (self._reason or elapsed >= 1.0):
            self._told = (self._reason, elapsed)
            about = calls[0].about if len(calls) == 1 else f"{len(calls)} {self._called}"
            spent = f"{elapsed:.0f} s of {self._deadline.seconds:.0f} s"
            self._progress(f"waiting for {self._store} ({spent}): {self._reason or 'no answer yet'}, for {about}")
