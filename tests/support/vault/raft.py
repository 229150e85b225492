"""Two OpenBao servers with shared raft storage: an active node and a standby."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.vault.openbao import BAO, PATIENCE, free_port, settled


class Node:
    """One server of the pair. Its own log and data lie in `directory`."""

    def __init__(self, directory: Path, name: str) -> None:
        directory.mkdir()
        self.name = name
        self.port, self.cluster = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        config = directory / "config.hcl"
        (directory / "data").mkdir()
        config.write_text(
            f'storage "raft" {{\n  path = "{directory / "data"}"\n  node_id = "{name}"\n}}\n'
            f'listener "tcp" {{\n  address = "127.0.0.1:{self.port}"\n'
            f'  cluster_address = "127.0.0.1:{self.cluster}"\n  tls_disable = true\n}}\n'
            f'api_addr = "{self.address}"\ncluster_addr = "https://127.0.0.1:{self.cluster}"\n'
        )
        self._log = open(directory / "log", "wb")  # noqa: SIM115 - open as long as the server writes to it
        environ = {"PATH": os.environ["PATH"], "HOME": str(directory)}
        self.process = subprocess.Popen(
            [str(BAO), "server", f"-config={config}"], stdout=self._log, stderr=self._log, env=environ
        )

    def api(self, method: str, path: str, body: object = None, token: str = "") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(
            method, f"/v1/{path}", None if body is None else json.dumps(body), {"X-Vault-Token": token} if token else {}
        )
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def await_status(self, *statuses: int) -> None:
        """By sys/health: 200 active, 429 standby, 501 not initialised, 503 sealed."""
        seen = 0
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                seen = self.api("GET", "sys/health")[0]
                if seen in statuses:
                    return
            assert self.process.poll() is None, f"{self.name} ended"
            time.sleep(0.05)
        raise AssertionError((self.name, seen))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self._log.close()


class Pair:
    """active, standby: unsealed and joined. Key-value version 2 is mounted at secret/."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="openbao-raft-")
        root = Path(self._directory.name)
        self.active, self.standby = Node(root / "one", "one"), Node(root / "two", "two")
        try:
            self._join()
        except BaseException:
            self.stop()
            raise

    def _join(self) -> None:
        self.active.await_status(501)
        keys = self.active.api("POST", "sys/init", {"secret_shares": 1, "secret_threshold": 1})[1]
        self.key, self.token = keys["keys"][0], keys["root_token"]
        self.active.api("POST", "sys/unseal", {"key": self.key})
        self.active.await_status(200)
        self.standby.await_status(501)
        self.standby.api("POST", "sys/storage/raft/join", {"leader_api_addr": self.active.address})
        self.standby.api("POST", "sys/unseal", {"key": self.key})
        self.standby.await_status(429)
        self.do("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "2"}})

    def do(self, method: str, path: str, body: object = None) -> Any:
        status, answer = settled(lambda: self.active.api(method, path, body, self.token))
        assert status < 300, (status, answer)
        return answer

    def stop(self) -> None:
        for node in (self.active, self.standby):
            node.stop()
        self._directory.cleanup()
