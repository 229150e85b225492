"""Real servers for the checks that log in: each in a folder of its own, on a free port, stopped at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.support.vault.openbao import PATIENCE, free_port

NOBODY = 65534
PASSWORD = "canary-c0de"  # the one that no output may show


class Server:
    """A program that serves a port until it is stopped. Programs that refuse to run as root run as nobody."""

    def __init__(self, *needed: str) -> None:
        for program in needed:
            if shutil.which(program) is None and not Path(program).exists():
                pytest.skip(f"{program} is missing")
        self.port = free_port()
        self._directory = tempfile.TemporaryDirectory(prefix="checks-", ignore_cleanup_errors=True)
        self.root = Path(self._directory.name)
        self._user = NOBODY if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(self.root, NOBODY, NOBODY)
        self._log = open(self.root / "log", "wb")  # noqa: SIM115 - open as long as the server writes to it
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, port: int | None = None, **environ: str) -> None:
        """Returns when the port takes connections: that of the server, or another one."""
        process = subprocess.Popen(
            command,
            user=self._user,
            group=self._user,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env=self.environ | environ,
        )
        self._processes.append(process)
        end = time.monotonic() + 5 * PATIENCE  # it ends by itself where it can't start
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port or self.port), 5).close()
                return
            except OSError:
                assert process.poll() is None, (self.root / "log").read_text()
                time.sleep(0.05)
        raise RuntimeError(f"{command[0]} did not start")

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.root), "LC_ALL": "C.UTF-8"}

    def run(self, *command: str, **environ: str) -> None:
        done = subprocess.run(
            command,
            user=self._user,
            group=self._user,
            cwd=self.root,
            env=self.environ | environ,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait()
        self._log.close()
        self._directory.cleanup()


def redis() -> Server:
    """With a password for the default user."""
    server = Server("redis-server")
    server.start("redis-server", "--port", str(server.port), "--save", "", "--requirepass", PASSWORD)
    return server


def mariadb() -> Server:
    """With a user `shop` that has a password, and a database `shop`."""
    server = Server("mariadbd", "mariadb-install-db", "mariadb")
    data, sock = f"{server.root}/data", f"{server.root}/s"
    server.run("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal")
    server.start(
        "mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={sock}", f"--port={server.port}",
        "--bind-address=127.0.0.1", "--skip-name-resolve", f"--pid-file={server.root}/pid",
    )  # fmt: skip
    sql = f"create database shop; create user shop@'127.0.0.1' identified by '{PASSWORD}'; grant all on shop.* to shop@'127.0.0.1'"
    server.run("mariadb", "--no-defaults", f"--socket={sock}", "-uroot", "-e", sql)
    return server


def rabbitmq() -> Server:
    """With a user `shop` that has a password."""
    folder = "/usr/lib/rabbitmq/bin"
    server = Server(f"{folder}/rabbitmq-server", "epmd")
    distribution, epmd = free_port(), free_port()
    # The broker starts one if there is none, and gives up where that takes long: there is one, and it answers.
    server.start("epmd", "-port", str(epmd), "-relaxed_command_check", port=epmd)
    (server.root / "definitions.json").write_text(
        '{"users": [{"name": "shop", "password": "'
        + PASSWORD
        + '", "tags": ""}], "vhosts": [{"name": "/"}], "permissions":'
        ' [{"user": "shop", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}]}'
    )
    (server.root / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{server.port}\ndefinitions.import_backend = local_filesystem\n"
        f"definitions.local.path = {server.root}/definitions.json\nlog.file = false\nlog.console = true\n"
    )
    server.start(
        f"{folder}/rabbitmq-server",
        ERL_EPMD_PORT=str(epmd),
        RABBITMQ_CONF_ENV_FILE="/dev/null",
        RABBITMQ_CONFIG_FILE=str(server.root / "rabbitmq.conf"),
        RABBITMQ_DIST_PORT=str(distribution),
        RABBITMQ_ENABLED_PLUGINS_FILE=str(server.root / "plugins"),
        RABBITMQ_LOG_BASE=str(server.root),
        RABBITMQ_MNESIA_BASE=str(server.root / "mnesia"),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+sbwt none +sbwtdcpu none +sbwtdio none",  # sleep where there is no work
        RABBITMQ_NODENAME=f"check{server.port}@localhost",
    )
    return server
