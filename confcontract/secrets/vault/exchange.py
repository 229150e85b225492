"""Many requests in parallel, each retried until it is answered, refused, or the common deadline has passed.

The calling thread decides everything and only ever waits with a timeout, so a signal ends a boot at once. Worker
threads do one attempt at a time. They are daemon threads: one that is held by a slow server is abandoned.
"""

from __future__ import annotations

from confcontract.secrets.vault.failure import DEFECT, RequestFailed, no_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from queue import SimpleQueue

    from confcontract.secrets.vault.retry import Deadline

# An attempt that exceeds its own timeouts (slow bytes) is lost after this time.
GRACE_SECONDS = 0.5
_TICK_SECONDS = 1.0


class Call:
    """A request that ends with an answer or a failure.

    about: what it is for, in words. attempt: sends it once; returns Vault's answer or raises RequestFailed. attempts:
    how many were started. started: when the last one was, by the deadline's clock; leases in an answer count from then
    at the latest. At the end exactly one of answer and failure is set.
    """

    __slots__ = ("about", "answer", "attempt", "attempts", "failure", "ready_at", "started")

    def __init__(self, about: str, attempt: Callable[[], Mapping[str, object]]) -> None:
        self.about = about
        self.attempt = attempt
        self.attempts = 0
        self.started = 0.0
        self.ready_at = 0.0
        self.answer: Mapping[str, object] | None = None
        self.failure: RequestFailed | None = None

    @property
    def answered_by(self) -> str:
        """See `connection.Answer`."""
        last = self.failure or self.answer
        found: str = getattr(last, "answered_by", "")
        return found


class Exchange:
    """Completes calls.

    side_by_side: the most attempts at once. attempt_seconds: the longest time for one. redirected: called with a call
    that was answered by another server than the requested one. failed: called with the call, its failure and the
    seconds until the next attempt (None: there is none). waiting: called about once a second while nothing arrives,
    with the unfinished calls.
    """

    def __init__(
        self,
        deadline: Deadline,
        *,
        side_by_side: int,
        attempt_seconds: float,
        redirected: Callable[[Call], None],
        failed: Callable[[Call, RequestFailed, float | None], None],
        waiting: Callable[[Sequence[Call]], None],
    ) -> None:
        from queue import SimpleQueue

        self._deadline = deadline
        self._side_by_side = side_by_side
        self._attempt_seconds = attempt_seconds
        self._redirected = redirected
        self._failed = failed
        self._waiting = waiting
        self._jobs: SimpleQueue[tuple[int, Call] | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[int, Mapping[str, object] | RequestFailed]] = SimpleQueue()
        self._threads = 0
        self._number = 0
        # While the whole server fails, one request at a time tests whether it is back; the others wait.
        self._unwell = False
        self._misses = 0
        self._closed_until = 0.0
        self._lost_threads = 0
        self.answered = False  # whether the server has ever answered

    def run(self, calls: Sequence[Call]) -> None:
        pending = list(calls)
        running: dict[int, tuple[Call, float]] = {}
        while pending or running:
            if self._deadline.remaining() <= 0:
                cut_off = [call for call, _ in running.values()]
                self._give_up([*pending, *cut_off])
                for call in cut_off:
                    if call.failure:
                        self._failed(call, call.failure, None)
                # Their threads are lost: their answers may never arrive.
                self._lose_threads(len(running))
                return
            self._start(pending, running)
            number, result = self._next_result(pending, running)
            if result is None:
                self._waiting([*pending, *(call for call, _ in running.values())])
            elif number in running:
                call, _ = running.pop(number)
                self._finish(call, result, pending)
            self._abandon_overrun(pending, running)

    def close(self) -> None:
        """End the threads; one that is lost ends when its server lets go of it."""
        for _ in range(self._threads + self._lost_threads):
            self._jobs.put(None)
        self._threads = self._lost_threads = 0

    def _start(self, pending: list[Call], running: dict[int, tuple[Call, float]]) -> None:
        now = self._deadline.now()
        limit = 1 if self._unwell else self._side_by_side
        if now < self._closed_until:
            return
        # Calls with the fewest attempts first, so that one failing path can't block the others.
        for call in sorted(pending, key=lambda call: call.attempts):
            if len(running) >= limit:
                return
            if call.ready_at > now:
                continue
            pending.remove(call)
            call.attempts += 1
            call.started = now
            self._number += 1
            running[self._number] = (call, now + self._attempt_seconds + GRACE_SECONDS)
            if self._threads < len(running):
                self._add_thread()
            self._jobs.put((self._number, call))

    def _next_result(
        self, pending: Sequence[Call], running: Mapping[int, tuple[Call, float]]
    ) -> tuple[int, Mapping[str, object] | RequestFailed | None]:
        from queue import Empty

        now = self._deadline.now()
        moments = [max(call.ready_at, self._closed_until) for call in pending]
        # A call that waits only for the limit is woken by a result, not by the clock.
        moments = [moment for moment in moments if moment > now] + [overrun for _, overrun in running.values()]
        wait = min([_TICK_SECONDS, self._deadline.remaining(), *(moment - now for moment in moments)])
        try:
            return self._results.get(timeout=max(wait, 0.0))
        except Empty:
            return 0, None

    def _finish(self, call: Call, result: Mapping[str, object] | RequestFailed, pending: list[Call]) -> None:
        if not isinstance(result, RequestFailed):
            self._unwell, self._misses, self.answered = False, 0, True
            call.answer, call.failure = result, None
            if call.answered_by:
                self._redirected(call)
            return
        call.failure = result
        if call.answered_by:
            self._redirected(call)
        now = self._deadline.now()
        if result.everywhere and now >= self._closed_until:
            self._misses += 1  # parallel failures count as one
        failures = max(call.attempts, self._misses) if result.everywhere else call.attempts
        pause = self._deadline.pause(failures, result.retry_after) if result.retry else None
        self._failed(call, result, pause)
        if result.everywhere:
            self._unwell = True
            if pause is None:
                self._give_up([call, *pending])
                pending.clear()
            else:
                self._closed_until = max(self._closed_until, now + pause)
        if pause is not None:
            call.ready_at = now + pause
            pending.append(call)

    def _abandon_overrun(self, pending: list[Call], running: dict[int, tuple[Call, float]]) -> None:
        now = self._deadline.now()
        for number in [number for number, (_, overrun) in running.items() if overrun <= now]:
            call, _ = running.pop(number)
            self._lose_threads(1)
            late = no_answer()
            self._finish(call, late, pending)

    def _give_up(self, calls: Sequence[Call]) -> None:
        """Calls that never failed themselves get the reason of one that did."""
        reason = next((call.failure for call in calls if call.failure), None)
        for call in calls:
            call.failure = call.failure or reason or no_answer(everywhere=False)

    def _lose_threads(self, count: int) -> None:
        self._threads -= count
        self._lost_threads += count

    def _add_thread(self) -> None:
        from threading import Thread

        from confcontract.host.threads import start

        start(Thread(target=_work, args=(self._jobs, self._results), name="vault", daemon=True))
        self._threads += 1


def _work(
    jobs: SimpleQueue[tuple[int, Call] | None], results: SimpleQueue[tuple[int, Mapping[str, object] | RequestFailed]]
) -> None:
    while (job := jobs.get()) is not None:
        number, call = job
        result: Mapping[str, object] | RequestFailed
        try:
            result = call.attempt()
        except RequestFailed as failed:
            result = failed
        except Exception as error:  # a defect of ours must also be a result, or the calling thread would wait forever
            result = RequestFailed(DEFECT, f"a defect in confcontract ({type(error).__name__})")
        results.put((number, result))
