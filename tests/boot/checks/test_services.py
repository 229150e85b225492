"""Logins to real servers with real drivers: an open port is not enough."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from confcontract.boot.checks.attempt import TIMED_OUT
from confcontract.checks import Amqp, Check, MySQL, Postgres, Redis
from confcontract.checks.kinds import class_of
from tests.support.ports import refusing_port
from tests.support.postgres import Postgres as PostgresServer
from tests.support.servers import PASSWORD, Server
from tests.support.stage import CANARY, FAST, HUNG, NO_TIME, PATIENT, SILENT, Times, answering, listening, run, told

SOON: Times = {"timeout": 30, "interval": 0.05, "deadline": 2}
BRIEF: Times = {"timeout": 5, "interval": 0.02, "deadline": 0.2}
POSTGRES = ["postgresql", "postgres", "postgresql+psycopg2", "postgresql+asyncpg", "postgresql+pg8000"]
MYSQL = ["mysql", "mysql+aiomysql", "mysql+mysqlconnector"]


@pytest.fixture(autouse=True)
def _drivers_have_come_back() -> Iterator[None]:
    """What is late is not left to the next test."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("check "):
            thread.join(60)


def refused(check: Check, url: str) -> str:
    [problem] = run(check, X=url)
    assert problem.variable == "X"
    assert f"127.0.0.1:{url.rpartition('@')[2].partition('/')[0].partition(':')[2]} not ready after" in problem.message
    return problem.message


@pytest.mark.parametrize("scheme", POSTGRES)
def test_postgres_takes_the_login_or_says_that_it_does_not(postgres: PostgresServer, scheme: str) -> None:
    place = f"127.0.0.1:{postgres.port}/postgres"
    assert run(Postgres("x", "X", **PATIENT), X=f"{scheme}://vault:{PASSWORD}@{place}") == []
    said = refused(Postgres("x", "X", **SOON), f"{scheme}://vault:{PASSWORD}-wrong@{place}")
    assert "accepts connections, but refuses the login: " in said
    assert 'password authentication failed for user "vault"' in said


@pytest.mark.parametrize("scheme", POSTGRES)
def test_a_database_that_is_not_there_is_no_refused_login(postgres: PostgresServer, scheme: str) -> None:
    said = refused(Postgres("x", "X", **SOON), f"{scheme}://vault:{PASSWORD}@127.0.0.1:{postgres.port}/nowhere")
    assert "accepts connections, but its answer is not valid: " in said
    assert 'database "nowhere" does not exist' in said


def test_parameters_that_only_another_driver_knows_do_not_disturb(postgres: PostgresServer) -> None:
    query = "application_name=shop&ssl=prefer&prepared_statement_cache_size=0&pool_size=5"
    for scheme in ("postgresql+psycopg", "postgresql+asyncpg"):
        url = f"{scheme}://vault:{PASSWORD}@127.0.0.1:{postgres.port}/postgres?{query}"
        assert run(Postgres("x", "X", **PATIENT), X=url) == []


