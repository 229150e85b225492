"""`--timeout` bounds what boot does before the start: files without an end, values that grow, slow patterns."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.commands import PLAIN_ENVIRON, SAFETY, run, said

EVIL = "a" * 40 + "!"  # for ([a-z]+)* a matter of days
BACKTRACKS = "^([a-z]+)*$"
APP = """
from typing import Annotated
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from confcontract import Http, declare

class Plain(BaseSettings):
    a: str = "x"

class Patterned(BaseSettings):
    model_config = SettingsConfigDict(regex_engine="python-re")
    a: Annotated[str, Field(pattern=r"^([a-z]+)*$")] = "x"

class Strict(BaseSettings):
    model_config = SettingsConfigDict(regex_engine="python-re", strict=True)
    a: Annotated[str, Field(pattern=r"^([a-z]+)*$")] | None = None

class Dotenv(Plain):
    model_config = SettingsConfigDict(env_file=".env")

class Secrets(Plain):
    model_config = SettingsConfigDict(secrets_dir="secrets")

class Address(BaseSettings):
    url: str

CHECKED = declare(Address, name="s", version="1", checks=[
    Http("page", "URL", body="^([a-z]+)*$", timeout=1, interval=0.1, deadline=2)])
"""


@pytest.fixture(scope="module")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("baked")
    (place / "slow_app.py").write_text(APP)
    for name in ("Plain", "Patterned", "Strict", "Dotenv", "Secrets", "CHECKED"):
        done = run("bake", f"slow_app:{name}", "--name", "s", "--version", "1", "-o", name, cwd=place)
        assert done.returncode == 0, said(done)
    return place


def boot(
    baked: Path, name: str, *options: str, seconds: float = SAFETY / 2, **more: Any
) -> subprocess.CompletedProcess[str]:
    """seconds: what it is given. What comes to an end by itself is given more than the busiest machine needs."""
    contract = str(baked / name / "contract.json")
    return run("boot", "--timeout", str(seconds), "--contract", contract, *options, "--", "true", **more)


def assert_refused(done: subprocess.CompletedProcess[str], *words: str, code: int = 78) -> None:
    assert done.returncode == code, said(done)
    for word in words:
        assert word in said(done), said(done)


def assert_out_of_time(
    baked: Path, name: str, *options: str, words: Sequence[str], code: int = 78, **more: Any
) -> None:
    """Refused with these words by its timeout: a second, or more where a busy machine took that for something else."""
    done = boot(baked, name, *options, seconds=1, **more)
    for seconds in (5, 25):
        if not all(word in said(done) for word in words):
            done = boot(baked, name, *options, seconds=seconds, **more)
    assert_refused(done, *words, code=code)


def test_a_pattern_of_a_policy(baked: Path, tmp_path: Path) -> None:
    (tmp_path / "a.schema.json").write_text(json.dumps({"properties": {"a": {"pattern": BACKTRACKS}}}))
    policy = ("--policy-dir", str(tmp_path))
    words = ["a.schema.json: was not evaluated in time"]
    assert_out_of_time(baked, "Plain", *policy, words=words, environ={"A": EVIL})
    assert boot(baked, "Plain", *policy, environ={"A": "abc"}).returncode == 0
    broken = boot(baked, "Plain", *policy, environ={"A": "a!"})
    assert_refused(broken, "A must match the pattern")


@pytest.mark.parametrize("name", ["Patterned", "Strict"])
def test_a_pattern_of_the_contract(baked: Path, name: str) -> None:
    assert_out_of_time(baked, name, words=["was not validated in time", "a pattern of A"], environ={"A": EVIL})
    assert boot(baked, name, environ={"A": "abc"}).returncode == 0
    assert_refused(boot(baked, name, environ={"A": "a!"}), "should match pattern")


def test_a_pattern_of_a_check(baked: Path) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(EVIL.encode())

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            environ = {"URL": f"http://127.0.0.1:{server.server_port}/"}
            words = ["was neither found nor missed in time"]
            assert_out_of_time(baked, "CHECKED", words=words, code=69, environ=environ)
        finally:
            server.shutdown()


GROWING = "A=xxxxxxxxxxxxxxxx\n" + "A=${A}${A}\n" * 60
AT_ONCE = "A=" + "x" * 100_000 + "\nB=" + "${A}" * 100_000 + "\n"


@pytest.mark.parametrize("text", [GROWING, AT_ONCE], ids=["doubling", "at once"])
def test_references_in_an_env_file(baked: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / ".env").write_text(text)
    limited: dict[str, Any] = {"preexec_fn": no_more_than_a_gigabyte}
    assert_refused(boot(baked, "Plain", "--env-file", str(tmp_path / ".env"), **limited), "grow beyond")
    assert_refused(boot(baked, "Dotenv", cwd=tmp_path, **limited), "grow beyond")


def test_an_env_file_beyond_all_measure(baked: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").touch()
    os.truncate(tmp_path / ".env", 5 << 30)
    assert_refused(boot(baked, "Dotenv", cwd=tmp_path, preexec_fn=no_more_than_a_gigabyte), "is larger than")


def test_a_file_of_any_size_in_the_class_s_secrets_dir(baked: Path, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "other").touch()
    os.truncate(tmp_path / "secrets" / "other", 5 << 30)
    assert boot(baked, "Secrets", cwd=tmp_path, preexec_fn=no_more_than_a_gigabyte).returncode == 0
    (tmp_path / "secrets" / "other").rename(tmp_path / "secrets" / "a")
    assert_refused(boot(baked, "Secrets", cwd=tmp_path, preexec_fn=no_more_than_a_gigabyte), "is larger than")


def no_more_than_a_gigabyte() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


ENDLESS = ["/proc/kmsg", "/dev/zero", "/dev/random", "/proc/self/mem", "/dev/kmsg"]


@pytest.mark.parametrize("path", [path for path in ENDLESS if os.access(path, os.R_OK)])
def test_name_file_on_a_file_without_an_end(baked: Path, path: str) -> None:
    assert_refused(boot(baked, "Plain", seconds=2, environ={"A_FILE": path}), "A_FILE")


@pytest.fixture
def trickle(tmp_path: Path) -> Iterator[Path]:
    """A pipe into which somebody writes a letter now and then, and never closes it."""
    os.mkfifo(tmp_path / "pipe")
    program = "import sys, time\nwith open(sys.argv[1], 'w') as pipe:\n while 1: pipe.write('x'); pipe.flush(); time.sleep(.2)"
    writer = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "pipe")], env=PLAIN_ENVIRON)
    try:
        yield tmp_path / "pipe"
    finally:
        writer.kill()
        writer.wait(SAFETY)


def test_a_pipe_that_never_ends(baked: Path, trickle: Path) -> None:
    assert_out_of_time(baked, "Plain", words=["A_FILE", "pipe"], environ={"A_FILE": str(trickle)})


def test_a_signal_ends_boot_while_a_pattern_is_tried(baked: Path) -> None:
    contract = str(baked / "Patterned" / "contract.json")
    command = [sys.executable, "-m", "confcontract", "boot", "--timeout", "60", "--contract", contract, "--", "true"]
    with subprocess.Popen(command, env={**PLAIN_ENVIRON, "A": EVIL}, stderr=subprocess.DEVNULL) as process:
        try:
            while not children(process.pid):
                assert process.poll() is None
                time.sleep(0.01)
            copy = children(process.pid)[0]
            process.terminate()
            assert process.wait(SAFETY) == 143
        finally:
            process.kill()
    while os.path.exists(f"/proc/{copy}/stat"):
        with open(f"/proc/{copy}/stat", encoding="utf-8") as stream:
            if stream.read().rpartition(")")[2].split()[0] in "ZX":
                break
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as stream:
        return [int(word) for word in stream.read().split()]
