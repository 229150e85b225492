"""New values that the application does not have yet."""

from __future__ import annotations

from confcontract.boot.rotation.state import problem_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.boot.resolution import Resolution
    from confcontract.boot.rotation.change import Change
    from confcontract.boot.rotation.reading import Loan


class Candidate:
    """A change that was found good and that the application does not have yet.

    loans: what it hangs on. replaced: the loans for the sake of which it was made. act_at: the moment to act, or to try
    again. polled: whether it came from a poll: then a second look may find more. outcome: set by the acting thread.
    """

    __slots__ = ("act_at", "applying", "change", "failures", "loans", "outcome", "polled", "replaced")

    def __init__(self, change: Change, loans: list[Loan], replaced: list[Loan], act_at: float, *, polled: bool) -> None:
        self.change = change
        self.loans = loans
        self.replaced = replaced
        self.act_at = act_at
        self.polled = polled
        self.failures = 0
        self.applying = False
        self.outcome: tuple[bool, str] | None = None


def why_unusable(resolution: Resolution) -> str | None:
    """Why the application can't have it, in words without a value; None if it can."""
    if resolution.ok and not any(problem.code == "vault-not-asked" for problem in resolution.problems):
        return None
    return problem_words(resolution.problems)
