"""Requests as no browser sends them: too long, of another version, to another name."""

from __future__ import annotations

import pytest

from tests.boot.health.asking import health_of, served

LONG = b"a" * 20_000
HOST = b"Host: localhost\r\n"


@pytest.mark.parametrize(
    ("sent", "first"),
    [
        (b"GET /health/live HTTP/1.1\r\n" + HOST + b"X: " + LONG + b"\r\n\r\n", b"HTTP/1.1 431 "),
        (b"GET /health/live HTTP/1.1\r\nX: " + LONG + b"\r\nHost: elsewhere.example\r\n\r\n", b"HTTP/1.1 431 "),
        (b"GET /" + LONG + b" HTTP/1.1\r\n" + HOST + b"\r\n", b"HTTP/1.1 414 "),
        (b"GET /health/live\r\n\r\n", b"HTTP/1.1 200 "),
        (b"GET /health/live HTTP/2.0\r\n" + HOST + b"\r\n", b"HTTP/1.1 505 "),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"HTTP/1.1 505 "),
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET /health/live HTTP/1.1\r\nHost: LocalHost:9321\r\n\r\n", b"HTTP/1.1 200 "),
        (b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1.example\r\n\r\n", b"HTTP/1.1 421 "),
        (b"POST /health/live HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", b"HTTP/1.1 405 "),
        (b"GET /health/live HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 "),
        (3 * (b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"), b"HTTP/1.1 200 "),
    ],
)
def test_each_gets_one_answer_with_its_status(sent: bytes, first: bytes) -> None:
    with health_of() as health, served(health) as client, client.connect() as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received[: len(first)] == first
        assert received.count(b"HTTP/1.1 ") == 1
        assert b"aaaa" not in received
