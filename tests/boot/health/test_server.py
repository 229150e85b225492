"""Health over HTTP: paths, formats, statuses, and clients that are slow, many or up to something."""

from __future__ import annotations

import os
import socket
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from confcontract.boot.checks.attempt import NotYet
from confcontract.boot.health import request, serving
from confcontract.boot.health.accept import preferred
from confcontract.boot.health.answers import FORMATS
from confcontract.boot.health.health import Health
from confcontract.boot.health.listening import parse
from confcontract.boot.health.metrics import Metrics
from confcontract.boot.health.serving import THREADS, Server
from confcontract.report.errors import UsageError
from tests.boot.health.asking import (
    CANARY,
    SAFETY,
    Answer,
    Client,
    Dependency,
    health_of,
    openmetrics,
    ready,
    served,
    until,
)
from tests.support.vault.openbao import free_port

CRITICAL: dict[str, Any] = {"phases": ["startup", "ready"], "critical": ["startup", "ready"]}
PATHS = ("/health", "/health/live", "/health/ready", "/health/started")


@pytest.mark.parametrize("path", PATHS)
def test_every_path_is_up_where_all_is_well(path: str) -> None:
    with health_of() as health, served(health) as client:
        answer = client.ask(path)
        assert (answer.status, answer.kind, answer.data["status"]) == (200, "application/json", "UP")
        probes = [path.rpartition("/")[2]] if path != "/health" else ["live", "ready", "started"]
        assert [entry["name"] for entry in answer.data["checks"]] == probes


def test_each_path_is_about_its_own_verdict() -> None:
    one = Dependency(**CRITICAL)
    one.fails()
    with health_of(one) as health, served(health) as client:
        until(lambda: one.asked)
        assert [client.ask(path).status for path in PATHS] == [503, 200, 503, 503]


def test_degraded_is_up_with_the_word() -> None:
    cache = Dependency("cache")
    cache.fails()
    with health_of(cache) as health, served(health) as client:
        until(lambda: ready(health) == "DEGRADED")
        answer = client.ask("/health/ready")
        assert (answer.status, answer.data["status"]) == (200, "UP")
        assert answer.named("ready") == {"name": "ready", "status": "UP", "data": {"state": "degraded"}}
        draft = client.ask("/health/ready", Accept="application/health+json")
        assert (draft.status, draft.data) == (200, {"status": "warn"})


def test_details_are_told_only_where_they_are_asked_for() -> None:
    one = Dependency(**CRITICAL)
    one.fails("certificate not trusted: expired")
    with health_of(one) as health, served(health) as client:
        until(lambda: "certificate" in health.snapshot().ready.words)
        for accept in FORMATS:
            for path in (*PATHS, "/health?details=0", "/health/ready?verbose"):
                assert "certificate" not in client.ask(path, Accept=accept).body
            assert "certificate" in client.ask("/health?details", Accept=accept).body
        entry = client.ask("/health?details").named("database")
        assert (entry["status"], entry["data"]["state"]) == ("DOWN", "down")
        assert entry["data"]["target"] == "db.example.com:5432"
        assert entry["data"]["variable"] == "SHOP_DATABASE_URL"
        assert entry["data"]["message"] == "certificate not trusted: expired"
        draft = client.ask("/health?details", Accept="application/health+json").data
        assert draft["output"].startswith("ready: database: certificate not trusted")
        assert draft["checks"]["database"][0]["status"] == "fail"
        assert draft["checks"]["application"] == [{"status": "pass"}]


def test_a_check_without_a_result_yet_is_called_unknown() -> None:
    one = Dependency(phases=["live"], critical=["live"])
    one.hangs.set()
    with health_of(one) as health, served(health) as client:
        assert client.ask("/health/live?details").named("database")["data"]["state"] == "unknown"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/health+json", "application/health+json"),
        ("application/json;q=0.5, application/health+json", "application/health+json"),
        ("application/health+json;q=0, */*", "application/json"),
        ("text/plain", "text/plain"),
        ("text/html", "application/json"),
        ("nonsense;q=x,,;", "application/json"),
    ],
)
def test_the_client_gets_the_format_that_it_likes_best(accept: str | None, kind: str) -> None:
    assert preferred(accept, FORMATS) == kind


def test_metrics_come_in_the_format_that_the_client_reads() -> None:
    metrics = Metrics()
    one = Dependency(**CRITICAL)
    with health_of(one, metrics=metrics) as health, served(health, metrics) as client:
        until(lambda: ready(health) == "UP")
        modern = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
        for accept in ({}, {"Accept": modern}):
            answer = client.ask("/metrics", **accept)
            assert answer.kind == "application/openmetrics-text; version=1.0.0; charset=utf-8"
            assert answer.body.endswith("# EOF\n")
            samples = {
                (sample.name, sample.labels.get("phase")): sample.value
                for family in openmetrics(answer.body)
                for sample in family.samples
            }
            assert samples["confcontract_check_up", "ready"] == 1
        older = client.ask("/metrics", Accept="text/plain")
        assert older.kind == "text/plain; version=0.0.4; charset=utf-8"
        assert "# EOF" not in older.body
        one.fails()
        until(lambda: ready(health) == "DOWN")
        assert 'confcontract_check_up{check="database",phase="ready"} 0' in client.ask("/metrics").body


