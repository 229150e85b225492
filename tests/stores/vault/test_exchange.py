"""Running calls to their end: the bound, the deadline, threads that are held, and defects of our own."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from confcontract.secrets.vault.exchange import Call, Exchange
from confcontract.secrets.vault.failure import DEFECT, UNREACHABLE, RequestFailed
from confcontract.secrets.vault.retry import Deadline
from tests.support.vault.openbao import PATIENCE


def exchange(seconds: float, *, side_by_side: int = 4, attempt_seconds: float = 30.0) -> Exchange:
    def failed(call: Call, failure: RequestFailed, pause: float | None) -> None:
        assert call.failure is failure

    def waiting(calls: Sequence[Call]) -> None:
        assert calls

    deadline = Deadline(seconds, time.monotonic, lambda: 0.1)
    return Exchange(
        deadline,
        side_by_side=side_by_side,
        attempt_seconds=attempt_seconds,
        redirected=lambda _: None,
        failed=failed,
        waiting=waiting,
    )


def test_every_call_gets_its_own_answer() -> None:
    running = exchange(PATIENCE)
    calls = [Call(str(number), lambda number=number: {"is": number}) for number in range(100)]  # type: ignore[misc]
    running.run(calls)
    assert [call.answer for call in calls] == [{"is": number} for number in range(100)]
    running.close()


def test_no_more_than_the_bound_run_at_once() -> None:
    lock, now, most, full = threading.Lock(), [0], [0], threading.Event()

    def attempt() -> dict[str, object]:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            if now[0] == 3:
                full.set()
        full.wait(PATIENCE)
        time.sleep(0.01)
        with lock:
            now[0] -= 1
        return {}

    running = exchange(PATIENCE, side_by_side=3)
    running.run([Call("x", attempt) for _ in range(20)])
    running.close()
    assert most[0] == 3


def test_a_defect_of_ours_is_an_answer_too() -> None:
    def attempt() -> dict[str, object]:
        raise KeyError("hunter2")

    call = Call("x", attempt)
    running = exchange(PATIENCE)
    running.run([call])
    running.close()
    assert call.failure is not None
    assert call.failure.kind == DEFECT
    assert "KeyError" in call.failure.words
    assert "hunter2" not in call.failure.words
    assert call.attempts == 1


def test_a_call_that_is_held_is_left_behind_and_tried_again_on_another_thread() -> None:
    release = threading.Event()
    tries: list[int] = []

    def attempt() -> dict[str, object]:
        tries.append(1)
        if len(tries) == 1:
            release.wait()
            return {"late": True}
        return {"late": False}

    call = Call("x", attempt)
    running = exchange(PATIENCE, attempt_seconds=0.05)
    running.run([call])
    assert call.answer == {"late": False}
    release.set()
    again = Call("y", lambda: {"fine": True})
    running.run([again])
    assert again.answer == {"fine": True}, "the late answer of the lost thread must not be taken for this one's"
    assert call.answer == {"late": False}
    running.close()


def test_at_the_deadline_every_call_has_a_failure() -> None:
    release = threading.Event()

    def attempt() -> dict[str, object]:
        release.wait()
        return {}

    calls = [Call(str(number), attempt) for number in range(10)]
    running = exchange(0.2)
    running.run(calls)
    assert all(call.failure is not None and call.failure.kind == UNREACHABLE for call in calls)
    assert all(call.answer is None for call in calls)
    release.set()
    running.close()


def test_threads_end_when_the_exchange_is_closed() -> None:
    before = set(threading.enumerate())
    running = exchange(PATIENCE)
    running.run([Call("x", dict) for _ in range(8)])
    running.close()
    ours = set(threading.enumerate()) - before
    for thread in ours:
        thread.join(PATIENCE)
    assert not [thread for thread in ours if thread.is_alive()]
