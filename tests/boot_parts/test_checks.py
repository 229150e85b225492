"""Checks against real sockets: what is ready, what comes up later, what never answers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypedDict

import pytest

from confcontract.boot.checks import attempt as attempts
from confcontract.boot.checks.run import run_checks
from confcontract.checks import File, Http, Tcp
from confcontract.problem import Problem

CANARY = "canary-c0de"


class Times(TypedDict):
    timeout: float
    interval: float
    deadline: float


FAST: Times = {"timeout": 5, "interval": 0.02, "deadline": 0.5}  # for what fails
PATIENT: Times = {"timeout": 30, "interval": 0.02, "deadline": 60}  # for what is ready at once


def run(*checks: Tcp | Http | File, deadline: float | None = None, **environ: str) -> list[Problem]:
    """The problems; the lines of progress are looked through for the secret as well."""
    lines: list[str] = []
    problems = run_checks([check.as_data() for check in checks], environ, {}, deadline, lines.append)
    assert CANARY not in str([problem.as_dict() for problem in problems]) + str(lines)
    return problems


@contextmanager
def listening(host: str = "127.0.0.1", backlog: int = 16) -> Iterator[int]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as server:
        server.bind((host, 0))
        server.listen(backlog)
        yield server.getsockname()[1]


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that neither accepts nor refuses: nobody accepts, and the queue is full."""
    with listening(backlog=0) as port:
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield port
        for filler in fillers:
            filler.close()


def free_port() -> int:
    with listening() as port:
        return port


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that hands each connection to `answer`, and closes it afterwards."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        answer(connection)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


