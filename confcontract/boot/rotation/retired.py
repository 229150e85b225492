"""Credentials that a change has replaced: the application may use them for a short time, then they are revoked."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from confcontract.boot.rotation.lending import Lending
    from confcontract.boot.rotation.lent import Loan
    from confcontract.boot.rotation.state import State


class Retired:
    """grace_seconds: until it is revoked."""

    def __init__(self, lending: Lending, state: State, grace_seconds: float, clock: Callable[[], float]) -> None:
        self._lending = lending
        self._state = state
        self._grace_seconds = grace_seconds
        self._clock = clock
        self._waiting: list[tuple[float, list[Loan]]] = []  # until when

    def add(self, loans: Sequence[Loan]) -> None:
        """The application has other credentials from now on."""
        lent = [loan for loan in loans if loan.lease]
        for loan in lent:
            self._state.well(loan.path)
        if lent:
            self._waiting.append((self._clock() + self._grace_seconds, lent))

    def let_go(self) -> None:
        """Revoke those whose grace time is over."""
        now = self._clock()
        over = [loan for moment, loans in self._waiting if moment <= now for loan in loans]
        self._waiting = [(moment, loans) for moment, loans in self._waiting if moment > now]
        if over:
            self._lending.give_back(over)

    def loans(self) -> list[Loan]:
        """Those that are not revoked yet."""
        return [loan for _, loans in self._waiting for loan in loans]

    def moments(self) -> list[float]:
        """When `let_go` has something to do."""
        return [moment for moment, _ in self._waiting]