def test_of_several_postgres_hosts_one_is_enough(postgres: PostgresServer) -> None:
    url = f"postgresql://vault:{PASSWORD}@127.0.0.1:{refusing_port()},127.0.0.1:{postgres.port}/postgres"
    assert run(Postgres("x", "X", **PATIENT), X=url) == []


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_redis_takes_the_login_or_says_that_it_does_not(redis: Server, scheme: str) -> None:
    assert run(Redis("x", "X", **PATIENT), X=f"{scheme}://:{PASSWORD}@127.0.0.1:{redis.port}/0") == []
    said = refused(Redis("x", "X", **SOON), f"{scheme}://:{PASSWORD}-wrong@127.0.0.1:{redis.port}/0")
    assert "accepts connections, but refuses the login: " in said
    [problem] = run(Redis("x", "X", **SOON), X=f"{scheme}://127.0.0.1:{redis.port}")
    assert "accepts connections, but refuses the login: " in problem.message


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_the_driver_of_valkey_will_do_where_that_of_redis_is_not_installed(
    redis: Server, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    assert run(Redis("x", "X", **PATIENT), X=f"{scheme}://:{PASSWORD}@127.0.0.1:{redis.port}/0") == []
    said = refused(Redis("x", "X", **SOON), f"{scheme}://:{PASSWORD}-wrong@127.0.0.1:{redis.port}/0")
    assert "accepts connections, but refuses the login: " in said


@pytest.mark.parametrize("scheme", MYSQL)
def test_mariadb_takes_the_login_or_says_that_it_does_not(mariadb: Server, scheme: str) -> None:
    assert run(MySQL("x", "X", **PATIENT), X=f"{scheme}://shop:{PASSWORD}@127.0.0.1:{mariadb.port}/shop") == []
    said = refused(MySQL("x", "X", **SOON), f"{scheme}://shop:{PASSWORD}-wrong@127.0.0.1:{mariadb.port}/shop")
    assert "accepts connections, but refuses the login: " in said
    assert "Access denied" in said


def test_rabbitmq_takes_the_login_or_says_that_it_does_not(rabbitmq: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for driver in ("pika", "amqp"):
        good = f"amqp://shop:{PASSWORD}@127.0.0.1:{rabbitmq.port}/%2F"
        assert run(Amqp("x", "X", **PATIENT), X=good) == [], driver
        said = refused(Amqp("x", "X", **SOON), f"amqp://shop:{PASSWORD}-wrong@127.0.0.1:{rabbitmq.port}/%2F")
        assert "accepts connections, but refuses the login: " in said, driver
        monkeypatch.setitem(sys.modules, driver, None)


SERVICES: list[tuple[Callable[..., Check], str, str]] = [
    (Postgres, "postgres", "postgresql"),
    (Redis, "redis", "redis"),
    (MySQL, "mysql", "mysql"),
    (Amqp, "amqp", "amqp"),
]


@pytest.mark.parametrize(("kind", "extra", "scheme"), SERVICES)
class Test_every_service:
    def test_a_closed_port_is_told_as_such(self, kind: Callable[..., Check], extra: str, scheme: str) -> None:
        [problem] = run(kind("x", "X", **FAST), X=f"{scheme}://u:{CANARY}@127.0.0.1:{refusing_port()}/x")
        assert problem.message.endswith("connection refused")

    def test_what_listens_but_is_something_else_fails(
        self, kind: Callable[..., Check], extra: str, scheme: str
    ) -> None:
        with answering(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n")) as port:
            times = SILENT if kind is MySQL else FAST  # its clients wait for the server's first word
            [problem] = run(kind("x", "X", **times), may_say=[TIMED_OUT], X=f"{scheme}://u:{CANARY}@127.0.0.1:{port}/x")
        assert "accepts connections, but " in problem.message or problem.message.endswith(TIMED_OUT)

    def test_what_accepts_and_then_says_nothing_fails_at_its_deadline(
        self, kind: Callable[..., Check], extra: str, scheme: str
    ) -> None:
        with listening() as port:
            url = f"{scheme}://u:{CANARY}@127.0.0.1:{port}/x"
            [problem] = run(kind("x", "X", **FAST), may_say=[TIMED_OUT, HUNG, NO_TIME], X=url)
        assert problem.variable == "X"

    def test_without_a_driver_it_fails_at_once_and_says_what_to_install(
        self, kind: Callable[..., Check], extra: str, scheme: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for driver in class_of(extra).drivers:
            monkeypatch.setitem(sys.modules, driver, None)
        never = Times(timeout=3600, interval=3600, deadline=3600)
        with listening() as port:
            url = f"{scheme}://u:{CANARY}@127.0.0.1:{port}/x"
            [problem] = run(kind("x", "X", **never), X=url)
            assert problem.message.endswith(f"none of its drivers is installed ({', '.join(class_of(extra).drivers)})")
            assert (
                problem.hint == f"install confcontract[{extra}] in the image, or set plain_connection=True in the check"
            )
            problems, lines = told(kind("x", "X", plain_connection=True, **PATIENT), X=url)
        assert problems == []
        assert lines[-1].endswith("(the port is open; no driver is installed that could log in)")

    def test_another_kind_of_url_is_a_problem_of_its_variable(
        self, kind: Callable[..., Check], extra: str, scheme: str
    ) -> None:
        [problem] = run(kind("x", "X", **FAST), X=f"http://u:{CANARY}@127.0.0.1:1/")
        assert f"can't be checked, because the value of X is not a URL of {scheme[:5]}" in problem.message

    @pytest.mark.parametrize("password", [f"{CANARY}/@:?#", f"%{CANARY}", f"{CANARY}@{CANARY}"])
    def test_a_password_that_breaks_the_url_is_not_shown(
        self, kind: Callable[..., Check], extra: str, scheme: str, password: str
    ) -> None:
        with answering(lambda connection: connection.sendall(b"no\r\n")) as port:
            for written in (password, quote(password, safe="")):
                for place in (f"u:{written}@127.0.0.1:{port}/x", f"{written}@127.0.0.1:{port}/x?password={CANARY}"):
                    run(kind("x", "X", **BRIEF), may_say=[TIMED_OUT, HUNG, NO_TIME], X=f"{scheme}://{place}")
