"""`confcontract smoke`: the steps over containers that are processes of this machine, and which engine is taken.

The real image, unpacked and started by runc, is in tests/test_image.py.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from confcontract.cli import main
from confcontract.report.errors import UsageError
from confcontract.smoke.docker_engine import DockerEngine
from confcontract.smoke.engine_choice import engine_for
from confcontract.smoke.smoke_steps import Smoke, smoke

# Python notices a signal that comes just before it sleeps only after that: hence so short.
ENDS_BY_TERM = (
    "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(0)); print('up', flush=True)\n"
    "for _ in range(12_000): time.sleep(0.05)"
)
IGNORES_TERM = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
NEEDS_A = f"import os, sys\nif 'A' not in os.environ: sys.exit(78)\n{ENDS_BY_TERM}"


class OnThisMachine:
    """Its containers are Python programs. user: as process 1 is said to be, and what came of a file in its root."""

    def __init__(self, program: str, user: str = "10001 EROFS") -> None:
        self._program = program
        self._user = user
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._up: set[str] = set()
        self.words: Sequence[str] = ()  # of the command that the image starts
        self.asked: set[str] = set()  # the programs that were started beside it

    def started(self) -> Sequence[str]:
        return self.words

    def start(self, environ: Mapping[str, str]) -> tuple[str, subprocess.Popen[bytes]]:
        name = str(len(self._running))
        command = [sys.executable, "-I", "-c", self._program]
        process = subprocess.Popen(command, env=dict(environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._running[name] = process
        return name, process

    def run_in(self, name: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        self.asked.add(command[0])
        if "probe" in command:
            return subprocess.CompletedProcess(command, 0 if self._catches_or_ignores_term(name) else 1)
        return subprocess.CompletedProcess(command, 0, f"{self._user}\n".encode())

    def _catches_or_ignores_term(self, name: str) -> bool:
        """It has come past the line that sets its handler: asked of the kernel."""
        try:
            status = Path(f"/proc/{self._running[name].pid}/status").read_text(encoding="utf-8")
        except OSError:
            return False
        masks = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigIgn", "SigCgt"))]
        return any(mask >> (signal.SIGTERM - 1) & 1 for mask in masks)

    def signal(self, name: str, signal: str) -> None:
        self._running[name].send_signal(getattr(__import__("signal"), f"SIG{signal}"))

    def close(self) -> None:
        pass


def result(program: str, *, user: str = "10001 EROFS", url: str | None = None, grace: float = 60) -> Smoke:
    return smoke(OnThisMachine(program, user), {"A": "1"}, url, 60, grace)


@pytest.mark.parametrize(
    ("words", "python"),
    [
        (("python", "-I", "-m", "confcontract", "boot", "--"), "python"),
        (("/confcontract/bin/confcontract", "boot", "--"), "/confcontract/bin/python3"),
        (("confcontract", "boot", "--"), "python"),
        ((), "python"),
    ],
)
def test_it_is_asked_by_the_python_that_boots_it(words: Sequence[str], python: str) -> None:
    engine = OnThisMachine(NEEDS_A)
    engine.words = words
    assert smoke(engine, {"A": "1"}, None, 60, 60).passed
    assert engine.asked == {python}


def passed(of: Smoke) -> list[bool | None]:
    return [step.passed for step in of.steps]


def test_an_image_that_boots_stops_and_refuses_passes() -> None:
    done = result(NEEDS_A)
    assert passed(done) == [True, True, True, True]
    assert done.passed
    assert done.said == ["up"]
    assert "ends with 78" in done.steps[-1].what


@pytest.mark.parametrize(
    "code,right,said", [(3, False, "ended with 3 by itself"), (0, None, "ended with 0 by itself, as a job does")]
)
def test_what_ended_by_itself_was_not_stopped(
    code: int, right: bool | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An application whose start fails after boot has handed over to it, and a job."""
    monkeypatch.setattr("confcontract.smoke.smoke_steps._SETTLES", 60.0)
    done = result(f"{NEEDS_A.partition('for _')[0]}time.sleep(2); sys.exit({code})")
    assert passed(done) == [True, True, right, True]
    assert done.passed is (code == 0)
    assert said in done.steps[2].what


def test_what_is_ignored_here_is_ignored_by_the_engine_that_is_started() -> None:
    """As by a shell that starts it in the background. Python sets SIGINT only where it is not ignored."""
    ignored = "import signal, sys; sys.exit(signal.getsignal(signal.SIGINT) is not signal.SIG_IGN)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        found = smoke(OnThisMachine(ignored), {}, None, 30, 30)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert [step.what for step in found.steps] == ["it ended with 0 before it had started"]


def test_an_image_that_requires_nothing_passes_with_a_remark() -> None:
    done = result(ENDS_BY_TERM)
    assert passed(done) == [True, True, True, None]
    assert done.passed


