"""A real PostgreSQL server for tests: in a folder of its own, on a free port, stopped at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.vault.openbao import PATIENCE, free_port, until

if TYPE_CHECKING:
    from psycopg import Connection

NOBODY = 65534


def programs() -> Path | None:
    """The folder with initdb and postgres; None if PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # where Debian has them, not on PATH
    needed = ("initdb", "postgres")
    return next((folder for folder in folders if all((folder / name).exists() for name in needed)), None)


class Postgres:
    """One server, with a superuser `vault` whose password is given."""

    def __init__(self, folder: Path, password: str) -> None:
        self._bin = folder
        self.password = password
        self.port = free_port()
        self._directory = tempfile.TemporaryDirectory(prefix="postgres-")
        # PostgreSQL refuses to run as root.
        self._user = NOBODY if os.geteuid() == 0 else None
        root = Path(self._directory.name)
        (root / "password").write_text(password)
        if self._user is not None:
            for path in (root, root / "password"):
                os.chown(path, NOBODY, NOBODY)
        self._data = root / "data"
        self._run(
            "initdb", "-D", str(self._data), "-U", "vault", "-A", "scram-sha-256", "--no-sync", "--no-locale", "-E",
            "UTF8", f"--pwfile={root / 'password'}",
        )  # fmt: skip
        command = [str(folder / "postgres"), "-D", str(self._data), "-p", str(self.port), "-k", str(root)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        self._log = open(root / "log", "wb")  # noqa: SIM115 - open as long as the server writes to it
        self._process = subprocess.Popen(
            command, user=self._user, group=self._user, stdout=self._log, stderr=self._log, env=self._environ()
        )
        self._connection = self._connected()

    def _environ(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C"}

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / name), *arguments],
            user=self._user,
            group=self._user,
            env=self._environ(),
            cwd="/",
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def _connected(self) -> Connection[tuple[object, ...]]:
        import psycopg  # in the group test; a server that is asked a hundred times is not asked by a process each time

        end = time.monotonic() + PATIENCE
        address = f"host=127.0.0.1 port={self.port} user=vault dbname=postgres"
        while True:
            try:
                return psycopg.connect(address, password=self.password, autocommit=True)
            except psycopg.OperationalError:
                assert self._process.poll() is None, "PostgreSQL ended"
                assert time.monotonic() < end, "PostgreSQL did not start"
                time.sleep(0.05)

    def query(self, sql: str) -> list[str]:
        """The first column of what is found, if it is a query that finds something."""
        cursor = self._connection.execute(sql.encode())
        return [str(row[0]) for row in cursor] if cursor.description else []

    def roles(self) -> list[str]:
        """The roles that Vault has made and not yet dropped."""
        return self.query("select rolname from pg_roles where rolname like 'v-%'")

    def drop_roles(self) -> None:
        """Drop what Vault has made; it may be dropping some of it, too."""
        drop = "execute format('drop owned by %I', each.rolname); execute format('drop role %I', each.rolname);"
        made = "select rolname from pg_roles where rolname like 'v-%'"
        gone = "exception when undefined_object then null;"
        self.query(
            f"do $$ declare each record; begin for each in {made} loop begin {drop} {gone} end; end loop; end $$"
        )

    def await_no_roles(self) -> None:
        until(lambda: not self.roles())

    def stop(self) -> None:
        self._connection.close()
        self._process.send_signal(signal.SIGINT)  # with SIGTERM it would wait until everybody has left
        self._process.wait()
        self._log.close()
        self._directory.cleanup()