class Recorder(BaseHTTPRequestHandler):
    seen: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status = int(self.path.rpartition("/")[2].partition("?")[0] or 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def http() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    class Handler(Recorder):
        pass

    Handler.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", Handler.seen
    server.shutdown()
    thread.join()
    server.server_close()


# --- tcp


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


def test_a_closed_port_names_check_variable_address_reason_and_remedy() -> None:
    port = free_port()
    [problem] = run(Tcp("database", "DB", **FAST), DB=f"postgresql://u:{CANARY}@127.0.0.1:{port}/{CANARY}?p={CANARY}")
    assert (problem.code, problem.severity, problem.variable) == ("check-failed", "error", "DB")
    assert problem.message.startswith(f"database: 127.0.0.1:{port} not reachable after 0.")
    assert problem.message.endswith(" s: connection refused")
    assert problem.hint is not None
    assert "DB" in problem.hint


def test_a_server_that_comes_up_later_is_waited_for() -> None:
    port = free_port()
    lines: list[str] = []
    came = threading.Event()

    def come_up(line: str) -> None:
        lines.append(line)
        if "waiting" in line:
            server.bind(("127.0.0.1", port))
            server.listen()
            came.set()

    check = Tcp("database", f"127.0.0.1:{port}", timeout=30, interval=0.01, deadline=60).as_data()
    with closing(socket.socket()) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        assert run_checks([check], {}, {}, None, come_up) == []
    assert came.is_set()
    assert lines[0] == f"database: waiting for 127.0.0.1:{port}: connection refused"
    assert lines[1].startswith(f"database: 127.0.0.1:{port} is ready after ")


def test_of_several_hosts_one_is_enough_even_behind_a_black_hole() -> None:
    with listening() as port, black_hole() as hole:
        several = f"postgresql://127.0.0.1:{free_port()},127.0.0.1:{hole},127.0.0.1:{port}/shop"
        assert run(Tcp("database", several, timeout=3, interval=0.01, deadline=60)) == []


def test_a_black_hole_times_out() -> None:
    with black_hole() as port:
        [problem] = run(Tcp("database", f"127.0.0.1:{port}", **FAST))
    assert problem.message.endswith("timed out")


def test_a_name_that_nobody_knows_says_so() -> None:
    [problem] = run(Tcp("database", "DB", timeout=5, interval=0.01, deadline=5), DB="redis://nobody.invalid")
    assert "nobody.invalid:6379" in problem.message
    assert problem.message.endswith(("host name not found", "the name server does not answer"))


def test_names_that_no_name_server_takes_say_so() -> None:
    [problem] = run(Tcp("database", "x" * 70 + ".example:1", **FAST))
    assert problem.message.endswith(("no valid host name", "host name not found"))


@pytest.mark.parametrize(
    ("target", "words"), [("redis://", "names no host"), ("h:x", "a port"), (f"p:{CANARY}@h", "a URL")]
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

    def connect_from_the_same_port(self: socket.socket, address: Any) -> None:
        self.bind(address)
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_from_the_same_port)
    with pytest.raises(attempts.NotYet, match="connection refused"):
        attempts.connect([("127.0.0.1", free_port())], time.monotonic() + 5)


# --- http


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
    assert problem.message.startswith(f"api: http://{host} not ready after 0.")
    assert problem.message.endswith("answered 503, expected 200")
    [problem] = run(Http("api", f"http://{host}", path="/503", status=[200, 204], **FAST))
    assert f"http://{host}/503 not ready" in problem.message
    assert problem.message.endswith("answered 503, expected 200 or 204")


def test_redirects_are_not_followed(http: tuple[str, list[Any]]) -> None:
    host, seen = http
    [problem] = run(Http("api", f"http://{host}/302", **FAST))
    assert problem.message.endswith("answered 302, expected 200, and redirects are not followed")
    assert {path for path, _ in seen} == {"/302"}


def test_a_server_that_never_answers_times_out() -> None:
    with listening() as port:
        [problem] = run(Http("api", f"http://127.0.0.1:{port}", **FAST))
    assert problem.message.endswith("timed out")


def test_a_server_that_drips_times_out() -> None:
    def drip(connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 1000:
            connection.send(bytes([byte]))
            time.sleep(0.05)

    with answering(drip) as port:
        [problem] = run(Http("api", f"http://127.0.0.1:{port}", **FAST))
    assert problem.message.endswith("timed out")


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

    class Handler(Recorder):
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


# --- file


def test_files_and_directories_are_checked(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    everything = ["exists", "readable", "writable"]
    assert (
        run(File("data", str(tmp_path), require=everything, **PATIENT), File("f", "F", **PATIENT), F=f"{tmp_path}/f")
        == []
    )
    [missing] = run(File("data", "DATA", **FAST), DATA=f"{tmp_path}/f/none")
    assert missing.variable == "DATA"
    assert missing.message.startswith(f"data: {tmp_path}/f/none not ready after 0.")
    assert missing.message.endswith("does not exist")


def test_a_file_that_the_user_may_not_write_or_read_says_so(tmp_path: Path) -> None:
    for directory in (tmp_path, *tmp_path.parents):
        if directory.stat().st_uid == os.geteuid() and directory.stat().st_mode & 0o077 == 0:
            directory.chmod(0o711)
    path = tmp_path / "f"
    path.touch()
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        problems = run(*(File(word, str(path), require=[word], **FAST) for word in ("exists", "readable", "writable")))
        me = os.geteuid()
    finally:
        os.seteuid(user)
    words = [problem.message.rpartition(": ")[2] for problem in problems]
    assert words == [f"is not readable by user {me}", f"is not writable by user {me}"]


# --- all of them


def test_checks_run_side_by_side() -> None:
    together = threading.Barrier(8)

    class Handler(Recorder):
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
    address = f"127.0.0.1:{free_port()}"
    problems = run(*(Tcp(f"c{number}", address, interval=0.1, deadline=0.3) for number in range(150)))
    assert [problem.message.partition(":")[0] for problem in problems] == [f"c{number}" for number in range(150)]


def test_the_overall_deadline_ends_all_of_them() -> None:
    with black_hole() as port:
        patient = Tcp("database", f"127.0.0.1:{port}", timeout=500, interval=500, deadline=500)
        refused = Tcp("cache", f"127.0.0.1:{free_port()}", timeout=500, interval=500, deadline=500)
        problems = run(patient, refused, deadline=0.2)
    assert [problem.message.rpartition(": ")[2] for problem in problems] == ["timed out", "connection refused"]


def test_without_time_a_check_fails_rather_than_passes() -> None:
    with listening() as port:
        [problem] = run(Tcp("database", f"127.0.0.1:{port}"), deadline=0)
    assert problem.message.endswith("no time was left for an attempt")


def test_a_variable_that_is_not_set_skips_the_check_and_says_so() -> None:
    lines: list[str] = []
    variables = [{"name": "SHOP_CACHE", "aliases": ["CACHE"], "path": ["cache"]}]
    check = Tcp("cache", "SHOP_CACHE", **FAST).as_data()
    unset: list[tuple[dict[str, str], dict[str, Any]]] = [
        ({}, {}),
        ({}, {"cache": None}),
        ({"CACHE": ""}, {}),
        ({"SHOP_CACHE": ""}, {"cache": ""}),
    ]
    for environ, values in unset:
        assert run_checks([check], environ, values, None, lines.append, variables=variables) == []
    assert set(lines) == {"cache: skipped, SHOP_CACHE is not set"}


def test_a_target_is_found_by_alias_in_the_settings_and_in_the_environment() -> None:
    variables = [{"name": "SHOP_DB__URL", "aliases": ["DB_URL"], "path": ["db", "url"]}]
    port = free_port()
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
    assert problem.message.endswith("the value of SHOP_DB__URL holds no text")


def test_a_kind_that_this_release_does_not_know_is_not_passed() -> None:
    [problem] = run_checks([{"name": "x", "kind": "grpc", "target": "h:1"}], {}, {}, None, None)
    assert problem.code == "check-failed"


def test_a_check_that_raises_fails_without_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(attempts, "connect", broken)
    [problem] = run(Tcp("database", "127.0.0.1:1", **FAST))
    assert problem.message.endswith("the check itself failed (RuntimeError)")


def test_a_hung_check_fails_at_its_deadline_and_is_never_started_beside_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    began: list[str] = []

    def hang(host: str, *arguments: object, **options: object) -> None:
        began.append(host)
        let_go.wait()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    problems = run(*(Tcp(f"c{number}", f"h{number}:1", **FAST) for number in range(100)))
    assert len(problems) == 100
    assert all(problem.message.endswith("the attempt did not come back") for problem in problems)
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
        assert process.wait(timeout=60) == 143


def test_a_hung_check_does_not_hold_up_the_exit() -> None:
    assert subprocess.run([sys.executable, "-c", PROGRAM, "0.2"], timeout=60, stdout=subprocess.DEVNULL).returncode == 0


def test_no_descriptor_is_left_open(http: tuple[str, list[Any]]) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    host, _ = http
    run(Tcp("a", host, **FAST))
    before = descriptors()
    run(Tcp("a", host, **FAST), Tcp("b", f"127.0.0.1:{free_port()}", **FAST), Http("c", f"http://{host}/500", **FAST))
    ours = 0
    for _ in range(100):  # the server closes its ends in threads of its own
        ours = descriptors()
        if ours <= before:
            break
        time.sleep(0.05)
    assert ours <= before


# --- declaring them


def test_checks_become_the_data_of_the_contract() -> None:
    times = {"timeout": 2.0, "interval": 0.5, "deadline": 30.0}
    tcp: dict[str, Any] = {"name": "database", "kind": "tcp", "target": "DB"}
    assert Tcp("database", "DB").as_data() == tcp | times
    http: dict[str, Any] = {"name": "api", "kind": "http", "target": "API", "status": [200], "path": "/healthz"}
    declared = Http("api", "API", path="/healthz", headers={"X": "1"}, timeout=1)
    assert declared.as_data() == http | times | {"headers": {"X": "1"}, "timeout": 1.0}
    file: dict[str, Any] = {"name": "data", "kind": "file", "target": "/data", "require": ["writable"]}
    assert File("data", "/data", require=["writable"]).as_data() == file | times
    assert repr(Tcp("database", "DB")) == "Tcp('database', 'DB')"


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Tcp("", "DB"),
        lambda: Tcp("a", " "),
        lambda: Tcp("a", f"redis://u:{CANARY}@h"),
        lambda: Tcp("a", "DB", timeout=0),
        lambda: Tcp("a", "DB", timeout=float("nan")),
        lambda: Tcp("a", "DB", deadline=-1),
        lambda: Tcp("a", "DB", interval=True),
        lambda: Http("a", "API", path="healthz"),
        lambda: Http("a", "API", path="/a b"),
        lambda: Http("a", "API", status=[]),
        lambda: Http("a", "API", status=[99]),
        lambda: Http("a", "API", headers={"Authorization": CANARY}),
        lambda: Http("a", "API", headers={"X": "1\r\nY: 2"}),
        lambda: File("a", "/x", require=["executable"]),
        lambda: File("a", "/x", require=[]),
        lambda: File("a", "/x", require="exists"),
    ],
)
def test_what_makes_no_sense_or_holds_credentials_is_refused_where_it_is_declared(declare: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"\S") as caught:
        declare()
    assert CANARY not in str(caught.value)
