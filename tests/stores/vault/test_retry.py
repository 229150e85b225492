"""The law of retrying, on a clock of its own."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.secrets.vault.retry import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LONGEST_RETRY_AFTER_SECONDS,
    Deadline,
    retry_after,
    worth_retrying,
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(
    total=st.floats(0.01, 300),
    attempts=st.lists(st.tuples(st.floats(0, 40), st.none() | st.floats(0, 100)), min_size=1, max_size=8),
    drawn=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=8),
)
def test_all_waits_together_never_pass_the_deadline(
    total: float, attempts: list[tuple[float, float | None]], drawn: list[float]
) -> None:
    clock, luck = Clock(), itertools.cycle(drawn)
    deadline = Deadline(total, clock, lambda: next(luck))
    for failures, (took, asked) in zip(range(1, 500), itertools.cycle(attempts), strict=False):
        clock.now += min(took, deadline.remaining())  # an attempt is cut off at the deadline
        pause = deadline.pause(failures, asked)
        if pause is None:
            break
        assert pause >= 0
        clock.now += pause
        assert deadline.remaining() > 0, "a pause must leave time for the attempt after it"
    assert clock.now - 1000.0 <= total + 1e-6


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_a_random_part_of_a_doubling_that_is_capped(failures: int, drawn: float) -> None:
    deadline = Deadline(1000, Clock(), lambda: drawn)
    longest = min(FIRST_PAUSE_SECONDS * 2 ** min(failures - 1, 20), LONGEST_PAUSE_SECONDS)
    assert deadline.pause(failures) == pytest.approx(drawn * longest)


def test_a_pause_is_what_the_server_asked_for_and_a_random_part_so_that_not_all_come_back_in_step() -> None:
    assert Deadline(1000, Clock(), lambda: 0.0).pause(1, 7.0) == 7.0
    assert Deadline(1000, Clock(), lambda: 0.5).pause(1, 7.0) == 7.0 + FIRST_PAUSE_SECONDS / 2


def test_no_pause_is_left_when_the_deadline_has_passed() -> None:
    clock = Clock()
    deadline = Deadline(5, clock, lambda: 0.0)
    clock.now += 5
    assert deadline.pause(1) is None


NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("3", 3.0),
        (" 3 ", 3.0),
        ("86400", LONGEST_RETRY_AFTER_SECONDS),
        ("9" * 5000, LONGEST_RETRY_AFTER_SECONDS),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("Tue, 14 Nov 2023 22:13:25 GMT", 5.0),
        ("Tue, 14 Nov 2023 20:00:00 GMT", 0.0),
        ("Tue, 14 Nov 2095 20:00:00 GMT", LONGEST_RETRY_AFTER_SECONDS),
        ("Tue, 99 Nov 2023 20:00:00 GMT", None),
    ],
)
def test_retry_after_is_honoured_within_reason(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize("status", [408, 412, 425, 429, 472, 473, 474, 500, 502, 503, 504, 520, 530])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert worth_retrying(status)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 422, 501])
def test_what_will_not_pass_is_final(status: int) -> None:
    assert not worth_retrying(status)
