"""Declared checks hold boot until what the application needs is there; roles say which of it one process needs."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import File, Http, Tcp
from confcontract.author.declare import Role
from confcontract.checks import Check
from tests.support.booting import CANARY, Site
from tests.support.classes import InVault, Needy, Shop
from tests.support.ports import refusing_port
from tests.support.stage import Times
from tests.support.vault.openbao import OpenBao

Make = Callable[..., Site]


class Depends(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")

    database: str = "postgres://127.0.0.1:1/x"
    api: str = "http://127.0.0.1:1/"
    data: str = "/nowhere/data"
    optional: str | None = None


LONG: Times = {"deadline": 120, "timeout": 60, "interval": 0.05}  # for what is there


def checks(times: Times, local: Times) -> list[Check]:
    """times: of those over the network. local: of the file's."""
    return [
        Tcp("database", "APP_DATABASE", **times),
        Http("api", "APP_API", path="/healthz", **times),
        File("data", "APP_DATA", require=("exists", "writable"), **local),
        Tcp("cache", "APP_OPTIONAL", **times),
    ]


SHORT: Times = {"deadline": 0.4, "timeout": 2, "interval": 0.05}  # for what is not


class Health(BaseHTTPRequestHandler):
    answers: list[int]

    def do_GET(self) -> None:
        answers = self.server.answers  # type: ignore[attr-defined]
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def web() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        server.answers = [200]  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def there(web: ThreadingHTTPServer, tmp_path: Path) -> dict[str, str]:
    """Everything that it depends on."""
    (tmp_path / "data").mkdir()
    host = f"127.0.0.1:{web.server_port}"
    return {
        "APP_DATABASE": f"postgres://u:{CANARY}@{host}/x",
        "APP_API": f"http://{host}",
        "APP_DATA": str(tmp_path / "data"),
    }


def test_the_command_starts_when_everything_is_there(site: Make, there: dict[str, str]) -> None:
    done = site(Depends, checks=checks(LONG, LONG)).boot(environ=there)
    assert done.environ.items() >= there.items()
    assert CANARY not in done.err


def test_boot_waits_until_a_dependency_comes_up(site: Make, web: ThreadingHTTPServer) -> None:
    made = site(Depends, checks=[Http("api", "APP_API", **LONG)])
    web.answers[:] = [503, 500, 404, 200]  # type: ignore[attr-defined]
    assert made.boot(environ={"APP_API": f"http://127.0.0.1:{web.server_port}/"}).code == 0
    assert web.answers == [200]  # type: ignore[attr-defined]


def test_69_names_every_dependency_that_is_not_there(site: Make) -> None:
    done = site(Depends, checks=checks(SHORT, SHORT)).boot(
        environ={"APP_DATABASE": f"postgres://u:{CANARY}@127.0.0.1:{refusing_port()}/x"}
    )
    assert (done.code, done.out) == (69, "")
    assert {problem["code"] for problem in done.reason["problems"]} == {"check-failed"}
    for words in ("database", "api", "data", "APP_DATABASE", "APP_API", "APP_DATA", "/nowhere/data"):
        assert words in done.report, words
    assert "cache: skipped, APP_OPTIONAL is not set" in done.report
    assert len(done.reason["problems"]) == 3
    assert CANARY not in done.err