def test_head_has_the_headers_of_get_and_no_body() -> None:
    with health_of() as health, served(health) as client:
        for path in (*PATHS, "/metrics", "/nothing"):
            get, head = client.ask(path), client.ask(path, "HEAD")
            assert head.body == ""
            assert head.status == get.status
            assert head.headers["Content-Length"] == str(len(get.body)) == get.headers["Content-Length"]
            assert head.kind == get.kind


@pytest.mark.parametrize("path", ["/", "/health/", "/health/nothing", "/health/ready/", "/metrics/", "/../health"])
def test_other_paths_are_not_found_in_json(path: str) -> None:
    with health_of() as health, served(health) as client:
        answer = client.ask(path)
        assert (answer.status, answer.kind, answer.data) == (404, "application/json", {"error": "not found"})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "NONSENSE"])
def test_other_methods_are_not_allowed_in_json(method: str) -> None:
    with health_of() as health, served(health) as client:
        answer = client.ask("/health", method, body="x" * 5_000)
        assert (answer.status, answer.data) == (405, {"error": "method not allowed"})
        assert answer.headers["Allow"] == "GET, HEAD"


def test_no_answer_may_be_stored_or_read_by_another_origin() -> None:
    with health_of() as health, served(health) as client:
        headers = client.ask("/health", Origin="https://evil.example").headers
        assert headers["Cache-Control"] == "no-store"
        assert not [name for name in headers if name.lower().startswith("access-control")]
        assert headers["Server"] == "confcontract"


@pytest.mark.parametrize("host", ["localhost", "localhost:9321", "127.0.0.1:1", "[::1]:9321", "127.0.0.53"])
def test_on_loopback_its_own_names_are_served(host: str) -> None:
    with health_of() as health, served(health) as client:
        assert client.ask("/health", Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:9321", "[::2]", ""])
def test_on_loopback_a_foreign_name_is_not_served(host: str) -> None:
    with health_of() as health, served(health) as client:
        answer = client.ask("/health", Host=host)
        assert (answer.status, answer.data) == (421, {"error": "misdirected request"})


def test_on_an_address_of_the_network_any_name_is_served() -> None:
    with health_of() as health, served(health, address="0.0.0.0:0") as client:
        assert client.ask("/health", Host="shop.example.com").status == 200


def test_ipv6_alone_is_enough() -> None:
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("this machine has no IPv6")
    with health_of() as health, served(health, address="[::1]:0") as client:
        assert client.where.startswith("[::1]:")
        assert client.ask("/health/live").status == 200


def test_what_could_not_be_determined_is_a_500_without_the_reason_for_it() -> None:
    class Broken(Health):
        def snapshot(self) -> Any:
            raise ValueError(CANARY)

    metrics = Metrics()
    with health_of() as health, served(Broken([]), metrics) as client:
        for path in PATHS:
            answer = client.ask(path)
            assert (answer.status, answer.data["status"]) == (500, "DOWN")
            assert CANARY not in answer.body
        metrics.set_function("confcontract_token_seconds_left", lambda: float(CANARY))
        assert (client.ask("/metrics").status, client.ask("/metrics").data) == (500, {"error": "internal server error"})
    assert ready(health) == "UP"


def test_a_hundred_probes_at_once_are_answered_without_one_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "SECONDS", SAFETY)  # clients of a machine that stands still are not slow clients
    monkeypatch.setattr(serving, "PATIENCE", SAFETY)
    one = Dependency(period=3600.0, **CRITICAL)
    with health_of(one) as health, served(health) as client:
        until(lambda: ready(health) == "UP")
        answers: list[Answer] = []
        together = threading.Barrier(100)

        def probe() -> None:
            together.wait(SAFETY)
            answers.append(client.ask("/health/ready"))

        threads = [threading.Thread(target=probe) for _ in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SAFETY)
        assert [answer.status for answer in answers] == [200] * 100
        assert one.asked == 1


def test_a_client_that_sends_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "SECONDS", 0.2)
    with health_of() as health, served(health) as client, client.connect() as silent:
        assert silent.recv(1) == b""


def test_a_client_that_sends_a_byte_now_and_then_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "SECONDS", 0.3)
    with health_of() as health, served(health) as client, client.connect() as slow:
        slow.sendall(b"GET /health HTTP/1.1\r\nX: ")
        slow.settimeout(0.02)
        for _ in range(1_000):
            try:
                slow.send(b"x")
                assert slow.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                pass  # reset
            break
        else:
            raise AssertionError("it may go on for ever")


