"""New values that the application does not have yet."""

from __future__ import annotations

from confcontract.boot.rotation.change import Undone
from confcontract.boot.rotation.replaced_files import lost
from confcontract.boot.rotation.schedule import retry
from confcontract.boot.rotation.state import problem_words
from confcontract.report.errors import ConfcontractError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from confcontract.boot.rotation.change import Change
    from confcontract.boot.rotation.lent import Loan
    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution

    Verify = Callable[[Resolution, tuple[str, ...]], list[Problem]]

_LONGEST_PAUSE_POLLS = 32


class Candidate:
    """A valid change that the application does not have yet.

    loans: those that it depends on. replaced: the loans that it replaces. act_at: when to act, or to try again. polled:
    whether it came from a poll: then a second look may find more. outcome: set by the acting thread.
    """

    __slots__ = (
        "_not_before",
        "_undone",
        "_undone_change",
        "act_at",
        "applying",
        "change",
        "failures",
        "loans",
        "outcome",
        "polled",
        "replaced",
    )

    def __init__(self, change: Change, loans: list[Loan], replaced: list[Loan], act_at: float, *, polled: bool) -> None:
        self.change = change
        self.loans = loans
        self.replaced = replaced
        self.act_at = act_at
        self.polled = polled
        self.failures = 0
        self.applying = False
        self.outcome: Outcome | None = None
        self._undone = 0  # how often the application had to be restarted with its old values
        self._undone_change: Change | None = None
        self._not_before = 0.0

    def not_taken(self, outcome: Outcome, now: float, random: float, poll_seconds: float) -> None:
        """Try it again; if that cost the application a restart, only when values have changed, or much later."""
        self.failures += 1
        remaining = min((loan.ends() for loan in self.replaced), default=0.0) - now
        self.act_at = now + retry(self.failures, remaining, random, poll_seconds)
        if outcome.undone:
            self._undone += 1
            self._undone_change = self.change
            pause = poll_seconds * min(2.0 ** (self._undone - 1), _LONGEST_PAUSE_POLLS)
            if self.replaced:
                pause = min(pause, max(remaining / 2, poll_seconds))
            self._not_before = now + pause

    def must_wait(self, now: float, poll_seconds: float) -> bool:
        """Whether the same change failed a short time ago. It is checked again with every poll."""
        if now >= self._not_before or not self.change.is_same_as(self._undone_change):
            return False
        self.act_at = min(now + poll_seconds, self._not_before)
        return True


class Outcome:
    """The result of an attempt. words: why the application did not accept it. undone: a restart with it failed."""

    __slots__ = ("taken", "undone", "words")

    def __init__(self, taken: bool, words: str = "", *, undone: bool = False) -> None:
        self.taken = taken
        self.words = words
        self.undone = undone


def attempt(change: Change, verify: Verify | None, give: Callable[[Change], bool]) -> Outcome:
    """Check the new values, and give them to the application. verify, give: `verify` and `changed` of `Rotation`."""
    try:
        problems = verify(change.resolution, change.variables) if verify else []
        if problems:
            return Outcome(False, problem_words(problems))
        return Outcome(give(change), "the application did not accept it")
    except Undone as undone:
        words = "the application failed to start with it and runs with the old values"
        return Outcome(False, f"{words}: {problem_words(undone.problems)}", undone=True)
    except ConfcontractError as error:
        return Outcome(False, problem_words(error.problems))
    except Exception as error:
        return Outcome(False, f"a defect in confcontract ({type(error).__name__})")


def why_unusable(resolution: Resolution, running: Resolution) -> str | None:
    """Why the application can't get it, in words without a value; None if it can. running: what it has now."""
    gone = lost(running, resolution)
    told = gone and f"{gone} no longer exists, and the running application has values from it"
    if not resolution.ok or any(problem.code == "vault-not-asked" for problem in resolution.problems):
        return "; ".join(filter(None, (told, problem_words(resolution.problems))))
    return told
