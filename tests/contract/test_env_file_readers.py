"""A value that stands without quotes in our templates is read alike by everybody who may read them.

kubectl and docker's client are the real ones, docker's before a daemon of ours that notes what it is asked for. docker
compose and systemd are written down after their sources.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

import pytest
from dotenv import dotenv_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confcontract.contract.dotenvtext import is_common, written

PLAIN = [
    "",
    "x",
    "hello world",
    "https://user@host:80/path?a=b&c=d;e",
    '{"a": 1, "b": ["c d", null]}',
    '["a","b"]',
    "it's",
    'say "x"',
    "a#b",
    "a=b=c",
    "~/x|y>z<w*?!^%@`x`",
    "é ü 漢",
    "#",
    "PT30S",
    "export",
    "a: b",
]
NOT = ["'x'", '"x"', "'", " x", "x ", "a # b", "#x", "$HOME", "${HOME}", "a\\b", "a\nb", "a\tb", "\u00a0x", "x\r"]


def as_python_dotenv(path: Path) -> dict[str, str]:
    return {name: text for name, text in dotenv_values(path).items() if text is not None}


def as_kubectl(path: Path) -> dict[str, str]:
    command = ["kubectl", "create", "configmap", "x", f"--from-env-file={path}", "--dry-run=client", "-o", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, str] = json.loads(done.stdout)["data"]
    return found


class Daemon(BaseHTTPRequestHandler):
    """As much of docker's API as its client needs before it creates a container."""

    asked: dict[str, Any]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(200, b"")

    do_GET = do_HEAD

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).asked = json.loads(body)
        self._answer(400, b'{"message": "noted"}')

    def _answer(self, code: int, body: bytes) -> None:
        self.send_response(code)
        for name, value in {"Api-Version": "1.43", "Ostype": "linux", "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""

    def address_string(self) -> str:
        return "client"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("daemon") / "docker.sock"
    with ThreadingUnixStreamServer(str(path), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"unix://{path}"
        server.shutdown()


def as_docker(path: Path, daemon: str) -> dict[str, str]:
    command = ["docker", "-H", daemon, "create", "--pull", "never", "--env-file", str(path), "image"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/local/bin:/usr/bin"})
    assert "noted" in done.stderr, done.stderr
    return dict(entry.split("=", 1) for entry in Daemon.asked["Env"])


def as_compose(path: Path) -> dict[str, str]:
    """github.com/compose-spec/compose-go, dotenv/parser.go: extractVarValue of what has no quotes."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, text = line.partition("=")
        text = text.lstrip()
        assert text[:1] not in ("'", '"'), "in quotes"
        text = text.partition(" #")[0].rstrip()
        found[name] = re.sub(r"\$", "<reference>", text)
    return found


def as_systemd(path: Path) -> dict[str, str]:
    """github.com/systemd/systemd, src/basic/env-file.c: parse_env_file_internal, of values without quotes."""
    found = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        name, _, text = line.partition("=")
        text = text.lstrip(" \t")
        assert text[:1] not in ("'", '"'), "in quotes"
        if name:
            found[name] = re.sub(r"\\(.)", r"\1", text).rstrip(" \t")
    return found


def readers(daemon: str) -> list[Callable[[Path], dict[str, str]]]:
    missing = [each for each in ("kubectl", "docker") if shutil.which(each) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} are not installed")
    return [as_python_dotenv, as_compose, as_systemd, as_kubectl, lambda path: as_docker(path, daemon)]


TEXTS = st.lists(
    st.text(st.sampled_from("ab #'\"\\$={}[],:;`~!é\t\u00a0"), max_size=8) | st.text(max_size=8),
    min_size=20,
    max_size=60,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS)
def test_a_bare_value_is_the_same_to_everybody(texts: list[str], tmp_path: Path, daemon: str) -> None:
    values = {f"V{at}": text for at, text in enumerate([*PLAIN, *texts]) if is_common(text) and _is_utf8(text)}
    assert {text for text in PLAIN if text != "#"} <= set(values.values())
    path = tmp_path / "values.env"
    path.write_text("".join(f"{name}={written(text)}\n" for name, text in values.items()), encoding="utf-8")
    for read in readers(daemon):
        assert read(path) == values, read


def _is_utf8(text: str) -> bool:
    return text.encode("utf-8", "ignore").decode() == text


@pytest.mark.parametrize("text", NOT)
def test_what_some_reader_reads_otherwise_is_quoted(text: str, tmp_path: Path) -> None:
    assert not is_common(text)
    path = tmp_path / "values.env"
    path.write_bytes(f"X={written(text)}\n".encode())
    assert as_python_dotenv(path) == {"X": text}


@pytest.mark.parametrize("text", ["'x y'", '"x y"'])
def test_docker_and_kubectl_keep_quotes(text: str, tmp_path: Path, daemon: str) -> None:
    path = tmp_path / "values.env"
    path.write_text(f"X={text}\n", encoding="utf-8")
    python, _, _, kubectl, docker = readers(daemon)
    assert python(path) == {"X": "x y"}
    assert kubectl(path) == docker(path) == {"X": text}
