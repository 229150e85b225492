"""Rotation: a thread that keeps Vault's leases alive, looks for new values, and reports changes."""

from __future__ import annotations

from confcontract.boot.rotation.candidate import Candidate, Outcome, attempt, why_unusable
from confcontract.boot.rotation.change import IGNORE, change_between, on_change
from confcontract.boot.rotation.clock import boot_clock
from confcontract.boot.rotation.lending import Lending
from confcontract.boot.rotation.look import PASSING, Look
from confcontract.boot.rotation.replaced_files import ReplacedFiles
from confcontract.boot.rotation.retired import Retired
from confcontract.boot.rotation.schedule import next_poll, retry
from confcontract.boot.rotation.state import State
from confcontract.host.threads import start_quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event, Thread

    from confcontract.boot.rotation.candidate import Verify
    from confcontract.boot.rotation.change import Change
    from confcontract.boot.rotation.lent import Loan, Reading
    from confcontract.boot.rotation.state import Measures, TakesNotes
    from confcontract.verdict.resolution import Resolution

POLL_SECONDS = 300.0
DEBOUNCE_SECONDS = 2.0
GRACE_SECONDS = 5.0
# The clock shows that a machine has slept, but a wait doesn't end because of that: so never wait for long.
_LONGEST_NAP_SECONDS = 5.0
_SHORTEST_NAP_SECONDS = 0.02
_STOP_SECONDS = 5.0
_POLL_ATTEMPT_SECONDS = 5.0
_MAKING_SECONDS = (3.0, 10.0)
_NOT_TAKEN = "new values were not applied"
_NOT_LOOKED = "Vault could not be queried for new values"