@pytest.mark.parametrize("code", [0, 1, 70])
def test_a_refusal_with_another_code_fails(code: int) -> None:
    done = result(NEEDS_A.replace("exit(78)", f"exit({code})"))
    assert passed(done) == [True, True, True, False]
    assert f"ends with {code}, not 66 or 78" in done.steps[-1].what


def test_an_image_that_does_not_start_fails_and_shows_what_it_said() -> None:
    done = result("import sys; sys.exit('broken')")
    assert passed(done) == [False]
    assert done.said == ["broken"]
    assert "ended with 1" in done.steps[0].what


def test_an_image_that_ignores_term_fails() -> None:
    done = result(IGNORES_TERM, grace=0.2)
    assert passed(done) == [True, True, False, None]


@pytest.mark.parametrize("told", ["0 EROFS", "10001 WRITTEN", "10001 EACCES"])
def test_an_image_that_runs_as_root_or_on_a_root_file_system_that_can_be_written_fails(told: str) -> None:
    assert passed(result(NEEDS_A, user=told)) == [True, False, True, True]


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 500)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def test_what_answers_is_asked_at_its_path() -> None:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        done = result(NEEDS_A, url=f"http://127.0.0.1:{server.server_port}/healthz")
        server.shutdown()
    assert passed(done) == [True, True, True, True, True]
    assert done.steps[2].what.endswith("answers: HTTP 200")


READS_ENV_FILE = """
echo "$@"
echo "|$PEM"
while [ "$1" != --env-file ]; do shift; done
printf '|%s\n' "$(cat "$2")"
"""


def program(folder: Path, name: str, text: str = "exit 0") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_without_an_engine_the_message_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        engine_for(None, "shop:1", str(tmp_path))
    assert "nothing here can start shop:1" in str(refused.value)
    assert "install docker, podman, or skopeo, umoci and runc" in str(refused.value.problems[0].hint)


def test_a_folder_of_images_is_none_of_a_daemons_business(tmp_path: Path) -> None:
    program(tmp_path, "docker")
    assert isinstance(engine_for(None, "shop:1", str(tmp_path)), DockerEngine)
    with pytest.raises(UsageError):
        engine_for(None, "oci:/images:shop", str(tmp_path))


def test_the_engine_gets_names_and_never_values_as_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "docker", READS_ENV_FILE)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    _, process = DockerEngine("docker", "shop:1").start({"KEY": "canary # 'x' ", "PEM": "canary\nlines"})
    words, pem, *file = process.communicate()[0].decode().split("\n|")
    assert file == ["KEY=canary # 'x' \n"]
    assert pem == "canary\nlines"
    assert "canary" not in words
    assert "--env PEM shop:1" in words
    assert "--read-only" in words


def test_what_an_env_file_has_no_place_for_is_given_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "docker", READS_ENV_FILE)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    environ = {"LONG": "\N{EURO SIGN}" * 20_000, "ODD": "\udce9", "KEY": "\N{EURO SIGN}"}  # docker counts bytes
    _, process = DockerEngine("docker", "shop:1").start(environ)
    words, _, *file = process.communicate()[0].decode().split("\n|")
    assert file == ["KEY=\N{EURO SIGN}\n"]
    assert "--env LONG --env ODD shop:1" in words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('[["/venv/bin/confcontract","boot"], ["shop"]]', ["/venv/bin/confcontract", "boot", "shop"]),
        ('[null, ["/venv/bin/confcontract", "boot"]]', ["/venv/bin/confcontract", "boot"]),
        ('["/venv/bin/confcontract", null]', ["/venv/bin/confcontract"]),
        ("[null, null]", []),
        ("null", []),
        ("no such image", []),
    ],
)
def test_what_the_image_starts_is_its_entry_point_and_its_command(told: str, words: list[str], tmp_path: Path) -> None:
    program(tmp_path, "docker", f"echo '{told}'")
    assert [*DockerEngine(str(tmp_path / "docker"), "shop:1").started()] == words


def test_a_variable_of_the_env_file_is_for_the_container_and_not_for_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "docker", 'echo "$DOCKER_HOST and $PATH"')
    monkeypatch.setenv("DOCKER_HOST", "unix:///ours")
    engine = DockerEngine(str(tmp_path / "docker"), "shop:1")
    _, process = engine.start({"DOCKER_HOST": "tcp://theirs", "PATH": "/nowhere"})
    assert process.communicate()[0].decode() == f"unix:///ours and {os.environ['PATH']}\n"


def test_an_env_file_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    from confcontract.report.errors import ConfigurationInvalid

    with pytest.raises(ConfigurationInvalid):
        main(["smoke", "shop:1", "--env-file", str(tmp_path / "none.env")])
