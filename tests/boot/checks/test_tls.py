"""Handshakes with real certificates: trusted or not, for this host or another, for how long still."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from confcontract.checks import Tls
from tests.support.ports import refusing_port
from tests.support.stage import CANARY, FAST, PATIENT, Times, answering, run, told

Certificate = Callable[[int], tuple[Path, Path]]
SOON: Times = {"timeout": 30, "interval": 0.1, "deadline": 1}


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Makes one for 127.0.0.1 that is valid for so many days (0: has expired already); returns it and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")

    def make(days: int) -> tuple[Path, Path]:
        key, made = tmp_path / f"key{days}.pem", tmp_path / f"cert{days}.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-subj", "/CN=shop", "-addext", "subjectAltName=IP:127.0.0.1", "-days", str(days)]
        subprocess.run([*command, "-keyout", key, "-out", made], check=True, capture_output=True)
        return made, key

    return make


@contextmanager
def serving(certificate: Path, key: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                try:
                    with connection, context.wrap_socket(connection, server_side=True):
                        pass
                except OSError:
                    pass  # a client that does not trust us goes away

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_trusted_certificate_is_ready_and_says_how_long_it_lasts(certificate: Certificate) -> None:
    made, key = certificate(30)
    with serving(made, key) as port:
        url = f"https://u:{CANARY}@127.0.0.1:{port}/x"
        problems, lines = told(Tls("api", "API", days=7, **PATIENT), API=url, SSL_CERT_FILE=str(made))
    assert problems == []
    assert "(the certificate expires in 29 days)" in lines[-1]


def test_one_that_ends_too_soon_fails_with_the_days_that_are_left(certificate: Certificate) -> None:
    made, key = certificate(2)
    with serving(made, key) as port:
        [problem] = run(Tls("api", f"127.0.0.1:{port}", days=14, **SOON), SSL_CERT_FILE=str(made))
    assert problem.message.endswith("the certificate expires in 1 day, and 14 days are required")
    assert problem.hint == "renew the server's certificate"


def test_one_that_nobody_trusts_or_that_is_for_another_host_fails(certificate: Certificate) -> None:
    made, key = certificate(30)
    with serving(made, key) as port:
        [untrusted] = run(Tls("api", f"127.0.0.1:{port}", **SOON))
        [other] = run(Tls("api", f"localhost:{port}", **SOON), SSL_CERT_FILE=str(made))
        [nowhere] = run(Tls("api", f"127.0.0.1:{port}", **SOON), SSL_CERT_FILE="/nowhere")
    assert "certificate not trusted: self" in untrusted.message
    assert "certificate not trusted: Hostname mismatch" in other.message
    assert "SSL_CERT_FILE can't be used" in nowhere.message
    assert str(untrusted.hint).startswith("set SSL_CERT_FILE to a file with the authority")
    assert str(other.hint).startswith("correct the host name")
    assert str(nowhere.hint).startswith("set SSL_CERT_FILE to a certificate file")


def test_what_does_not_listen_or_speaks_no_tls_says_so() -> None:
    [closed] = run(Tls("api", f"127.0.0.1:{refusing_port()}", **FAST))
    assert closed.message.endswith("connection refused")
    with answering(lambda connection: connection.sendall(b"220 smtp\r\n")) as port:
        [other] = run(Tls("api", f"127.0.0.1:{port}", **SOON))
    assert "TLS failed: " in other.message or "connection reset" in other.message
