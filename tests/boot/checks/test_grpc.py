"""The standard health protocol, asked of a real gRPC server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from confcontract.boot.checks.attempt import TIMED_OUT
from confcontract.checks import Grpc
from tests.support.ports import refusing_port
from tests.support.stage import FAST, HUNG, PATIENT, SILENT, Times, answering, listening, run

grpc = pytest.importorskip("grpc")
health: Any = pytest.importorskip("grpc_health.v1.health")
messages: Any = pytest.importorskip("grpc_health.v1.health_pb2")
stubs: Any = pytest.importorskip("grpc_health.v1.health_pb2_grpc")
SOON: Times = {"timeout": 30, "interval": 0.1, "deadline": 1}


@pytest.fixture
def server() -> Iterator[tuple[int, Any]]:
    """A port, and the servicer whose answers can be set."""
    made = grpc.server(ThreadPoolExecutor(2))
    servicer = health.HealthServicer()
    stubs.add_HealthServicer_to_server(servicer, made)
    port = made.add_insecure_port("127.0.0.1:0")
    made.start()
    yield port, servicer
    made.stop(0).wait()


def test_a_server_and_a_service_that_serve_are_ready(server: tuple[int, Any]) -> None:
    port, servicer = server
    long = "shop.v1." + "x" * 300
    servicer.set(long, messages.HealthCheckResponse.SERVING)
    for check in (
        Grpc("all", f"127.0.0.1:{port}", **PATIENT),
        Grpc("one", f"grpc://127.0.0.1:{port}", service=long, **PATIENT),
    ):
        assert run(check) == []


def test_what_does_not_serve_says_so(server: tuple[int, Any]) -> None:
    port, servicer = server
    servicer.set("", messages.HealthCheckResponse.NOT_SERVING)
    servicer.set("odd", messages.HealthCheckResponse.UNKNOWN)
    said = []
    for service in ("", "odd", "other"):
        [problem] = run(Grpc("api", f"127.0.0.1:{port}", service=service, **SOON))
        said.append(problem.message.rpartition(": ")[2])
    assert said == ["answered NOT_SERVING", "answered UNKNOWN", "the server does not have the service 'other'"]


def test_a_server_without_the_protocol_says_so() -> None:
    bare = grpc.server(ThreadPoolExecutor(1))
    port = bare.add_insecure_port("127.0.0.1:0")
    bare.start()
    try:
        [problem] = run(Grpc("api", f"127.0.0.1:{port}", **SOON))
    finally:
        bare.stop(0).wait()
    assert problem.message.endswith("the server does not speak grpc.health.v1")


def test_a_closed_port_another_protocol_and_silence_fail(server: tuple[int, Any]) -> None:
    [closed] = run(Grpc("api", f"127.0.0.1:{refusing_port()}", **FAST))
    assert closed.message.endswith("connection refused")
    with answering(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n")) as port:
        [other] = run(Grpc("api", f"127.0.0.1:{port}", **SOON), may_say=[TIMED_OUT])
    assert "the port is open, but gRPC can't connect" in other.message or other.message.endswith("timed out")
    with listening() as port:
        [silent] = run(Grpc("api", f"127.0.0.1:{port}", **SILENT), may_say=[TIMED_OUT, HUNG])
    assert silent.message.endswith((TIMED_OUT, HUNG))
    [plain] = run(Grpc("api", f"grpcs://127.0.0.1:{server[0]}", **SOON))
    assert "the port is open, but gRPC can't connect" in plain.message


def test_without_grpcio_it_fails_at_once_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grpc", None)
    never: Times = {"timeout": 3600, "interval": 3600, "deadline": 3600}
    [problem] = run(Grpc("api", "127.0.0.1:1", **never))
    assert problem.message.endswith("grpcio is not installed")
    assert problem.hint == "install confcontract[grpc], or declare a Tcp check"
