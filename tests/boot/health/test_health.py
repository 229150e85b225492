"""What is evaluated, when, and what follows from it."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from confcontract.boot.health.health import SIDE_BY_SIDE, Health
from confcontract.boot.health.metrics import Metrics
from tests.boot.health.asking import CANARY, SAFETY, Dependency, health_of, ready, told, until

CRITICAL: dict[str, Any] = {"phases": ["startup", "ready"], "critical": ["startup", "ready"]}
FOR_LIVE: dict[str, Any] = {"phases": ["live"], "critical": ["live"]}


def test_nothing_is_ready_before_the_application_runs_though_it_lives() -> None:
    with health_of(running=False) as health:
        assert told(health.snapshot()) == {"live": "UP", "ready": "DOWN", "started": "DOWN"}
        assert health.snapshot().ready.words == "application: not started yet"
        health.note("application", "UP")
        assert told(health.snapshot()) == {"live": "UP", "ready": "UP", "started": "UP"}


def test_a_critical_check_decides_and_another_one_degrades() -> None:
    database, cache = Dependency("database", **CRITICAL), Dependency("cache")
    cache.fails()
    with health_of(database, cache) as health:
        until(lambda: ready(health) == "DEGRADED")
        assert health.snapshot().ready.words == "cache: connection refused"
        database.fails("timed out")
        until(lambda: ready(health) == "DOWN")
        assert health.snapshot().ready.words == "database: timed out"


def test_a_critical_check_is_not_ready_before_its_first_result_and_alive() -> None:
    one = Dependency(phases=["ready", "live"], critical=["ready", "live"])
    one.hangs.set()
    with health_of(one) as health:
        until(lambda: one.asked)
        assert told(health.snapshot()) == {"live": "UP", "ready": "DOWN", "started": "DOWN"}


def changes(records: list[dict[str, object]]) -> list[object]:
    """The states that a check came to, as they were told."""
    return [record["status"] for record in records if record["event"] == "check"]


def test_a_failure_counts_at_once_and_so_does_a_recovery() -> None:
    one = Dependency(**CRITICAL)
    records: list[dict[str, object]] = []
    with health_of(one, said=records.append) as health:
        for _ in range(5):  # flapping
            until(lambda: ready(health) == "UP")
            one.fails()
            until(lambda: ready(health) == "DOWN")
            one.works()
        until(lambda: len(changes(records)) >= 10)
    assert changes(records) == ["DOWN", "UP"] * 5


def test_a_hung_check_fails_and_is_not_started_again_beside_itself() -> None:
    one = Dependency(timeout=0.05, **CRITICAL)
    one.hangs.set()
    metrics = Metrics()
    with health_of(one, metrics=metrics) as health:
        until(lambda: health.snapshot().ready.words == "database: did not return within 0.05 s")
        time.sleep(0.5)  # ten periods
        assert one.asked == 1
        assert 'confcontract_checks_total{check="database",result="hung"} 1' in metrics.render()
        one.hangs.clear()
        one.freed.set()
        until(lambda: ready(health) == "UP")
    assert one.most_at_once == 1


def test_hung_checks_do_not_keep_others_from_being_evaluated() -> None:
    hung = [Dependency(f"hung {number}", timeout=0.05) for number in range(SIDE_BY_SIDE + 3)]
    for one in hung:
        one.hangs.set()
    works = Dependency("works", **CRITICAL)
    with health_of(*hung, works) as health:
        until(lambda: health.snapshot().started.status == "UP")
        before = works.asked
        until(lambda: works.asked > before + 3)


def test_no_more_checks_run_side_by_side_than_there_is_room_for() -> None:
    many = [Dependency(f"check {number}") for number in range(SIDE_BY_SIDE + 5)]
    for one in many:
        one.hangs.set()
    with health_of(*many):
        until(lambda: sum(one.asked for one in many) == SIDE_BY_SIDE)
        time.sleep(0.1)
        assert sum(one.asked for one in many) == SIDE_BY_SIDE
        many[0].freed.set()
        until(lambda: sum(one.asked > 0 for one in many) > SIDE_BY_SIDE)


@pytest.mark.parametrize("error", [ValueError(CANARY), SystemExit(CANARY)])
def test_a_check_that_raises_fails_and_says_so_without_the_text_of_the_error(error: BaseException) -> None:
    one = Dependency(**CRITICAL)
    one.problem = error  # type: ignore[assignment]
    with health_of(one) as health:
        until(lambda: ready(health) == "DOWN" and one.asked > 2)
        words = health.snapshot().ready.words
    assert words == f"database: the check itself failed ({type(error).__name__})"


def test_a_result_that_is_not_renewed_is_stale_and_stale_is_down() -> None:
    one = Dependency(timeout=4.0, period=0.01, phases=["ready", "live"], critical=["ready", "live"])
    with health_of(one) as health:
        until(lambda: ready(health) == "UP")
        health.stop()  # as if its thread had died
        until(lambda: ready(health) == "DOWN")
        assert "stale" in health.snapshot().ready.words
        assert health.snapshot().live.status == "DOWN"
    assert Health([one.plan]).snapshot().live.status == "UP"


def test_a_snapshot_is_the_same_object_until_something_changes_and_then_stays_as_it_was() -> None:
    with health_of() as health:
        first = health.snapshot()
        assert health.snapshot() is first
        health.note("secrets", "DOWN", "expired")
        assert health.snapshot() is not first
        assert first.ready.status == "UP"
        with pytest.raises(AttributeError):
            first.ready.status = "DOWN"  # type: ignore[misc]


def test_what_the_supervisor_notes_counts_for_ready_and_for_live_only_if_it_says_so() -> None:
    with health_of() as health:
        health.note("secrets", "DEGRADED", "the new password was refused")
        assert told(health.snapshot()) == {"live": "UP", "ready": "DEGRADED", "started": "UP"}
        health.note("secrets", "DOWN", "all leases are over")
        assert told(health.snapshot()) == {"live": "UP", "ready": "DOWN", "started": "UP"}
        health.note("secrets", "UP")
        health.note("application", "DOWN", "ended", live=False)
        assert told(health.snapshot()) == {"live": "DOWN", "ready": "DOWN", "started": "UP"}
        with pytest.raises(ValueError, match="'AWAY' is not a status"):
            health.note("application", "AWAY")


def test_started_is_remembered_and_to_be_earned_anew_after_a_restart() -> None:
    one, other = Dependency("database", **CRITICAL), Dependency("disk", **FOR_LIVE)
    other.fails()
    with health_of(one, other) as health:
        until(lambda: health.snapshot().started.words == "waiting for disk")
        other.works()
        until(lambda: health.snapshot().started.status == "UP")
        one.fails()
        until(lambda: ready(health) == "DOWN")
        assert health.snapshot().started.status == "UP"
        other.hangs.set()
        health.restarted()
        assert health.snapshot().started.words == "waiting for database, disk"
        other.freed.set()
        one.works()
        until(lambda: health.snapshot().started.status == "UP")


def test_a_check_that_began_before_a_restart_does_not_count_for_the_new_start() -> None:
    one = Dependency(period=3600.0, **CRITICAL)
    one.hangs.set()
    with health_of(one) as health:
        until(lambda: one.asked == 1)
        one.problem, again = None, one.asked
        health.restarted()
        one.freed.set()
        until(lambda: one.asked > again)  # at once, not in a minute
        until(lambda: health.snapshot().started.status == "UP")


def test_checks_that_only_degrade_are_not_waited_for() -> None:
    cache = Dependency("cache")
    cache.fails()
    with health_of(cache) as health:
        assert health.snapshot().started.status == "UP"


def test_each_check_has_a_schedule_of_its_own() -> None:
    often, seldom = Dependency("often", period=0.01), Dependency("seldom", period=3600.0)
    with health_of(often, seldom):
        until(lambda: often.asked > 20 and seldom.asked)
        assert seldom.asked == 1


def test_nothing_is_evaluated_after_the_end() -> None:
    others = set(threading.enumerate())
    one = Dependency(period=0.01)
    with health_of(one) as health:
        until(lambda: one.asked)
        health.stop()
        until(lambda: not set(threading.enumerate()) - others)  # what is under way ends by itself
        before = one.asked
        time.sleep(0.1)
        assert one.asked == before


def test_between_two_periods_no_thread_wakes() -> None:
    others = set(threading.enumerate())
    one = Dependency(period=3600.0)
    with health_of(one) as health:
        until(lambda: ready(health) == "UP" and one.asked)
        (thread,) = (each for each in set(threading.enumerate()) - others if each.name == "health")
        # what it still has to do now it does at some time; who wakes again and again never comes to rest
        until(lambda: _rests(f"/proc/self/task/{thread.native_id}/status"))


def _rests(path: str) -> bool:
    before = _switches(path)
    time.sleep(0.5)
    return _switches(path) == before


def _switches(path: str) -> int:
    with open(path, encoding="utf-8") as status:
        return sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)


def test_changes_are_told_once_with_the_verdicts_that_follow() -> None:
    one = Dependency(**CRITICAL)
    records: list[dict[str, object]] = []
    with health_of(one, said=records.append) as health:
        until(lambda: ready(health) == "UP")
        one.fails()
        until(lambda: ready(health) == "DOWN")
        until(lambda: changes(records) == ["DOWN"])
        before = one.asked
        until(lambda: one.asked > before + 5)
    told_of = [(record["event"], record["name"], record["status"]) for record in records]
    assert ("health", "ready", "UP") in told_of
    assert told_of[-2:] == [("check", "database", "DOWN"), ("health", "ready", "DOWN")]
    assert records[-1]["message"] == "database: connection refused"


def test_changes_are_told_in_their_order_however_slow_the_listener_is() -> None:
    one = Dependency(**CRITICAL)
    one.fails()
    records: list[dict[str, object]] = []
    asleep, awake = threading.Event(), threading.Event()

    def said(record: dict[str, object]) -> None:
        if changes([record]) == ["DOWN"]:
            asleep.set()
            awake.wait(SAFETY)
        records.append(record)

    with health_of(one, said=said) as health:
        until(asleep.is_set)
        one.works()
        until(lambda: ready(health) == "UP")
        before = one.asked
        until(lambda: one.asked > before + 2)
        awake.set()
        until(lambda: len(changes(records)) == 2)
    assert changes(records) == ["DOWN", "UP"]


def test_no_signal_is_delivered_to_a_thread_of_health() -> None:
    others = set(threading.enumerate())
    one = Dependency(period=3600.0)
    one.hangs.set()
    with health_of(one):
        until(lambda: one.asked)
        threads = set(threading.enumerate()) - others
        assert {thread.name for thread in threads} == {"health", "check database"}
        for thread in threads:
            with open(f"/proc/self/task/{thread.native_id}/status", encoding="utf-8") as status:
                (blocked,) = (int(line.split()[1], 16) for line in status if line.startswith("SigBlk"))
            # all but KILL and STOP, which nobody can, and those that the C library keeps
            assert [number for number in range(1, 32) if not blocked >> (number - 1) & 1] == [9, 19]


def test_other_plans_take_over_what_was_known_until_they_have_run() -> None:
    others = set(threading.enumerate())
    before, after = Dependency("database", **CRITICAL), Dependency("database", **CRITICAL)
    cache = Dependency("cache")
    after.hangs.set()
    cache.fails()
    with health_of(before) as health:
        until(lambda: told(health.snapshot())["started"] == "UP")
        health.replan([after.plan, cache.plan])
        until(lambda: ready(health) == "DEGRADED")
        assert told(health.snapshot())["started"] == "UP"
        # what was under way for the one before ends; the one after hangs
        until(lambda: after.asked and _named("check database", others) == 1)
        asked = before.asked
        after.freed.set()
        until(lambda: after.asked > 1)
        assert before.asked == asked


def _named(name: str, others: set[threading.Thread]) -> int:
    """How many threads of that name there are, without the others."""
    return sum(thread.name == name for thread in set(threading.enumerate()) - others)


def test_a_check_that_hangs_is_not_started_beside_itself_for_a_new_value_either() -> None:
    before, after = Dependency("database", timeout=0.1), Dependency("database", timeout=0.1)
    before.hangs.set()
    with health_of(before) as health:
        until(lambda: ready(health) == "DEGRADED")
        health.replan([after.plan])
        assert after.asked == 0
        assert ready(health) == "DEGRADED"
        before.freed.set()
        until(lambda: after.asked)
        until(lambda: ready(health) == "UP")


def test_a_check_that_is_no_more_is_not_measured_any_more() -> None:
    metrics = Metrics()
    one, other = Dependency("database"), Dependency("cache")
    with health_of(one, other, metrics=metrics) as health:
        until(lambda: metrics.render().count('phase="ready"} 1') == 2)
        health.replan([one.plan])
        assert 'confcontract_check_up{check="cache"' not in metrics.render()
        assert 'confcontract_check_duration_seconds{check="cache"' not in metrics.render()
        assert 'confcontract_check_up{check="database",phase="ready"} 1' in metrics.render()
