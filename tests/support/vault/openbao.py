"""Real OpenBao servers for tests: in memory, on a free port, stopped at the end."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BAO = Path(sys.executable).parent / "bao"
PATIENCE = 120.0  # seconds until what doesn't come is a failure; no test asks how long anything took


def free_port() -> int:
    """A port that stays free until it is used: none of those that the kernel gives to whoever asks for any."""
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.SystemRandom().randrange(10_000, low) if low > 20_000 else 0
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = listener.getsockname()[1]
            return found


def until(look: Callable[[], object]) -> None:
    """Wait until `look` finds something."""
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def settled(ask: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    """The answer of a server that has finished with a mount that was just made, which it upgrades in the background."""
    end = time.monotonic() + PATIENCE
    while True:
        status, answer = ask()
        if status != 400 or "Upgrading from non-versioned" not in str(answer) or time.monotonic() > end:
            return status, answer
        time.sleep(0.05)


class OpenBao:
    """One server. `api` speaks to it as root."""

    def __init__(self, root_token: str, *, listener: str = "", dev: bool = True, ca: Path | None = None) -> None:
        self.port = free_port()
        self.token = root_token
        self.ca = ca
        self.address = f"{'https' if ca else 'http'}://127.0.0.1:{self.port}"
        self._directory = tempfile.TemporaryDirectory(prefix="openbao-")
        self._log = open(Path(self._directory.name) / "log", "w")  # noqa: SIM115
        arguments = [str(BAO), "server"]
        if dev:
            arguments += ["-dev", "-dev-no-store-token", f"-dev-root-token-id={root_token}"]
            arguments += [f"-dev-listen-address=127.0.0.1:{self.port}"]
        else:
            config = Path(self._directory.name) / "config.hcl"
            tls = listener or "tls_disable = true"
            config.write_text(
                f'storage "inmem" {{}}\nlistener "tcp" {{\n  address = "127.0.0.1:{self.port}"\n  {tls}\n}}\n'
            )
            arguments += [f"-config={config}"]
        environ = {"PATH": os.environ["PATH"], "HOME": self._directory.name}
        self._process = subprocess.Popen(arguments, stdout=self._log, stderr=self._log, env=environ)
        self._await()

    def _await(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                # Uninitialised and sealed servers answer too, with 501 and 503.
                if self.api("GET", "sys/health")[0] != 500:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        self._log.flush()
        raise RuntimeError("OpenBao did not start: " + (Path(self._directory.name) / "log").read_text()[-2000:])

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()
        self._directory.cleanup()

    def api(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        wrap: str = "",
        namespace: str = "",
    ) -> tuple[int, Any]:
        connection: http.client.HTTPConnection
        if self.ca:
            context = ssl.create_default_context(cafile=str(self.ca))
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=PATIENCE)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"X-Vault-Token": self.token if token is None else token}
        if wrap:
            headers["X-Vault-Wrap-TTL"] = wrap
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        connection.request(method, f"/v1/{path}", None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def do(self, method: str, path: str, body: object = None, **options: Any) -> Any:
        """The `data` of a request that must succeed; `auth` or `wrap_info` if it has that instead."""
        status, answer = settled(lambda: self.api(method, path, body, **options))
        assert status < 300, (method, path, status, answer)
        answer = answer or {}
        return answer.get("wrap_info") or answer.get("auth") or answer.get("data") or answer

    def unseal(self, key: str) -> None:
        """Returns when everything works again."""
        self.do("PUT", "sys/unseal", {"key": key})
        until(lambda: self.api("GET", "sys/health")[0] == 200)

    def put(self, path: str, secret: dict[str, object], mount: str = "secret") -> None:
        self.do("POST", f"{mount}/data/{path}", {"data": secret})

    def policy(self, name: str, *rules: tuple[str, str]) -> None:
        text = "\n".join(f'path "{path}" {{ capabilities = ["{capability}"] }}' for path, capability in rules)
        self.do("POST", f"sys/policies/acl/{name}", {"policy": text})

    def make_token(self, policy: str, **options: object) -> str:
        token: str = self.do("POST", "auth/token/create", {"policies": [policy], **options})["client_token"]
        return token
