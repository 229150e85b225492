"""Requests to real web servers, and to what is none."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from confcontract.boot.checks.attempt import TIMED_OUT
from confcontract.checks import Http
from confcontract.report.problem import Problem
from tests.support.stage import CANARY, FAST, PATIENT, SILENT, Request, answering, listening, run


def test_an_expected_status_is_ready_and_the_request_is_an_ordinary_one(http: tuple[str, list[Any]]) -> None:
    host, seen = http
    checks = [
        Http("plain", f"http://{host}", **PATIENT),
        Http("path", "API", path="/healthz/204?full=1", status=[200, 204], headers={"X-Probe": "1"}, **PATIENT),
    ]
    assert run(*checks, API=f"http://user:{CANARY}@{host}/api/?key={CANARY}") == []
    requests = dict(seen)
    assert requests["/"]["host"] == host
    probe = requests["/api/healthz/204?full=1"]
    assert (probe["x-probe"], probe["connection"]) == ("1", "close")
    assert probe["authorization"].startswith("Basic ")


def test_a_wrong_status_says_which_and_shows_neither_path_nor_query_of_the_variable(
    http: tuple[str, list[Any]],
) -> None:
    host, _ = http
    [problem] = run(Http("api", "API", **FAST), API=f"http://{CANARY}:{CANARY}@{host}/{CANARY}/503?{CANARY}")
    assert problem.message.startswith(f"api: http://{host} not ready after ")
    assert problem.message.endswith("answered 503, expected 200")
    [problem] = run(Http("api", f"http://{host}", path="/503", status=[200, 204], **FAST))
    assert f"http://{host}/503 not ready" in problem.message
    assert problem.message.endswith("answered 503, expected 200 or 204")


def test_the_body_is_searched_for_a_pattern_and_never_shown() -> None:
    near, far = b"x" * 60_000 + b"status: ok", b"x" * 70_000 + b"status: ok"
    missed = "the answer does not match 'status: (ok|fine)'"
    for body, said in ((near, []), (far, [missed]), (CANARY.encode(), [missed])):
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        found: list[str] = []
        with answering(lambda connection, answer=answer: connection.sendall(answer)) as port:  # type: ignore[misc]
            for deadline in (0.5, 5, 50):  # as long as it takes to search once
                check = Http(
                    "api",
                    f"http://127.0.0.1:{port}",
                    body="status: (ok|fine)",
                    timeout=60,
                    interval=0.02,
                    deadline=deadline,
                )
                found = [problem.message.rpartition(" s: ")[2] for problem in run(check)]
                if found in ([], [missed]):
                    break
        assert found == said


def test_a_last_search_that_is_cut_short_says_less_than_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from confcontract.host import trial
    from confcontract.host.sourcefile import OutOfTime

    searches = []

    def cut_short(search: Callable[[], Any], seconds: float) -> Any:
        searches.append(seconds)
        if len(searches) == 1:
            return search()
        raise OutOfTime

    monkeypatch.setattr(trial, "in_time", cut_short)
    found: list[Problem] = []
    with answering(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nno")) as port:
        for deadline in (0.5, 5, 50):  # as long as it takes to search twice
            if len(searches) < 2:
                searches.clear()
                check = Http(
                    "api", f"http://127.0.0.1:{port}", body="(a|b)", timeout=60, interval=0.02, deadline=deadline
                )
                found = run(check)
    assert found[0].message.endswith("the answer does not match '(a|b)'")


def test_redirects_are_not_followed(http: tuple[str, list[Any]]) -> None:
    host, seen = http
    [problem] = run(Http("api", f"http://{host}/302", **FAST))
    assert problem.message.endswith("answered 302, expected 200, and redirects are not followed")
    assert {path for path, _ in seen} == {"/302"}


def test_a_server_that_never_answers_times_out() -> None:
    with listening() as port:
        [problem] = run(Http("api", f"http://127.0.0.1:{port}", **SILENT), may_say=[TIMED_OUT])
    assert problem.message.endswith(TIMED_OUT)


def test_a_server_that_drips_times_out() -> None:
    def drip(connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 1000:
            connection.send(bytes([byte]))
            time.sleep(0.05)

    with answering(drip) as port:
        [problem] = run(Http("api", f"http://127.0.0.1:{port}", **SILENT), may_say=[TIMED_OUT])
    assert problem.message.endswith(TIMED_OUT)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "connection reset"),
        (b"SSH-2.0-OpenSSH\r\n", "no HTTP answer (BadStatusLine)"),
        (b"HTTP/1.1 200 OK\r\n" + b"X" * 70_000, "no HTTP answer (LineTooLong)"),
        (b"HTTP/1.1 999999 \r\n\r\n", "no HTTP answer (BadStatusLine)"),
    ],
)
def test_what_is_no_http_says_so(answer: bytes, words: str) -> None:
    with answering(lambda connection: connection.sendall(answer)) as port:
        [problem] = run(Http("api", f"http://127.0.0.1:{port}", timeout=5, interval=0.01, deadline=0.5))
    assert problem.message.endswith((words, "connection reset by peer"))


def test_interim_answers_are_not_the_answer() -> None:
    answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    with answering(lambda connection: connection.sendall(answer)) as port:
        assert run(Http("api", f"http://127.0.0.1:{port}", **PATIENT)) == []


def test_https_is_verified(tmp_path: Path) -> None:
    import shutil
    import ssl

    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=shop", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*command, "-keyout", key, "-out", certificate, *subject], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that does not trust the certificate goes away

    class Handler(Request):
        pass

    Handler.seen = []
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        check = Http("api", f"https://127.0.0.1:{server.server_port}", **PATIENT)
        assert run(check, SSL_CERT_FILE=str(certificate)) == []
        short = Http("api", check.target, timeout=5, interval=0.1, deadline=0.5)
        [untrusted] = run(short)
        assert "certificate not trusted: self" in untrusted.message
        assert "SSL_CERT_FILE" in str(untrusted.hint)
        [wrong_host] = run(
            Http("api", f"https://localhost:{server.server_port}", timeout=5, interval=0.1, deadline=0.5),
            SSL_CERT_FILE=str(certificate),
        )
        assert "certificate not trusted: Hostname mismatch" in wrong_host.message
        [no_file] = run(short, SSL_CERT_FILE="/nowhere")
        assert "SSL_CERT_FILE can't be used: no such file" in no_file.message
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_https_to_a_server_without_tls_says_so(http: tuple[str, list[Any]]) -> None:
    with answering(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        [problem] = run(Http("api", f"https://127.0.0.1:{port}", timeout=5, interval=0.1, deadline=0.5))
    assert "TLS failed: " in problem.message or "connection reset" in problem.message


@pytest.mark.parametrize("target", ["redis://h", "h:80", "http://a,b"])
def test_what_is_no_web_address_is_a_problem_of_its_variable(target: str) -> None:
    [problem] = run(Http("api", "API", **FAST), API=target)
    assert problem.variable == "API"
    assert problem.message.startswith("api: can't be checked, because the value of API ")
