"""What is told while Vault is awaited: a line for a person, and a record for each attempt that failed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from confcontract.secrets.vault.exchange import Call
    from confcontract.secrets.vault.failure import Failure
    from confcontract.secrets.vault.retry import Deadline
    from confcontract.secrets.vault.server import Server


class Telling:
    """progress and log: see `reader.VaultReader`."""

    __slots__ = ("_deadline", "_elsewhere", "_log", "_progress", "_reason", "_server", "_told")

    def __init__(
        self,
        server: Server,
        deadline: Deadline,
        progress: Callable[[str], object] | None,
        log: Callable[[dict[str, object]], None] | None,
    ) -> None:
        self._server = server
        self._deadline = deadline
        self._progress = progress
        self._log = log
        self._reason = ""
        self._elsewhere: set[str] = set()
        self._told = ("", -1.0)  # reason and moment of the last progress: one a second, unless there is news

    def record(self, record: dict[str, object]) -> None:
        if self._log:
            self._log(record)

    def redirected(self, call: Call) -> None:
        """Once for each server that answers in the place of the one that was asked."""
        if call.answered_by not in self._elsewhere:
            self._elsewhere.add(call.answered_by)
            self.record(
                {
                    "event": "vault-redirected",
                    "address": self._server.origin,
                    "redirected_to": call.answered_by,
                    "about": call.about,
                }
            )

    def failed(self, call: Call, failed: Failure, pause: float | None) -> None:
        if failed.absent:
            return  # an answer, not a failed attempt; if the secret had to be there, the report says so
        self._reason = failed.words
        self.record(
            {
                "event": "vault-attempt-failed",
                "address": self._server.origin,
                **({"proxy": self._server.proxy_words} if self._server.proxy else {}),
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
            about = calls[0].about if len(calls) == 1 else f"{len(calls)} secrets"
            self._progress(
                f"waiting for Vault at {self._server.words()} ({elapsed:.0f} s of {self._deadline.seconds:.0f} s): "
                f"{self._reason or 'no answer yet'}, for {about}"
            )
