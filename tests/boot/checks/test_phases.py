"""Phases, what is critical in them, and what is left for a probe: nothing secret."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confcontract.boot.checks.attempt import TIMED_OUT, NotYet
from confcontract.boot.checks.plan import Plan, from_portable, plans, portable
from confcontract.boot.checks.progress import CheckChange
from confcontract.boot.checks.run import run_checks
from confcontract.checks import Amqp, Check, Command, Disk, Dns, File, Http, MySQL, Postgres, Python, Redis, Tcp, Tls
from confcontract.report.problem import ERROR, WARNING
from tests.support.ports import refusing_port
from tests.support.stage import (
    CANARY,
    FAST,
    PATIENT,
    Recorder,
    Times,
    answering,
    black_hole,
    listening,
    run,
    told,
    within,
)

LONG: Times = {"timeout": 30, "interval": 0.02, "deadline": 3600}


def planned(*checks: Check, phase: str = "ready", secret: bool = False, **environ: str) -> list[Plan]:
    variables = [{"name": name, "path": [name], "secret": secret} for name in environ]
    data = [check.as_data() for check in checks]
    found, problems = plans(data, environ, dict(environ), variables=variables, phase=phase)
    assert problems == []
    return found


def attempted(plan: Plan) -> str | None:
    return plan.attempt(time.monotonic() + 30)


# --- startup


def test_boot_runs_only_what_belongs_to_startup() -> None:
    assert run(Tcp("later", f"127.0.0.1:{refusing_port()}", phases=["ready", "live"], **LONG)) == []


def test_what_only_degrades_is_a_warning_and_is_not_waited_for() -> None:
    address = f"127.0.0.1:{refusing_port()}"
    problems, lines = told(Tcp("cache", address, critical=False, **LONG))
    assert [(problem.severity, problem.code) for problem in problems] == [(WARNING, "check-failed")]
    assert lines[-1].startswith(f"cache: {address} degraded after ")


def test_what_only_degrades_is_waited_for_as_long_as_the_others() -> None:
    came_up = threading.Event()

    class Watched(Recorder):
        def change(self, change: CheckChange) -> None:
            super().change(change)
            if (change.name, change.state) == ("degrading", "waiting"):
                late.listen()
            if (change.name, change.state) == ("degrading", "ready"):
                came_up.set()

    def slow(connection: socket.socket) -> None:
        came_up.wait(30)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with socket.socket() as late, answering(slow) as busy:
        late.bind(("127.0.0.1", 0))
        checks = [
            Tcp("degrading", f"127.0.0.1:{late.getsockname()[1]}", critical=["ready"], **LONG),
            Http("critical", f"http://127.0.0.1:{busy}", **PATIENT),
            Tcp("down", f"127.0.0.1:{refusing_port()}", critical=False, **LONG),
        ]
        problems = run_checks(within(checks), {}, {}, None, Watched())
    assert [problem.message.partition(":")[0] for problem in problems] == ["down"]


def test_one_that_degrades_and_hangs_does_not_hold_up_boot_beyond_its_attempt() -> None:
    with black_hole() as port:
        check = Tcp("cache", f"127.0.0.1:{port}", critical=False, timeout=0.2, interval=1, deadline=3600)
        [problem] = run(check, may_say=[TIMED_OUT])
    assert problem.severity == WARNING


def test_both_kinds_are_told_in_the_order_of_the_contract() -> None:
    address = f"127.0.0.1:{refusing_port()}"
    checks = [Tcp(f"c{number}", address, critical=number % 2 == 0, **FAST) for number in range(4)]
    assert [problem.severity for problem in run(*checks)] == [ERROR, WARNING, ERROR, WARNING]


def test_one_that_flaps_is_ready_when_it_is_seen_up() -> None:
    answers = iter([b"HTTP/1.1 503 No\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\n"])
    with answering(lambda connection: connection.sendall(next(answers, b""))) as port:
        assert run(Http("api", f"http://127.0.0.1:{port}", **PATIENT)) == []


@pytest.mark.parametrize("late", [0.0, 0.05])
def test_an_attempt_that_succeeds_as_the_deadline_is_met_counts(late: float, monkeypatch: pytest.MonkeyPatch) -> None:
    from confcontract.boot.checks import network

    def exactly(_endpoints: Any) -> Callable[[float], None]:
        return lambda until: time.sleep(max(until - time.monotonic(), 0) + late)

    monkeypatch.setattr(network, "tcp_attempt", exactly)
    check = Tcp("database", "db:1", timeout=60, interval=0.01, deadline=0.3).as_data()
    # Between the two moments there is a tenth of a second; on a full machine it takes luck to be on time.
    assert any(run_checks([check], {}, {}, None, None) == [] for _ in range(100))


# --- plans


def test_plans_are_those_of_one_phase() -> None:
    checks = [
        Tcp("both", "h:1"),
        Tcp("start", "h:1", phases=["startup"]),
        Tcp("live", "h:1", phases=["live"], critical=True),
    ]
    named = {phase: [plan.name for plan in planned(*checks, phase=phase)] for phase in ("startup", "ready", "live")}
    assert named == {"startup": ["both", "start"], "ready": ["both"], "live": ["live"]}


def test_a_shared_dependency_degrades_after_the_start_and_what_is_local_fails() -> None:
    everywhere = ("startup", "ready", "live")
    tcp, file = planned(Tcp("t", "h:1", phases=everywhere), File("f", "/", phases=everywhere, period=60))
    assert [set(tcp.critical), set(file.critical)] == [{"startup"}, set(everywhere)]
    assert (tcp.period, file.period) == (10, 60)


def test_a_check_of_a_contract_from_before_has_the_defaults() -> None:
    old = {"name": "db", "kind": "tcp", "target": "h:1", "timeout": 2, "interval": 1, "deadline": 3}
    [plan] = plans([old], {}, {}, phase="ready")[0]
    assert [set(plan.phases), set(plan.critical)] == [{"startup", "ready"}, {"startup"}]
    assert plan.period == 10
    assert plans([old], {}, {}, phase="live") == ([], [])


def test_what_is_not_set_is_left_out_and_what_leads_nowhere_is_a_problem() -> None:
    variables = [{"name": "UNSET", "path": ["unset"]}]
    data = [Tcp("skipped", "UNSET").as_data(), Tcp("nowhere", "redis://").as_data()]
    found, problems = plans(data, {}, {}, variables=variables, phase="ready")
    assert found == []
    assert [problem.message.partition(":")[0] for problem in problems] == ["nowhere"]


# --- what a probe needs


def carried(plan: Plan) -> Plan | None:
    """Through JSON, as a probe gets it; nothing secret is in it."""
    data = portable(plan)
    text = json.dumps(data)
    assert CANARY not in text
    return None if data is None else from_portable(json.loads(text))


def test_a_check_without_credentials_is_the_same_afterwards(tmp_path: Path) -> None:
    ok = b"HTTP/1.1 200 OK\r\n\r\nall is fine"
    with listening() as port, answering(lambda connection: connection.sendall(ok)) as web:
        checks = [
            Tcp("tcp", f"127.0.0.1:{port}", period=3),
            Dns("dns", "localhost"),
            Http("http", f"http://127.0.0.1:{web}/x", path="/y", body="fi.e", critical=True),
            File("file", str(tmp_path), require=["writable"]),
            Disk("disk", str(tmp_path), free="0.01%"),
        ]
        for plan in planned(*checks):
            after = carried(plan)
            assert after is not None
            attempted(after)
            words = ("name", "kind", "where", "verb", "variable", "phases", "critical", "timeout", "period")
            assert [getattr(after, word) for word in words] == [getattr(plan, word) for word in words]
            assert not plan.credentials
    for plan in planned(*checks[:1]):
        after = carried(plan)
        assert after is not None
        with pytest.raises(NotYet, match="connection refused"):
            attempted(after)


@pytest.mark.parametrize(
    ("check", "scheme"),
    [
        (Postgres("x", "X"), "postgresql"),
        (Redis("x", "X"), "redis"),
        (MySQL("x", "X"), "mysql"),
        (Amqp("x", "X"), "amqp"),
        (Http("x", "X"), "http"),
    ],
)
def test_one_that_logs_in_becomes_a_plain_connection(check: Check, scheme: str) -> None:
    with listening() as port:
        for secret in (True, False):
            url = f"{scheme}://u:{CANARY}@127.0.0.1:{port}/{CANARY}?token={CANARY}"
            [plan] = planned(check, secret=secret, X=url)
            after = carried(plan)
            assert plan.credentials
            assert after is not None
            assert (after.kind, attempted(after)) == (check.kind, None)


def test_a_secret_path_or_query_of_a_url_is_not_carried() -> None:
    with listening() as port:
        for url, secret in (
            (f"http://127.0.0.1:{port}/{CANARY}", True),
            (f"http://127.0.0.1:{port}/?k={CANARY}", False),
        ):
            [plan] = planned(Http("hook", "HOOK"), secret=secret, HOOK=url)
            after = carried(plan)
            assert after is not None
            attempted(after)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (Tcp("x", "X"), f"{CANARY}:80"),
        (Tls("x", "X"), f"{CANARY}:80"),
        (Dns("x", "X"), CANARY),
        (File("x", "X"), f"/{CANARY}"),
        (Disk("x", "X"), f"/{CANARY}"),
        (Command(["true", "x"], target="X"), CANARY),
        (Python("app:check", target="X"), CANARY),
    ],
)
def test_what_would_carry_a_secret_is_left_out(check: Check, value: str) -> None:
    [plan] = planned(check, secret=True, X=value)
    assert carried(plan) is None
    assert CANARY not in plan.where
