"""Many checks at once: side by side, one deadline, the hung, the broken, the skipped."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from confcontract.boot.checks import attempt as attempts
from confcontract.boot.checks.attempt import TIMED_OUT
from confcontract.boot.checks.run import run_checks
from confcontract.checks import Http, Tcp
from confcontract.report.problem import Problem
from tests.support.ports import refusing_port
from tests.support.stage import (
    CANARY,
    FAST,
    HUNG,
    NO_TIME,
    PATIENT,
    Recorder,
    Request,
    black_hole,
    listening,
    patiently,
    run,
    within,
)
from tests.support.vault.openbao import PATIENCE, until


def test_checks_run_side_by_side() -> None:
    together = threading.Barrier(8)

    class Handler(Request):
        def do_GET(self) -> None:
            together.wait()  # answers nobody until all eight have asked
            super().do_GET()

    Handler.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    assert run(*(Http(f"c{number}", address, **PATIENT) for number in range(8))) == []
    server.shutdown()
    thread.join()
    server.server_close()


def test_more_checks_than_threads_are_all_told_in_the_order_of_the_contract() -> None:
    address = f"127.0.0.1:{refusing_port()}"
    problems = run(
        *(Tcp(f"c{number}", address, interval=0.1, deadline=0.3) for number in range(150)), may_say=[NO_TIME, HUNG]
    )
    assert [problem.message.partition(":")[0] for problem in problems] == [f"c{number}" for number in range(150)]


def test_the_overall_deadline_ends_all_of_them() -> None:
    def ask(longer: int) -> list[Problem]:
        found.clear()
        found.extend(run_checks([patient, refused], {}, {}, 0.2 * longer, None))
        return found[1:]

    found: list[Problem] = []
    with black_hole() as port:
        patient = Tcp("database", f"127.0.0.1:{port}", timeout=500, interval=500, deadline=500).as_data()
        refused = Tcp("cache", f"127.0.0.1:{refusing_port()}", timeout=500, interval=500, deadline=500).as_data()
        patiently(ask)
    silent, closed = (problem.message.rpartition(": ")[2] for problem in found)
    assert silent in (TIMED_OUT, HUNG)  # whichever side is heard first
    assert closed == "connection refused"


def test_without_time_a_check_fails_rather_than_passes() -> None:
    with listening() as port:
        [problem] = run_checks([Tcp("database", f"127.0.0.1:{port}").as_data()], {}, {}, 0, None)
    assert problem.message.endswith((NO_TIME, HUNG))  # whichever side is heard first


def test_a_variable_that_is_not_set_skips_the_check_and_says_so() -> None:
    recorder = Recorder()
    variables = [{"name": "SHOP_CACHE", "aliases": ["CACHE"], "path": ["cache"]}]
    check = Tcp("cache", "SHOP_CACHE", **FAST).as_data()
    unset: list[tuple[dict[str, str], dict[str, Any]]] = [
        ({}, {}),
        ({}, {"cache": None}),
        ({"CACHE": ""}, {}),
        ({"SHOP_CACHE": ""}, {"cache": ""}),
    ]
    for environ, values in unset:
        assert run_checks([check], environ, values, None, recorder, variables=variables) == []
    assert set(recorder.lines) == {"cache: skipped, SHOP_CACHE is not set"}


def test_a_target_is_found_by_alias_in_the_settings_and_in_the_environment() -> None:
    variables = [{"name": "SHOP_DB__URL", "aliases": ["DB_URL"], "path": ["db", "url"]}]
    port = refusing_port()
    address = f"redis://127.0.0.1:{port}"
    sources: list[tuple[dict[str, str], dict[str, Any]]] = [
        ({}, {"db": {"url": address}}),
        ({}, {"db": {"url": [address]}}),
        ({"DB_URL": address}, {}),
        ({"SHOP_DB__URL": address}, {"db": {}}),
    ]
    check = Tcp("database", "DB_URL", **FAST).as_data()
    for environ, values in sources:
        [problem] = run_checks([check], environ, values, None, None, variables=variables)
        assert problem.variable == "SHOP_DB__URL"
        assert f"127.0.0.1:{port} not reachable" in problem.message
    [problem] = run_checks([check], {}, {"db": {"url": 5}}, None, None, variables=variables)
    assert problem.message.endswith("the value of SHOP_DB__URL has no port")


def test_a_kind_that_this_release_does_not_know_is_not_passed() -> None:
    [problem] = run_checks([{"name": "x", "kind": "carrier-pigeon", "target": "h:1"}], {}, {}, None, None)
    assert problem.code == "check-failed"


@pytest.mark.parametrize("error", [RuntimeError, SystemExit, asyncio.CancelledError])
def test_a_check_that_raises_fails_without_its_text(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def broken(*arguments: object) -> None:
        raise error(CANARY)

    monkeypatch.setattr(attempts, "connect", broken)
    [problem] = run(Tcp("database", "127.0.0.1:1", **FAST))
    assert problem.message.endswith(f"the check itself failed ({error.__name__})")


def test_a_hung_check_fails_at_its_deadline_and_is_never_started_beside_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    began: list[str] = []

    def hang(host: str, *arguments: object, **options: object) -> None:
        began.append(host)
        let_go.wait()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", hang)

    def ask(longer: int) -> list[Problem]:
        began.clear()
        return run_checks(within(checks, longer), {}, {}, None, None)

    checks = [Tcp(f"c{number}", f"h{number}:1", **FAST) for number in range(100)]
    problems = patiently(ask, may_say=[HUNG])
    assert len(problems) == 100
    assert all(problem.message.endswith(HUNG) for problem in problems)
    assert sorted(began) == sorted(f"h{number}" for number in range(100))
    hung = [thread for thread in threading.enumerate() if thread.name.startswith("check c")]
    assert all(thread.daemon for thread in hung)
    let_go.set()
    for thread in hung:
        thread.join()


PROGRAM = """
import signal, socket, sys, threading, time
def ended(*arguments):
    sys.exit(143)
