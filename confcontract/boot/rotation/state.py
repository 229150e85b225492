"""The state of the secrets: the note "secrets", the metrics, the log."""

from __future__ import annotations

from confcontract.boot.health.statuses import DEGRADED, DOWN, UP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Protocol

    from confcontract.boot.health.snapshot import Datum
    from confcontract.boot.rotation.lent import Loan
    from confcontract.report.problem import Problem

    class TakesNotes(Protocol):
        """Receives the state: `Health`."""

        def note(self, name: str, status: str, words: str = "", data: Mapping[str, Datum] | None = None) -> None: ...

    class Measures(Protocol):
        """Receives counts: `Metrics`."""

        def count(self, name: str, amount: float = 1, /, **labels: str) -> None: ...
        def set_function(self, name: str, function: Callable[[], float | None], /, **labels: str) -> None: ...


_NOTE_AGAIN_SECONDS = 10.0


class State:
    """health, metrics, log: see `Rotation`. Nothing that is reported here contains a value."""

    def __init__(
        self,
        health: TakesNotes,
        metrics: Measures,
        log: Callable[[dict[str, object]], None],
        clock: Callable[[], float],
    ) -> None:
        self.log = log
        self._health = health
        self._metrics = metrics
        self._clock = clock
        self._troubles: dict[str, tuple[str, str]] = {}  # about → words, since when
        self._told: tuple[str, tuple[str, ...]] | None = None
        self._told_at = 0.0
        self._loans: Sequence[Loan] = ()
        self._measured: set[str] = set()

    def ill(self, about: str, words: str) -> None:
        """Something fails and may work again; one word for each kind."""
        since = self._troubles[about][1] if about in self._troubles else _utc_now()
        self._troubles[about] = (words, since)

    def well(self, about: str) -> None:
        self._troubles.pop(about, None)

    def answered(self, result: str = "ok") -> None:
        """Vault was queried for something. result: ok, or the kind of failure."""
        self._metrics.count("confcontract_vault_requests_total", result=result)

    def show(self, loans: Sequence[Loan]) -> None:
        """Report the state of the loans that the application uses, if it has changed."""
        self._loans = loans
        now = self._clock()
        for path in {loan.path for loan in loans if loan.lease} - self._measured:
            self._measured.add(path)
            self._metrics.set_function("confcontract_lease_seconds_left", self._left_of(path), path=path)
        over = sorted({loan.path for loan in loans if now >= loan.ends()})
        status = DOWN if over else DEGRADED if self._troubles else UP
        # A failing path is reported once, with the reason; an expired lease is always reported.
        words = [f"the lease of {path} is over" for path in over]
        words += [f"{text} (since {since})" for text, since in self._troubles.values()]
        news = (status, tuple(words))
        if self._told == news and (status == UP or now - self._told_at < _NOTE_AGAIN_SECONDS):
            return
        if self._told != news and (self._told is not None or status != UP):  # success needs no report
            self.log({"event": "secrets", "status": status, "words": "; ".join(words)})
        self._told, self._told_at = news, now
        self._health.note("secrets", status, "; ".join(words + self._ends(over, now)), self._data(now))

    def _ends(self, over: Sequence[str], now: float) -> list[str]:
        """How long something that is not renewed is still valid."""
        left = {loan.path: loan.ends() - now for loan in self._loans if loan.path in self._troubles}
        return [f"{path} expires in {seconds:.0f} s" for path, seconds in sorted(left.items()) if path not in over]

    def _data(self, now: float) -> dict[str, Datum]:
        return {
            f"{loan.path} seconds left": round(max(loan.ends() - now, 0.0), 1)
            for loan in self._loans
            if loan.lease and loan.ends() != float("inf")
        }

    def _left_of(self, path: str) -> Callable[[], float | None]:
        def seconds_left() -> float | None:
            ends = min((loan.ends() for loan in self._loans if loan.path == path), default=float("inf"))
            return max(ends - self._clock(), 0.0) if ends != float("inf") else None

        return seconds_left


def problem_words(problems: Sequence[Problem]) -> str:
    """Variable and message of each error; messages never contain a secret."""
    errors = [problem for problem in problems if problem.severity == "error"] or list(problems)
    return "; ".join(
        f"{problem.variable}: {problem.message}" if problem.variable else problem.message for problem in errors
    )


def _utc_now() -> str:
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime())
