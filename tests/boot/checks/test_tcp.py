"""Plain connections: what is ready, what comes up later, what never answers."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from confcontract.boot.checks import attempt as attempts
from confcontract.boot.checks.progress import CheckChange
from confcontract.boot.checks.run import run_checks
from confcontract.checks import Redis, Tcp
from tests.support.ports import refusing_port
from tests.support.stage import CANARY, FAST, PATIENT, SILENT, Recorder, black_hole, listening, run


def test_a_listening_port_is_ready() -> None:
    with listening() as port:
        assert run(Tcp("database", "DB", **PATIENT), DB=f"postgresql://u:{CANARY}@127.0.0.1:{port}/shop") == []


def test_an_ipv6_only_host_is_reached() -> None:
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("IPv6 is missing on this machine")
    with listening("::1") as port:
        assert run(Tcp("database", f"[::1]:{port}", **PATIENT)) == []


def test_a_unix_socket_is_reached(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        assert run(Tcp("cache", f"unix://{tmp_path}/s", **PATIENT)) == []
    (tmp_path / "s").unlink()
    [problem] = run(Tcp("cache", f"unix://{tmp_path}/s", **FAST))
    assert "no such file or directory" in problem.message


def test_a_path_that_no_unix_socket_can_have_says_so() -> None:
    [problem] = run(Tcp("cache", f"unix:///{'x' * 200}", **FAST))
    assert problem.message.endswith("the path is longer than that of a Unix socket can be")


def test_of_several_urls_in_a_list_one_is_enough_and_a_login_takes_one() -> None:
    variables = [{"name": "CACHES", "path": ["caches"]}]
    with listening() as port:
        values = {"caches": [f"redis://127.0.0.1:{refusing_port()}/0", f"redis://:{CANARY}@127.0.0.1:{port}/1"]}
        plain, login = Tcp("plain", "CACHES", **PATIENT).as_data(), Redis("login", "CACHES", **PATIENT).as_data()
        [problem] = run_checks([plain, login], {}, values, None, None, variables=variables)
    said = "login: can't be checked, because the value of CACHES has several URLs; a login needs exactly one"
    assert problem.message == said


def test_a_closed_port_names_check_variable_address_reason_and_remedy() -> None:
    port = refusing_port()
    [problem] = run(Tcp("database", "DB", **FAST), DB=f"postgresql://u:{CANARY}@127.0.0.1:{port}/{CANARY}?p={CANARY}")
    assert (problem.code, problem.severity, problem.variable) == ("check-failed", "error", "DB")
    assert problem.message.startswith(f"database: 127.0.0.1:{port} not reachable after ")
    assert problem.message.endswith(" s: connection refused")
    assert problem.hint is not None
    assert "DB" in problem.hint


def test_a_server_that_comes_up_later_is_waited_for() -> None:
    came = threading.Event()

    class ComesUp(Recorder):
        def change(self, change: CheckChange) -> None:
            super().change(change)
            if change.state == "waiting":
                server.listen()
                came.set()

    recorder = ComesUp()
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        check = Tcp("database", f"127.0.0.1:{port}", **PATIENT).as_data()
        assert run_checks([check], {}, {}, None, recorder) == []
    assert came.is_set()
    assert recorder.lines[0] == f"database: waiting for 127.0.0.1:{port}: connection refused"
    assert recorder.lines[1].startswith(f"database: 127.0.0.1:{port} is ready after ")


def test_of_several_hosts_one_is_enough_even_behind_a_black_hole() -> None:
    with listening() as port, black_hole() as hole:
        several = f"postgresql://127.0.0.1:{refusing_port()},127.0.0.1:{hole},127.0.0.1:{port}/shop"
        assert run(Tcp("database", several, timeout=3, interval=0.01, deadline=120)) == []


def test_a_black_hole_times_out() -> None:
    with black_hole() as port:
        [problem] = run(Tcp("database", f"127.0.0.1:{port}", **SILENT), may_say=[attempts.TIMED_OUT])
    assert problem.message.endswith(attempts.TIMED_OUT)


def test_a_name_that_nobody_knows_says_so() -> None:
    [problem] = run(Tcp("database", "DB", timeout=1, interval=0.01, deadline=1), DB="redis://nobody.invalid")
    assert "nobody.invalid:6379" in problem.message
    assert problem.message.endswith(("host name not found", "the name server does not respond"))


def test_names_that_no_name_server_takes_say_so() -> None:
    [problem] = run(Tcp("database", "x" * 70 + ".example:1", **FAST))
    assert problem.message.endswith(("not a valid host name", "host name not found"))


@pytest.mark.parametrize(
    ("target", "words"), [("redis://", "has no host"), ("h:x", "a port"), (f"p:{CANARY}@h", "a URL")]
)
def test_a_value_that_leads_nowhere_is_a_problem_of_its_variable(target: str, words: str) -> None:
    [problem] = run(Tcp("cache", "CACHE", **FAST), CACHE=target)
    assert problem.variable == "CACHE"
    assert problem.message.startswith("cache: can't be checked, because the value of CACHE ")
    assert words in problem.message
    assert problem.hint == "correct CACHE"


def test_a_torn_password_is_not_taken_for_a_host_that_may_be_shown() -> None:
    [problem] = run(Tcp("database", "DB", **FAST), DB=f"postgres://{CANARY}:12/3@db/shop")
    assert "the address in DB not reachable" in problem.message


def test_a_connection_to_oneself_is_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect_from_the_same_port(self: socket.socket, _address: Any) -> None:
        self.bind(("127.0.0.1", 0))
        real(self, self.getsockname())

    monkeypatch.setattr(socket.socket, "connect", connect_from_the_same_port)
    with pytest.raises(attempts.NotYet, match="connection refused"):
        attempts.connect([("127.0.0.1", 1)], time.monotonic() + 60)