def test_slow_clients_do_not_keep_a_probe_from_its_answer() -> None:
    """They take every thread, and more wait; those are dropped that have waited longest for their own request."""
    with health_of() as health, served(health) as client:
        slow = [client.connect() for _ in range(THREADS + 20)]
        for connection in slow:
            connection.sendall(b"GET /health")
        assert client.ask("/health/live").status == 200
        for connection in slow:
            connection.close()


def test_a_request_has_an_end_however_much_is_sent() -> None:
    with health_of() as health, served(health) as client, client.connect() as connection:
        try:
            connection.sendall(b"GET /health HTTP/1.1\r\n" + b"X: y\r\n" * 100_000)
            received = connection.recv(100)
        except ConnectionError:
            received = b""
        assert received[:12] in (b"HTTP/1.1 431", b"")
        assert client.ask("/health").status == 200


@pytest.mark.parametrize(
    "sent",
    [
        *(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"),
        b"GET http://[nonsense/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_no_http_is_answered_in_our_own_words(sent: bytes) -> None:
    with health_of() as health, served(health) as client, client.connect() as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert b'{"error": "' in received
        assert b"nonsense" not in received


def test_a_unix_socket_serves_the_same_and_goes_when_the_server_goes(tmp_path: Path) -> None:
    path = tmp_path / ("long" * 30) / "health.sock"  # longer than an address may be
    path.parent.mkdir()
    with health_of() as health:
        made = Server(health, Metrics(), f"unix:{path}")
        made.start()
        assert stat.S_ISSOCK(path.lstat().st_mode)
        here = os.getcwd()
        os.chdir(path.parent)
        try:
            assert Client("unix:health.sock").ask("/health/ready", Host="anything").status == 200
        finally:
            os.chdir(here)
            made.stop()
        assert not path.exists()


def test_the_socket_of_a_server_that_was_killed_is_replaced_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "health.sock"
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    with health_of() as health, served(health, address=f"unix:{path}") as client:
        with pytest.raises(UsageError, match="address already in use"):
            Server(health, Metrics(), f"unix:{path}").start()
        assert client.ask("/health/live").status == 200


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("mine")
    with health_of() as health, pytest.raises(UsageError, match="address already in use"):
        Server(health, Metrics(), f"unix:{path}").start()
    assert path.read_text() == "mine"


def test_a_port_that_is_taken_is_a_usage_error_that_names_it() -> None:
    with health_of() as health, served(health) as client, pytest.raises(UsageError) as taken:
        Server(health, Metrics(), client.where).start()
    assert str(taken.value) == f"--health-addr {client.where}: address already in use"


def test_a_server_can_be_stopped_and_its_port_taken_again() -> None:
    with health_of() as health:
        with served(health, address=f"127.0.0.1:{free_port()}") as client:
            assert client.ask("/health").status == 200
        with pytest.raises(ConnectionRefusedError):
            client.connect()
        with served(health, address=client.where) as again:
            assert again.ask("/health").status == 200


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9000", "127.0.0.1:9000"),
        (":9000", "127.0.0.1:9000"),
        ("0.0.0.0:9000", "0.0.0.0:9000"),
        ("[::1]:9000", "[::1]:9000"),
        ("localhost:9000", "localhost:9000"),
        ("unix:/run/health.sock", "unix:/run/health.sock"),
    ],
)
def test_addresses_that_are_understood(text: str, address: str) -> None:
    assert str(parse(text)) == address


@pytest.mark.parametrize("text", ["", "localhost", "localhost:", "::1:9000", "[::1", "1.2.3.4:70000", "a:-1", "unix:x"])
def test_addresses_that_are_not(text: str) -> None:
    with pytest.raises(UsageError, match="--health-addr"):
        parse(text)


def test_no_answer_shows_what_an_error_held() -> None:
    broken, failing = Dependency("broken", **CRITICAL), Dependency("failing", **CRITICAL)
    broken.problem = ValueError(f"postgres://u:{CANARY}@h/db")
    failing.problem = NotYet("password refused")
    metrics = Metrics()
    records: list[dict[str, object]] = []
    with health_of(broken, failing, metrics=metrics, said=records.append) as health, served(health, metrics) as client:
        until(lambda: broken.asked > 1 and failing.asked > 1)
        shown = [
            client.ask(path + query, method, Accept=accept).body
            for path in (*PATHS, "/metrics", f"/{CANARY[:0]}nothing")
            for query in ("", "?details")
            for method in ("GET", "POST")
            for accept in FORMATS
        ]
    assert "password refused" in "".join(shown)
    assert CANARY not in "".join(shown) + repr(records) + metrics.render()
