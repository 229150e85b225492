"""When to renew, to replace, to try again: with a clock that is moved by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.boot.rotation.schedule import RENEW, REPLACE, Term, at_two_thirds, next_poll, retry

randoms = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("seconds", "random", "expected"),
    [(3600, 0.0, 2400), (3600, 1.0, 2760), (1, 0.0, 2 / 3), (1, 1.0, 2 / 3 + 0.1), (0, 0.5, 0), (-5, 0.5, 0)],
)
def test_a_renewal_is_due_at_two_thirds_and_up_to_a_tenth_later(seconds: float, random: float, expected: float) -> None:
    assert at_two_thirds(seconds, random) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("failures", "remaining", "random", "expected"),
    [
        (1, 1200, 0.0, 0.125),
        (1, 1200, 1.0, 0.25),
        (4, 1200, 1.0, 2.0),
        (20, 1200, 1.0, 30.0),
        (1000, 1e9, 1.0, 30.0),
        (20, 0.3, 1.0, 0.1),  # of a lease of one second, a third of which remains
        (20, 0.01, 1.0, 0.05),
        (1, -5, 1.0, 0.25),  # after the end
        (20, -5, 1.0, 30.0),
    ],
)
def test_a_pause_doubles_and_is_bounded_by_what_remains(
    failures: int, remaining: float, random: float, expected: float
) -> None:
    assert retry(failures, remaining, random) == pytest.approx(expected)


@given(failures=st.integers(1, 1000), remaining=st.floats(0.15, 1e9), random=randoms)
def test_there_is_always_time_for_another_attempt_before_the_end(
    failures: int, remaining: float, random: float
) -> None:
    assert 0 < retry(failures, remaining, random) <= remaining / 3 + 1e-9


@given(random=randoms)
def test_polls_are_a_tenth_earlier_or_later(random: float) -> None:
    assert 270 <= next_poll(300, random) <= 330


def test_a_lease_that_is_renewed_in_full_is_only_ever_renewed() -> None:
    term = Term(100.0, 60, True, 0.0)
    now = 100.0
    for _ in range(50):
        assert term.action == RENEW
        assert not term.wants_renewal(term.due - 0.1)
        assert not term.wants_replacement(term.due)
        now = term.due
        assert term.wants_renewal(now)
        term.renewed(now, 60, True, 0.0)
        assert (term.due, term.ends) == (now + 40, now + 60)


@pytest.mark.parametrize(
    ("granted", "renewable", "action", "due"),
    [
        (60, True, RENEW, 40.0),
        (59, True, RENEW, 59 * 2 / 3),  # rounded down by the server
        (80, True, RENEW, 80 * 2 / 3),  # more than at first
        (30, True, REPLACE, 20.0),  # capped: max_ttl is near
        (1, True, REPLACE, 2 / 3),
        (0, True, REPLACE, 0.0),
        (-1, True, REPLACE, 0.0),
        (60, False, REPLACE, 40.0),
    ],
)
def test_a_renewal_that_grants_less_than_at_first_is_the_last(
    granted: float, renewable: bool, action: str, due: float
) -> None:
    term = Term(0.0, 60, True, 0.0)
    term.renewed(1000.0, granted, renewable, 0.0)
    assert term.action == action
    assert term.due - 1000.0 == pytest.approx(due)
    assert term.ends == 1000.0 + max(granted, 0)


def test_what_can_not_be_renewed_is_replaced_at_two_thirds() -> None:
    term = Term(0.0, 60, False, 0.0)
    assert not term.wants_replacement(39.9)
    assert term.wants_replacement(40.0)
    assert not term.wants_renewal(40.0)


def test_a_renewal_is_tried_until_little_is_left_and_then_a_replacement_as_well() -> None:
    term = Term(0.0, 60, True, 0.0)
    attempts, now = [], 40.0
    while not term.wants_replacement(now):
        assert term.wants_renewal(now)
        attempts.append(now)
        term.not_renewed(now, 0.5)
        now = term.due if not term.pressed else now
    assert len(attempts) > 4
    assert 50 < attempts[-1] < 60
    term.not_replaced(now, 0.5)
    assert not term.wants_replacement(now)
    assert term.wants_renewal(term.due), "Vault may be back, and then nothing new is needed"
    term.renewed(term.due, 60, True, 0.0)
    assert not term.pressed
    assert term.failures == 0


def test_after_the_end_nothing_is_renewed_any_more() -> None:
    term = Term(0.0, 60, True, 0.0)
    assert not term.wants_renewal(60.0)
    assert term.wants_replacement(60.0)
    assert term.wants_replacement(1e9), "however long the process was stopped"


def test_what_is_gone_is_replaced_at_once() -> None:
    term = Term(0.0, 60, True, 0.0)
    term.gone(10.0)
    assert term.ends == 10.0
    assert term.wants_replacement(10.0)
    term.gone(20.0)
    assert term.ends == 10.0


def test_after_a_replacement_that_was_refused_another_is_made_only_after_a_pause() -> None:
    term = Term(0.0, 3600, False, 0.0)
    made, now = 0, 0.0
    while now < 7200:
        now = max(now, term.due)
        made += 1
        term.refused(now, 300.0)
    assert made <= 4 + 3600 / 300 + 3600 / 300


@given(seconds=st.floats(1, 1e6), random=randoms)
def test_a_replacement_is_sought_before_the_end(seconds: float, random: float) -> None:
    term = Term(0.0, seconds, False, random)
    assert 0 < term.due < term.ends
