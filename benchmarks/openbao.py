"""A dev server of OpenBao for the benchmarks: in memory, on a free port, stopped at the end."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BAO = Path(sys.executable).with_name("bao")
TOKEN = "bench-root-token"
_START_SECONDS = 120.0


@contextmanager
def dev_server(folder: Path, secret: dict[str, str]) -> Iterator[str]:
    """The address of a server that has `secret` at secret/bench. Its log is in `folder`."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    argv = [str(BAO), "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={TOKEN}"]
    argv.append(f"-dev-listen-address=127.0.0.1:{port}")
    log = folder / "openbao.log"
    with log.open("w") as stream:
        environ = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
        server = subprocess.Popen(argv, stdout=stream, stderr=stream, env=environ)
    try:
        _await(server, f"{address}/v1/secret/data/bench", {"data": secret}, log)
        yield address
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    """None of those that the kernel gives to any client: it stays free until the server is started there."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _await(server: subprocess.Popen[bytes], url: str, body: object, log: Path) -> None:
    """Write the secret as soon as the server takes it."""
    deadline = time.monotonic() + _START_SECONDS
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"X-Vault-Token": TOKEN, "Content-Type": "application/json"}
    )
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(request, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"OpenBao did not start:\n{log.read_text()[-2000:]}")


def agent_config(folder: Path, address: str, *command: str) -> Path:
    """The configuration of `bao agent` as process supervisor: one secret into one variable of one command."""
    token = folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    config = folder / "agent.hcl"
    template = '{{ with secret \\"secret/data/bench\\" }}{{ .Data.data.secret_key }}{{ end }}'
    config.write_text(
        f'vault {{ address = "{address}" }}\n'
        f'auto_auth {{ method {{ type = "token_file" config = {{ token_file_path = "{token}" }} }} }}\n'
        f"template_config {{ exit_on_retry_failure = true }}\n"
        f'env_template "SHOP_SECRET_KEY" {{ contents = "{template}" }}\n'
        f'exec {{ command = {json.dumps(command)} restart_on_secret_changes = "never" }}\n'
    )
    return config