def test_one_that_fails_is_told_alone(site: Make, there: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").rmdir()
    done = site(Depends, checks=checks(LONG, SHORT)).boot(environ=there)
    assert (done.code, done.named()) == (69, {"APP_DATA"})


def test_the_timeout_of_boot_bounds_every_check(site: Make) -> None:
    """A deadline of a day: only --timeout can end this before the test's own patience does."""
    made = site(Depends, checks=[Tcp("database", "APP_DATABASE", deadline=86400, interval=0.05)])
    done = made.boot("--timeout", "0.5")
    assert (done.code, done.named()) == (69, {"APP_DATABASE"})


def test_vault_and_checks_share_one_timeout(site: Make, bao: OpenBao) -> None:
    """What Vault took of it is gone: the dependency is ready only once the whole of it has passed."""
    timeout = 4.0
    first: list[float] = []

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/ready":
                # a check with a time of its own would see this; one that shares what is left is over long before
                ready = bool(first) and time.monotonic() - first[0] > 1.7 * timeout
                self.send_response(200 if ready else 503)
                self.end_headers()
                return
            if not first:
                first.append(time.monotonic())
                time.sleep(0.8 * timeout)
            status, body = bao.api("GET", self.path.removeprefix("/v1/"))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        made = site(InVault, checks=[Http("itself", f"{address}/ready", deadline=86400, interval=0.05)])
        done = made.boot("--timeout", str(timeout), environ={"VAULT_ADDR": address, "VAULT_TOKEN": bao.token})
        server.shutdown()
    assert done.code in (69, 75), done.err


def test_an_invalid_configuration_is_told_without_waiting_for_anything(site: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        target = f"127.0.0.1:{server.getsockname()[1]}"
        made = site(Needy, checks=[Tcp("database", target, deadline=86400)])
        assert made.boot().code == 78
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_check_reads_the_value_that_won(site: Make, web: ThreadingHTTPServer) -> None:
    made = site(Depends, checks=[Http("api", "APP_API", **LONG)])
    path = made.file("prod.env", f"app_api=http://127.0.0.1:{web.server_port}/\n")
    made.file("conf.d/a.env", "APP_API=http://127.0.0.1:1/\n")
    assert made.boot("--env-file", path).code == 0


def test_a_dry_run_runs_the_checks(site: Make) -> None:
    made = site(Depends, checks=[File("data", "APP_DATA", **SHORT)])
    assert made.boot("--dry-run", command=None).code == 69
    made = site(Depends, checks=[File("data", "APP_DATA", **LONG)])
    assert made.boot("--dry-run", command=None, environ={"APP_DATA": "/"}).code == 0


ROLES = {
    "web": Role(command=["/bin/echo", "web", "$HOME"], description="serves"),
    "migrate": Role(command=["/bin/echo", "migrate"], needs=["SHOP_HOST"]),
    "bare": Role(needs=[]),
}


GOOD = {"SHOP_HOST": "h", "SHOP_PORT": "80", "SHOP_API_KEY": "x", "SHOP_SIGNING_KEY": "x"}


class Test_roles:
    def test_a_role_has_its_command(self, site: Make) -> None:
        assert site(Needy, roles=ROLES).boot("--role", "web", environ=GOOD, command=None).out == "web $HOME\n"

    def test_a_command_that_is_given_goes_before_the_roles(self, site: Make) -> None:
        made = site(Needy, roles=ROLES)
        assert made.boot("--role", "web", environ=GOOD, command=("/bin/echo", "mine")).out == "mine\n"

    def test_a_role_asks_only_for_what_it_needs(self, site: Make) -> None:
        made = site(Needy, roles=ROLES)
        assert made.boot("--role", "migrate", environ={"SHOP_HOST": "h"}, command=None).out == "migrate\n"
        done = made.boot("--role", "migrate", command=None)
        assert (done.code, done.named()) == (78, {"SHOP_HOST"})
        assert made.boot("--role", "web", environ={"SHOP_HOST": "h"}, command=None).code == 78

    def test_what_a_role_does_not_need_is_still_refused_if_it_is_wrong(self, site: Make) -> None:
        done = site(Needy, roles=ROLES).boot(
            "--role", "migrate", environ={"SHOP_HOST": "h", "SHOP_PORT": "x"}, command=None
        )
        assert (done.code, done.named()) == (78, {"SHOP_PORT"})

    def test_a_secret_that_a_role_does_not_need_is_not_fetched(self, site: Make) -> None:
        roles = {"migrate": Role(command=["/bin/echo", "migrated"], needs=["SHOP_HOST"])}
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            environ = {"VAULT_ADDR": f"http://127.0.0.1:{server.getsockname()[1]}", "VAULT_TOKEN": "x"}
            done = site(InVault, roles=roles).boot("--role", "migrate", environ=environ, command=None)
            assert (done.code, done.out) == (0, "migrated\n"), done.err
            with pytest.raises(BlockingIOError):
                server.accept()

    def test_a_role_that_does_not_exist_is_told_with_those_that_do(self, site: Make) -> None:
        for command in (None, ("/bin/true",)):
            done = site(Needy, roles=ROLES).boot("--role", "webb", environ=GOOD, command=command)
            assert done.code == 64
            assert "webb" in done.report
            assert "migrate" in done.report

    def test_a_role_without_a_command_needs_one(self, site: Make) -> None:
        made = site(Needy, roles=ROLES)
        done = made.boot("--role", "bare", command=None)
        assert done.code == 64
        assert "there is no command to start" in done.report
        assert made.boot("--role", "bare", command=("/bin/echo", "x")).out == "x\n"

    def test_a_dry_run_needs_no_command_but_looks_it_up(self, site: Make) -> None:
        made = site(Shop, roles={"gone": Role(command=["no-such-command-anywhere"])})
        assert made.boot("--dry-run", command=None).code == 0
        assert made.boot("--dry-run", command=("no-such-command-anywhere",)).code == 127
        assert made.boot("--dry-run", "--role", "gone", command=None).code == 127


class Test_checks_that_only_degrade:
    def test_boot_warns_and_goes_on(self, site: Make) -> None:
        checks = [Tcp("database", "APP_DATABASE", critical=False, deadline=3600)]
        made = site(Depends, checks=checks)
        done = made.boot(environ={"APP_DATABASE": f"postgres://u:{CANARY}@127.0.0.1:1/x"})
        assert done.code == 0
        assert "database: 127.0.0.1:1 not reachable after " in done.err
        assert CANARY not in done.err

    def test_in_json_each_change_and_the_warning_are_objects(self, site: Make) -> None:
        made = site(Depends, checks=[Tcp("database", "APP_DATABASE", critical=False, deadline=3600)])
        lines = [json.loads(line) for line in made.boot("--log-format", "json").err.splitlines()]
        told = [line["state"] for line in lines if line["event.action"] == "check"]
        assert told == ["waiting", "degraded"]
        assert [line["log.level"] for line in lines if line["event.action"] == "problem"] == ["warning"]