class Rotation:
    """Connects the first resolve with the application, from the start of the application on.

    resolve: resolves again from the same files and environment, with the given callable as its `vault`. first: the
    `Reading` that was the `vault` of the first resolve; its store must not give its token back.
    resolution: what the application was started with. changed: acts on a change; True when the application runs with
    it, False if that failed or was refused (it is tried again later, with the same values); a ConfcontractError says
    why. verify: runs the checks that use the changed variables with their new values; None if there are none. health:
    gets notes named "secrets". log: gets records of plain JSON data without any secret.

    Everything is called from threads of ours, on which all signals are blocked (a process that is started from there
    inherits that): `changed` and `verify` from one, `resolve` and all others from another, so that leases go on being
    renewed while an application takes its time to restart.

    poll_seconds: between two looks at what has no lease (ten per cent more or less). debounce_seconds: changes that
    follow one another so closely are one. grace_seconds: after a change, until what it replaced is revoked.
    clock: seconds, on a clock that never jumps and goes on while the machine sleeps.
    """

    def __init__(
        self,
        *,
        resolve: Callable[[Reading], Resolution],
        first: Reading,
        resolution: Resolution,
        changed: Callable[[Change], bool],
        verify: Verify | None,
        health: TakesNotes,
        metrics: Measures,
        log: Callable[[dict[str, object]], None],
        poll_seconds: float = POLL_SECONDS,
        debounce_seconds: float = DEBOUNCE_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
        clock: Callable[[], float] | None = None,
        random: Callable[[], float] | None = None,
    ) -> None:
        import random as _random
        from threading import Event

        self._first = first
        self._running = resolution
        self._changed = changed
        self._verify = verify
        self._poll_seconds = poll_seconds
        self._debounce_seconds = debounce_seconds
        self._clock = clock or boot_clock
        self._random = random or _random.random
        self._metrics = metrics
        for result in ("taken", "refused", "undone"):
            metrics.count("confcontract_changes_total", 0, result=result)
        self._state = State(health, metrics, log, self._clock)
        self._lending = Lending(first.store, self._state, self._clock, self._random)
        self._look = Look(resolve, first.store, self._lending, self._state, ReplacedFiles(resolution))
        self._loans: list[Loan] = []  # what the application runs with
        self._candidate: Candidate | None = None
        self._told: Change | None = None  # that was logged as not accepted, as long as it is pending
        self._retired = Retired(self._lending, self._state, grace_seconds, self._clock)
        self._poll_at = self._clock() + next_poll(poll_seconds, self._random())
        self._failures = 0  # failed polls in a row
        ignored = {name for name, wish in on_change(resolution.contract.variables).items() if wish == IGNORE}
        self._ignored = frozenset(ignored)
        self._wake: Event = Event()
        self._stopping = False
        self._thread: Thread | None = None
        if first.asked:
            self._lending.see_token(())
            self._lending.adopt(first.loans)
            self._loans = list(first.loans)
            metrics.set_function("confcontract_token_seconds_left", self._token_seconds_left)
        self._state.show(self._loans)

    def start(self) -> None:
        """Start the thread; returns at once."""
        self._thread = start_quiet("rotation", self._run)

    def stop(self) -> None:
        """Stop reporting changes and renewing. Waits at most a few seconds for a running step."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def give_back(self) -> None:
        """Called after `stop`, at the end: revokes all leases, within a few seconds. Never raises."""
        if not self._first.asked and not self._loans:
            return
        try:
            self._lending.give_back_all([*self._alive(), *self._retired.loans()])
        except Exception as error:
            reason = f"a defect in confcontract ({type(error).__name__})"
            self._state.log({"event": "vault-not-given-back", "reason": reason})

    def _run(self) -> None:
        while not self._stopping:
            try:
                nap = self.step()
            # the application must not end because of it; leases expire, and that is reported
            except Exception as error:
                self._state.ill("rotation", f"a defect in confcontract ({type(error).__name__})")
                self._state.log({"event": "defect", "reason": type(error).__name__})
                nap = _LONGEST_NAP_SECONDS
            self._wake.wait(nap)
            self._wake.clear()

    def step(self) -> float:
        """Do what is due. Returns the seconds until the next step."""
        began = self._clock()
        self._take_outcome()
        self._state.show(self._loans)  # first, so that a process that was stopped reports that a lease has expired
        alive = self._alive()
        self._lending.keep(alive)
        self._state.show(self._loans)
        if self._candidate is None:
            self._look_for_new()
        else:
            self._go_on_with(self._candidate)
        self._retired.let_go()
        self._state.show(self._loans)
        return self._nap(began)

    def _alive(self) -> list[Loan]:
        return self._loans + [
            loan for loan in (self._candidate.loans if self._candidate else ()) if loan not in self._loans
        ]

    # -- looking for new values

    def _look_for_new(self) -> None:
        now = self._clock()
        if any(self._must_replace(loan, now) for loan in self._loans):
            self._lending.freshen(self._loans)
        due = [loan for loan in self._loans if self._must_replace(loan, now)]
        if due:
            # What is due soon is done together with it: one change instead of two.
            due += [
                loan for loan in self._loans if loan not in due and self._must_replace(loan, now + self._soon(loan))
            ]
            self._replace(due)
        elif now >= self._poll_at or self._look.files.has_news():
            self._poll()

    def _must_replace(self, loan: Loan, now: float) -> bool:
        """If changes of everything that depends on a lease are ignored, a new lease would be unused: only renew it."""
        ignored = bool(loan.texts) and self._ignored.issuperset(loan.texts)
        return loan.term is not None and loan.term.wants_replacement(now) and not ignored

    def _soon(self, loan: Loan) -> float:
        return min(self._debounce_seconds, loan.term.full / 10) if loan.term else 0.0

    def _replace(self, due: list[Loan]) -> None:
        """Replace secrets whose lease is about to expire. Static secrets are not read again, so that they can't prevent
        it.
        """
        held = [loan for loan in self._loans if loan not in due]
        until_others = min(self._lending.dues(held), default=float("inf")) - self._clock()
        # With a long timeout: an answer that comes too late is a credential that no one can revoke.
        found = self._look.at(held, min(max(until_others, _MAKING_SECONDS[0]), _MAKING_SECONDS[1]), self._alive)
        now = self._clock()
        if isinstance(found, str):
            self._state.ill("lease", found)
            for loan in due:
                assert loan.term is not None
                loan.term.not_replaced(now, self._random())
            return
        reading, resolution = found
        problem = why_unusable(resolution, self._running)
        if problem is None:
            self._state.well("lease")
            self._consider(reading, resolution, due, polled=False)
            return
        made = [loan for loan in reading.loans if loan not in held and loan.lease]
        self._state.ill("lease", f"{', '.join(sorted({loan.path for loan in due}))} could not be replaced: {problem}")
        self._lending.give_back(made)
        for loan in due:
            assert loan.term is not None
            if made:
                loan.term.refused(now, self._poll_seconds)
            else:
                loan.term.not_replaced(now, self._random())

    def _poll(self) -> None:
        """Read secrets without a lease, and the files. Only credentials that were not requested before are created."""
        held = [loan for loan in self._loans if loan.made]
        found = self._look.at(held, self._poll_attempt_seconds(), self._alive)
        now = self._clock()
        self._poll_at = now + next_poll(self._poll_seconds, self._random())
        if isinstance(found, str):
            self._state.ill("poll", found)
            return
        reading, resolution = found
        problem = why_unusable(resolution, self._running)
        if problem is None:
            self._failures = 0
            self._state.well("poll")
            self._consider(reading, resolution, [], polled=True)
            return
        self._lending.give_back([loan for loan in reading.loans if loan not in held])
        passing = any(problem.code in PASSING for problem in resolution.problems)
        self._state.ill("poll", f"{_NOT_LOOKED if passing else _NOT_TAKEN}: {problem}")
        if passing:
            self._failures += 1
            self._poll_at = min(self._poll_at, now + retry(self._failures, 0.0, self._random()))

    def _poll_attempt_seconds(self) -> float:
        until_due = min(self._lending.dues(self._alive()), default=float("inf")) - self._clock()
        return min(max(until_due, 1.0), _POLL_ATTEMPT_SECONDS)

    def _consider(self, reading: Reading, resolution: Resolution, due: list[Loan], *, polled: bool) -> None:
        change = change_between(self._running, resolution)
        now = self._clock()
        if change is None:
            self._told = None
            self._take_over(reading.loans)
            return
        # While the old one is still valid for a while, other changes can be added.
        remaining = min((loan.ends() for loan in due), default=float("inf")) - now
        wait = min(self._debounce_seconds, max(remaining, 0.0) / 4)
        self._candidate = Candidate(change, reading.loans, due, now + wait, polled=polled)

    def _take_over(self, loans: list[Loan]) -> None:
        """The application sees no difference: its secrets may have been read again, or it ignores their changes."""
        gone = [loan for loan in self._loans if loan not in loans and loan.lease]
        in_use = [loan for loan in gone if self._ignored & loan.texts.keys()]
        self._loans = loans + in_use  # the application keeps the old one
        self._retired.add([loan for loan in gone if loan not in in_use])

    # -- acting on a change

    def _go_on_with(self, candidate: Candidate) -> None:
        now = self._clock()
        if candidate.applying or (now < candidate.act_at and not (candidate.failures and self._look.files.has_news())):
            return
        made = [loan for loan in candidate.loans if loan not in self._loans and loan.lease]
        if any(self._must_replace(loan, now) for loan in made):
            self._abandon(candidate, made)
            return
        if (candidate.polled or candidate.failures) and not self._look_again(candidate):
            return
        if candidate.must_wait(self._clock(), self._poll_seconds):
            return
        candidate.applying = True
        try:
            start_quiet("rotation-change", self._apply, candidate)
        except (RuntimeError, MemoryError):
            candidate.outcome = Outcome(False, "no thread could be started for it")
            self._take_outcome()

    def _look_again(self, candidate: Candidate) -> bool:
        """Look a second time, to combine several changes. False if there is no change left."""
        held = [loan for loan in candidate.loans if loan.made]
        found = self._look.at(held, self._poll_attempt_seconds(), self._alive)
        if not isinstance(found, str) and why_unusable(found[1], self._running) is None:
            reading, resolution = found
            change = change_between(self._running, resolution)
            if change is not None:
                candidate.change, candidate.loans = change, reading.loans
                return True
            self._candidate = self._told = None
            self._state.well("change")
            self._take_over(reading.loans)
            return False
        if any(loan.made and loan not in self._loans for loan in candidate.loans):
            return True  # created for this change, which is valid: waiting would only use up its lease
        problem = found if isinstance(found, str) else why_unusable(found[1], self._running)
        self._state.well("change")  # it has been replaced by another change, which the following is about
        self._state.ill("poll", f"{_NOT_TAKEN}: {problem}")
        self._candidate = None
        self._poll_at = min(self._poll_at, self._clock() + next_poll(self._poll_seconds, self._random()))
        return False

    def _apply(self, candidate: Candidate) -> None:
        outcome = attempt(candidate.change, self._verify, self._offer)
        candidate.outcome = outcome
        self._wake.set()

    def _offer(self, change: Change) -> bool:
        return not self._stopping and self._changed(change)

    def _take_outcome(self) -> None:
        candidate = self._candidate
        if candidate is None or candidate.outcome is None:
            return
        outcome, candidate.outcome, candidate.applying = candidate.outcome, None, False
        change, now = candidate.change, self._clock()
        result = "taken" if outcome.taken else "undone" if outcome.undone else "refused"
        self._metrics.count("confcontract_changes_total", result=result)
        if not outcome.taken:
            candidate.not_taken(outcome, now, self._random(), self._poll_seconds)
            names = ", ".join(change.variables)
            self._state.ill("change", f"the new {names} was not accepted: {outcome.words}")
            if not change.is_same_as(self._told):  # it is retried repeatedly
                self._told = change
                told = {"variables": list(change.variables), "reason": outcome.words}
                self._state.log({"event": "change-not-taken", **told})
            return
        self._candidate = self._told = None
        self._running = change.resolution
        self._state.well("change")
        self._state.log({"event": "secrets-changed", "variables": list(change.variables)})
        gone = [loan for loan in self._loans if loan not in candidate.loans]
        self._loans = candidate.loans
        self._retired.add(gone)
        if candidate.polled:
            self._poll_at = now + next_poll(self._poll_seconds, self._random())

    def _abandon(self, candidate: Candidate, made: list[Loan]) -> None:
        """Credentials created for a change expire before the change could be made."""
        now = self._clock()
        self._candidate = None
        self._lending.give_back(made)
        pause = retry(candidate.failures + 3, 0.0, 0.0, self._poll_seconds)
        for loan in candidate.replaced:
            if loan.term is not None:
                loan.term.refused(now, pause)
        self._poll_at = max(self._poll_at, now + pause)

    def _nap(self, began: float) -> float:
        now = self._clock()
        moments = [*self._lending.dues(self._alive()), *self._retired.moments(), self._poll_at]
        # What was due when the step began and was not done waits for the outcome of a change, which wakes this thread.
        # What became due in the meantime (a server may be slow) is for the next step.
        moments = [moment for moment in moments if moment > began]
        if self._candidate is not None and not self._candidate.applying:
            moments.append(self._candidate.act_at)
        until_next = min(moments, default=now + _LONGEST_NAP_SECONDS) - now
        return min(max(until_next, _SHORTEST_NAP_SECONDS), _LONGEST_NAP_SECONDS)

    def _token_seconds_left(self) -> float | None:
        left = self._lending.token_ends - self._clock()
        return max(left, 0.0) if left != float("inf") else None
