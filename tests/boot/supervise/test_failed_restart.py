"""A change with which the application can't be started again: it runs on as it is; if it was stopped all the same, it
is started as it was."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import OnChange, bake, declare
from confcontract.boot.supervise.demand import PAUSES, Demand
from confcontract.checks import File
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem
from tests.support.launching import PLAIN_ENVIRON, supervise_with
from tests.support.measured import measured
from tests.support.supervising import Supervised, children, until

APPLICATION = r"""#!/bin/sh
trap 'echo hup >> heard' HUP
trap '[ -e spoil ] && . ./spoil; exit 9' TERM
value() {
    if [ -z "$CONFCONTRACT_SECRETS_FILE" ]; then eval "echo \"\$$1\""; return; fi
    sed -n "s/^$1='*\([^']*\)'*$/\1/p" "$CONFCONTRACT_SECRETS_FILE"
}
echo "$$ $(value APP_TEXT) $(value APP_PASSWORD)" >> started
mkfifo pipe 2>/dev/null
while :; do read x <> pipe; done
"""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")

    text: str
    password: SecretStr
    key: Annotated[SecretStr | None, OnChange("SIGHUP")] = None
    place: str | None = None


class Running(Supervised):
    """Its settings lie in files that the test changes."""

    def change(self, **values: str) -> None:
        for name, value in values.items():
            draft = self.directory / "draft"
            draft.write_text(value, encoding="utf-8")
            draft.rename(self.directory / name)

    def starts(self) -> list[str]:
        """The values that the application was started with."""
        path = self.directory / "started"
        return [line.partition(" ")[2] for line in path.read_text().splitlines()] if path.exists() else []

    def starts_are(self, *values: str) -> None:
        until(lambda: self.starts() == [*values], self.process)

    def refuses(self, words: str) -> None:
        """It says why it did not take a change, and goes on with the process that it has."""
        until(lambda: "change-not-taken" in self.err, self.process)
        assert words in self.err
        until(lambda: words in self.health_of("secrets"), self.process)
        assert self.metric('confcontract_changes_total{result="refused"}') >= 1
        assert self.metric('confcontract_app_restarts_total{reason="changed"}') == 0

    def health_of(self, name: str) -> str:
        entries = {entry["name"]: entry for entry in json.loads(self.ask("/health?details"))["checks"]}
        return str(entries[name]["data"].get("message", ""))

    def metric(self, sample: str) -> float:
        lines = self.ask("/metrics").splitlines()
        return float(next(line.rpartition(" ")[2] for line in lines if line.startswith(sample)))

    def ask(self, path: str) -> str:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.directory / "run" / "probe.sock"))
            client.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        return answer.partition(b"\r\n\r\n")[2].decode()

    def ends(self) -> None:
        (self.directory / "spoil").unlink(missing_ok=True)
        self.send(signal.SIGTERM)
        until(self._has_ended)
        assert self.end()[0] == 9

    def _has_ended(self) -> bool:
        """A shell that gets a signal when it is about to read hears of it after the line: it gets one."""
        with contextlib.suppress(FileNotFoundError), open(self.directory / "pipe", "r+b", buffering=0) as pipe:
            pipe.write(b"\n")
        return self.process.poll() is not None


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def start(
        *arguments: str,
        options: tuple[str, ...] = (),
        checks: Any = (),
        before: tuple[str, ...] = (),
        files: Any = (),
        **more: Any,
    ) -> Running:
        for name in files:
            (tmp_path / name).touch()
        (tmp_path / "text").write_text("one")
        (tmp_path / "password").write_text("secret-one")
        (tmp_path / "key").write_text("key-one")
        application = tmp_path / "application"
        application.write_text(APPLICATION)
        application.chmod(0o755)
        contract = tmp_path / "contract.json"
        bake(declare(Settings, name="app", version="1", checks=checks)).dump(contract)
        argv = supervise_with(contract, "./application", *arguments, options=("--poll", "0.2", *options))
        environ = {
            **PLAIN_ENVIRON,
            **measured(),
            "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run"),
            **{f"APP_{name.upper()}_FILE": str(tmp_path / name) for name in ("text", "password", "key")},
            **more.pop("environ", {}),
        }
        started.append(Running([*before, *argv], tmp_path, env=environ, **more))
        started[-1].starts_are("one secret-one")
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_a_value_that_is_too_large_for_the_kernel_is_not_worth_a_stop(start: Start) -> None:
    running = start()
    running.change(text="x" * 200_000)
    running.refuses("APP_TEXT is too large for an environment variable")
    running.change(text="two")
    running.starts_are("one secret-one", "two secret-one")
    running.ends()


def test_a_change_that_was_refused_is_not_spoken_of_once_it_is_gone(start: Start) -> None:
    running = start()
    running.change(text="x" * 200_000)
    running.refuses("APP_TEXT is too large for an environment variable")
    (running.directory / "text").unlink()  # another reason, of another kind
    until(lambda: "too large" not in running.health_of("secrets"), running.process)
    assert "APP_TEXT_FILE" in running.health_of("secrets")
    running.change(text="one")
    until(lambda: not running.health_of("secrets"), running.process)
    assert running.starts() == ["one secret-one"]
    running.ends()


def test_nor_are_values_that_are_too_large_together(start: Start) -> None:
    stack = 512 * 1024  # a quarter of it is for arguments and environment
    running = start("y" * 60_000, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, (stack, stack)))
    running.change(text="x" * 80_000)
    running.refuses("too large together")
    running.change(text="two")
    running.starts_are("one secret-one", "two secret-one")
    running.ends()


def test_nor_is_text_that_the_locale_can_t_encode(start: Start, tmp_path: Path) -> None:
    made = shutil.which("localedef") and subprocess.run(
        ["localedef", "-i", "en_US", "-f", "ISO-8859-1", tmp_path / "en_US.ISO-8859-1"],
        check=False,
        capture_output=True,
    )
    if not made or made.returncode:
        pytest.skip("localedef, or its locales and charmaps, are missing")
    running = start(environ={"LC_ALL": "en_US.ISO-8859-1", "LOCPATH": str(tmp_path)})
    running.change(text="5 €")
    running.refuses("can't be handed over as an environment variable")
    running.change(text="two")
    running.starts_are("one secret-one", "two secret-one")
    running.ends()


def _remove(application: Path) -> None:
    application.unlink()


def _forbid(application: Path) -> None:
    application.chmod(0o644)


def _name_no_interpreter(application: Path) -> None:
    application.unlink()
    application.write_text("#!/no/such/interpreter\n")
    application.chmod(0o755)


def _write_no_program(application: Path) -> None:
    application.unlink()
    application.write_text("no program\n")
    application.chmod(0o755)


def _be_a_directory(application: Path) -> None:
    application.unlink()
    application.mkdir()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_remove, "does not exist"),
        (_forbid, "is not executable for user"),
        (_name_no_interpreter, "its interpreter '/no/such/interpreter' was not found"),
        (_write_no_program, "is neither a program nor a script"),
        (_be_a_directory, "is a directory"),
    ],
)
def test_a_command_that_can_t_be_executed_any_more_is_looked_at_first(
    start: Start, spoil: Callable[[Path], None], words: str
) -> None:
    running = start()
    application = running.directory / "application"
    spoil(application)
    running.change(text="two")
    running.refuses(words)
    assert running.starts() == ["one secret-one"]
    shutil.rmtree(application) if application.is_dir() else application.unlink(missing_ok=True)
    application.write_text(APPLICATION)
    application.chmod(0o755)
    running.starts_are("one secret-one", "two secret-one")
    running.ends()


def test_another_file_in_its_place_is_what_is_started(start: Start) -> None:
    running = start()
    draft = running.directory / "draft"
    draft.write_text(APPLICATION.replace("$(value APP_TEXT)", "new $(value APP_TEXT)"))
    draft.chmod(0o755)
    draft.rename(running.directory / "application")
    running.change(text="two")
    running.starts_are("one secret-one", "new two secret-one")
    running.ends()


def test_a_check_that_fails_with_the_new_value_keeps_the_old_one(start: Start) -> None:
    running = start(checks=[File("place", "APP_TEXT")], files=["one"])
    running.change(text="two")
    running.refuses("does not exist")
    running.change(two="")
    running.starts_are("one secret-one", "two secret-one")
    running.ends()


def test_a_limit_on_descriptors_keeps_the_application_running(start: Start) -> None:
    running = start()
    pid = running.process.pid
    found = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = max(int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir()) + 1
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 1, found[1]))  # enough to look at a file
    running.change(text="two")
    until(lambda: "change-not-taken" in running.err, running.process)
    assert "RLIMIT_NOFILE" in running.err  # whichever descriptor it is that can't be had
    assert len(running.starts()) == 1
    resource.prlimit(pid, resource.RLIMIT_NOFILE, found)
    running.starts_are("one secret-one", "two secret-one")
    running.ends()


def test_so_does_a_limit_on_processes(start: Start, tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("the limit does not hold for root, and only root can become somebody else (setpriv)")
    tmp_path.chmod(0o777)
    for folder in tmp_path.parents:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(0o755)
    number = str(20_000 + os.getpid() % 40_000)
    somebody = ("setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups")
    running = start(before=somebody)

    def limit(processes: str) -> None:
        """Of the supervisor alone: what the application is about to start is not refused."""
        subprocess.run([*somebody, "prlimit", f"--pid={running.process.pid}", f"--nproc={processes}:"], check=True)

    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    limit("1")  # the two that run are more already
    running.change(text="two")
    until(lambda: "change-not-taken" in running.err, running.process)
    assert "no thread could be started" in running.err or "RLIMIT_NPROC" in running.err
    assert len(running.starts()) == 1
    limit(str(soft) if soft != resource.RLIM_INFINITY else "unlimited")
    running.starts_are("one secret-one", "two secret-one")
    running.ends()


AWAY = "mv application away"  # when the application is asked to end, and so after everything was looked at


def test_after_a_restart_that_failed_it_is_started_as_it_was(start: Start) -> None:
    running = start()
    running.change(spoil=f"{AWAY}; rm spoil")
    running.change(text="two")
    until(lambda: running.err.count("restart-failed") == 3, running.process)  # new values, old values, old values
    assert running.starts() == ["one secret-one"]
    assert "does not exist" in running.health_of("application")
    (running.directory / "away").rename(running.directory / "application")
    running.starts_are("one secret-one", "one secret-one", "two secret-one")  # nothing spoils the next attempt
    assert "failed to start with it and runs with the old values" in running.err
    assert running.metric('confcontract_changes_total{result="undone"}') == 1
    assert running.metric('confcontract_app_restarts_total{reason="undone"}') == 1
    assert running.metric('confcontract_app_restarts_total{reason="changed"}') == 1
    running.ends()


def test_what_could_not_be_done_is_tried_less_and_less_often_and_other_values_at_once(start: Start) -> None:
    back = "setsid sh -c 'touch gone; sleep 0.1; mv away application' & while [ ! -e gone ]; do :; done; rm gone"
    running = start()
    running.change(spoil=f"{AWAY}; {back}")
    running.change(text="two")
    until(lambda: running.metric('confcontract_changes_total{result="undone"}') == 3, running.process)
    assert set(running.starts()) == {"one secret-one"}
    (running.directory / "spoil").unlink()
    running.change(text="three")
    until(lambda: "three secret-one" in running.starts(), running.process)
    assert "two secret-one" not in running.starts()
    running.ends()


def test_who_asks_to_end_while_a_restart_is_undone_is_obeyed(start: Start) -> None:
    running = start()
    running.change(spoil=AWAY)
    running.change(text="two")
    until(lambda: "restart-failed" in running.err, running.process)
    running.send(signal.SIGTERM)
    assert running.end()[0] == 128 + signal.SIGTERM
    assert running.starts() == ["one secret-one"]


def test_attempts_to_start_it_as_it_was_come_to_an_end() -> None:
    taken_back: list[bool] = []
    request = Demand({}, lambda: taken_back.append(True))
    error = ConfigurationInvalid(Problem("usage", "it can't be started"))
    pauses = [request.fail(error) for _ in range(len(PAUSES) + 2)]
    assert pauses == [0.0, *PAUSES, None]
    assert taken_back == [True]


@pytest.fixture
def memory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        yield Path(directory)


def test_files_are_again_what_they_were(start: Start, memory: Path) -> None:
    running = start(options=("--deliver", "files", "--secrets-dir", str(memory)))
    running.change(spoil=f"{AWAY}; rm spoil; cp {memory}/APP_PASSWORD seen")
    running.change(password="secret-two", key="key-two")
    until(lambda: "restart-failed" in running.err, running.process)
    assert (running.directory / "seen").read_text() == "secret-two"
    until(lambda: (memory / "APP_PASSWORD").read_text() == "secret-one", running.process)
    assert (memory / "APP_KEY").read_text() == "key-one"
    assert sorted(path.name for path in memory.iterdir()) == ["APP_KEY", "APP_PASSWORD", "APP_TEXT", "secrets.env"]
    (running.directory / "away").rename(running.directory / "application")
    running.starts_are("one secret-one", "one secret-one", "one secret-two")
    assert (memory / "APP_KEY").read_text() == "key-two"
    assert sorted(path.name for path in memory.iterdir()) == ["APP_KEY", "APP_PASSWORD", "APP_TEXT", "secrets.env"]
    running.ends()
    assert list(memory.iterdir()) == []


def test_files_stay_as_they_are_for_a_change_that_is_refused(start: Start, memory: Path) -> None:
    running = start(options=("--deliver", "files", "--secrets-dir", str(memory)))
    before = {path.name: path.stat().st_ino for path in memory.iterdir()}
    (running.directory / "application").unlink()
    running.change(password="secret-two")
    running.refuses("does not exist")
    assert {path.name: path.stat().st_ino for path in memory.iterdir() if path.suffix != ".new"} == before
    running.send(signal.SIGTERM)
    assert running.end()[0] == 9
    assert list(memory.iterdir()) == []


def test_a_signal_needs_no_command(start: Start, memory: Path) -> None:
    running = start(options=("--deliver", "files", "--secrets-dir", str(memory)))
    (running.directory / "application").unlink()
    running.change(key="key-two")
    running.eventually("heard", "hup")
    assert (memory / "APP_KEY").read_text() == "key-two"
    running.ends()


def test_a_memory_file_holds_again_what_it_held(start: Start) -> None:
    running = start(options=("--deliver", "memfd"))
    running.change(spoil=f"{AWAY}; rm spoil")
    running.change(password="secret-two")
    until(lambda: "restart-failed" in running.err, running.process)
    (running.directory / "away").rename(running.directory / "application")
    running.starts_are("one secret-one", "one secret-one", "one secret-two")
    [application] = children(running.process.pid)
    held = [os.readlink(path) for path in Path(f"/proc/{application}/fd").iterdir()]
    assert sum("secrets.env" in name for name in held) == 1
    running.ends()