signal.signal(signal.SIGTERM, ended)
def hang(*arguments, **options):
    print("hanging", flush=True)
    time.sleep(1000)
socket.getaddrinfo = hang
from confcontract.boot.checks.run import run_checks
run_checks([{"name": "x", "kind": "tcp", "target": "h:1", "timeout": 900, "deadline": float(sys.argv[1])}], {}, {}, None, None)
"""


def test_a_signal_ends_the_wait_at_once_even_while_a_check_hangs() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, "900"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"hanging\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 143


def test_a_hung_check_does_not_hold_up_the_exit() -> None:
    argv = [sys.executable, "-c", PROGRAM, "0.2"]
    assert subprocess.run(argv, timeout=PATIENCE, stdout=subprocess.DEVNULL).returncode == 0


def test_no_descriptor_is_left_open(http: tuple[str, list[Any]]) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    host, _ = http
    closed = f"127.0.0.1:{refusing_port()}"
    run(Tcp("a", host, **PATIENT))
    before = descriptors()
    run(Tcp("a", host, **PATIENT), Tcp("b", closed, **FAST), Http("c", f"http://{host}/500", **FAST))
    until(lambda: descriptors() <= before)  # the server closes its ends in threads of its own


def test_a_login_that_is_refused_is_tried_again_ever_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    from queue import SimpleQueue

    from confcontract.boot.checks.attempt import LoginRefused
    from confcontract.boot.checks.plan import Plan, Target
    from confcontract.boot.checks.run import LONGEST_PAUSE, _keep_trying

    now, waited = 0.0, []

    class Stop:
        def is_set(self) -> bool:
            return False

        def wait(self, seconds: float) -> None:
            nonlocal now
            now += seconds
            waited.append(seconds)

    def refuses(_until: float) -> str | None:
        raise LoginRefused("refuses the login")

    monkeypatch.setattr("time.monotonic", lambda: now)
    check = {"name": "db", "kind": "tcp", "interval": 0.5, "timeout": 1.0}
    _keep_trying(Plan(check, None, Target(refuses, "db", None)), 40.0, SimpleQueue(), Stop())  # type: ignore[arg-type]
    assert waited[:5] == [1, 2, 4, 8, 8]
    assert max(waited) == LONGEST_PAUSE
