"""The supervisor leaves the folder that it was started in; what is named by a relative path is still meant from there."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake, declare
from confcontract.checks import Command, File
from tests.support.launching import PLAIN_ENVIRON, SAFETY, supervise_with
from tests.support.supervising import Supervise, Supervised, children, python, until

APPLICATION = """#!/bin/sh
echo "$0 $(pwd) $APP_A $APP_B $APP_C $(cat .env) $(cat own/app_e)" >> started
trap 'exit 6' TERM
mkfifo pipe 2>/dev/null
while :; do read x <> pipe; done
"""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env", secrets_dir="own")

    a: str  # from an env file
    b: str  # from a folder of env files
    c: SecretStr  # from a secret file
    d: str  # from the application's own env file
    e: str  # from its own secrets directory


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory, so that secrets can be delivered there."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as made:
        yield Path(made)


def settings_in(folder: Path) -> list[str]:
    """A supervisor for which everything lies there, by relative names."""
    for name in ("conf.d", "policy.d", "own"):
        (folder / name).mkdir()
    for name, text in {
        "a.env": "APP_A=a1",
        "conf.d/b.env": "APP_B=b1",
        "c": "c1",
        ".env": "APP_D=d1",
        "own/app_e": "e1",
        "application": APPLICATION,
        "check": "#!/bin/sh\ntest -e data\n",
        "policy.d/none.schema.json": "{}",
        "data": "",
    }.items():
        (folder / name).write_text(text)
    for name in ("application", "check"):
        (folder / name).chmod(0o755)
    checks = [
        File("file", "data", phases=["ready"], period=0.1),
        Command(["./check"], name="command", phases=["ready"], period=0.1),
    ]
    bake(declare(Settings, name="app", version="1", checks=checks)).dump(folder / "contract.json")
    options = "--env-file a.env --conf-dir conf.d --policy-dir policy.d --poll 0.2"
    return supervise_with(Path("contract.json"), "./application", options=tuple(options.split()))


def write(path: Path, text: str) -> None:
    """In one step: half of a value is one, too."""
    draft = path.with_name("draft")
    draft.write_text(text)
    draft.replace(path)


def ask(path: Path, question: str) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(f"GET {question} HTTP/1.0\r\n\r\n".encode())
        return b"".join(iter(lambda: client.recv(65536), b"")).decode()


def test_all_that_is_relative_begins_where_it_was_started(folder: Path) -> None:
    argv = settings_in(folder)
    environ = {**PLAIN_ENVIRON, "APP_C_FILE": "./c", "CONFCONTRACT_RUNTIME_DIR": "run"}
    booted = Supervised(argv, folder, env=environ)
    try:
        now = dict(zip("abcde", ("a1", "b1", "c1", "d1", "e1"), strict=True))

        def line() -> str:
            return "./application {} {a} {b} {c} APP_D={d} {e}".format(folder, **now)

        started = [line()]

        def starts() -> list[str]:
            return (folder / "started").read_text().splitlines()

        until(lambda: (folder / "started").exists() and starts() == started, booted.process)
        assert os.readlink(f"/proc/{booted.process.pid}/cwd") == "/"
        for name, text in {
            "a.env": "APP_A=a2",
            "conf.d/b.env": "APP_B=b2",
            "c": "c2",
            ".env": "APP_D=d2",
            "own/app_e": "e2",
        }.items():
            write(folder / name, text)
            value = text.rpartition("=")[2]
            now[value[0]] = value
            started.append(line())
            until(lambda: starts() == started, booted.process)
            assert os.readlink(f"/proc/{booted.process.pid}/cwd") == "/"
        until(lambda: "200 OK" in ask(folder / "run/probe.sock", "/health/ready"), booted.process)
        (folder / "data").unlink()
        until(lambda: len(failing(folder)) == 2, booted.process)
        write(folder / "policy.d/none.schema.json", '{"properties": {"a": {"const": "a2"}}}')
        write(folder / "a.env", "APP_A=a3")
        until(lambda: "new values were not applied" in booted.err, booted.process)
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 6
        assert starts() == started

        assert list((folder / "run").iterdir()) == []
    finally:
        booted.close()


def failing(folder: Path) -> list[str]:
    answer = ask(folder / "run/probe.sock", "/health/ready?details").partition("\r\n\r\n")[2]
    return [entry["name"] for entry in json.loads(answer)["checks"] if entry["name"] in ("file", "command")
            and entry["status"] == "DOWN"]  # fmt: skip


@pytest.mark.parametrize("directory", ["secrets", "./secrets"])
def test_secrets_are_replaced_and_removed_there(folder: Path, directory: str) -> None:
    argv = settings_in(folder)
    at = argv.index("--")
    argv[at:at] = ["--deliver", "files", "--secrets-dir", directory]
    environ = {**PLAIN_ENVIRON, "APP_C_FILE": "./c", "CONFCONTRACT_RUNTIME_DIR": "run"}
    booted = Supervised(argv, folder, env=environ)
    try:
        secret = folder / "secrets" / "APP_C"
        until(lambda: (folder / "started").exists() and secret.read_text() == "c1", booted.process)
        write(folder / "c", "c2")
        until(lambda: secret.read_text() == "c2", booted.process)
        until(lambda: len((folder / "started").read_text().splitlines()) == 2, booted.process)
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 6
        assert not secret.parent.exists()
    finally:
        booted.close()


def test_the_application_starts_there_and_the_supervisor_is_elsewhere_by_then(supervise: Supervise) -> None:
    booted = supervise("/bin/sh", "-c", "readlink /proc/$PPID/cwd && readlink /proc/$$/cwd")
    code, said = booted.end()
    assert (code, said) == (0, f"/\n{booted.directory}\n")


def test_a_folder_that_is_gone_is_no_reason_to_stop_the_application(folder: Path, tmp_path: Path) -> None:
    argv = settings_in(folder)
    moved = folder / "moved"
    moved.mkdir()
    for path in list(folder.iterdir()):
        if path != moved:
            path.rename(moved / path.name)
    away = folder / "away"
    environ = {**PLAIN_ENVIRON, "APP_C_FILE": f"{tmp_path}/c", "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run")}
    (tmp_path / "c").write_text("c1")
    at = argv.index("--")
    argv[at:] = ["--health-addr", f"unix:{tmp_path}/health.sock", "--", "/bin/sh", str(moved / "application")]
    booted = Supervised(argv, tmp_path, env=environ, cwd=moved)
    try:
        until((moved / "started").exists, booted.process)
        [application] = children(booted.process.pid)
        moved.rename(away)
        write(tmp_path / "c", "c2")
        until(lambda: "not applied" in booted.err or "could not be read" in booted.err, booted.process)
        away.rename(moved)
        until(lambda: children(booted.process.pid) != [application], booted.process)
        until(lambda: "c2" in (moved / "started").read_text(), booted.process)
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 6
    finally:
        booted.close()


def test_a_file_system_that_the_application_has_left_can_be_unmounted(tmp_path: Path, empty_contract: Path) -> None:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("only root can mount (unshare)")
    place = tmp_path / "mount"
    place.mkdir()
    leaves = python("import os, time; os.chdir('/'); print(flush=True); time.sleep(1000)")
    argv = shlex.join([*supervise_with(empty_contract, *leaves)])
    script = f"""
set -e
mount -t tmpfs none {place}
cd {place}
exec 3< <(exec {argv} 2>{tmp_path}/err)
cd /
read line <&3
umount {place}
kill -TERM $!
wait $!
"""
    environ = {**PLAIN_ENVIRON, "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run")}
    argv_all = ["unshare", "--mount", "--propagation", "private", "bash", "-c", script]
    done = subprocess.run(argv_all, env=environ, capture_output=True, timeout=SAFETY, check=False, text=True)
    if "permission denied" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip("mounting is not allowed here")
    assert "busy" not in done.stderr, done.stderr
    assert done.returncode == 143, done.stderr


def test_a_library_opens_relative_paths_in_the_folder(tmp_path: Path) -> None:
    code = """
import os
from confcontract.host import folder
folder.leave()
print(os.getcwd(), folder.at("x"), folder.at("/x"))
with folder.entered():
    print(os.getcwd())
    with folder.entered():
        pass
    print(os.getcwd())
print(os.getcwd())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=SAFETY, check=True, text=True
    )
    here = str(tmp_path)
    assert done.stdout.splitlines() == [f"/ {here}/x /x", here, here, "/"]


def test_a_folder_that_could_not_be_found_again_is_not_left(tmp_path: Path) -> None:
    code = """
import os
from confcontract.host import folder
os.rmdir(os.getcwd())
folder.leave()
print(os.readlink("/proc/self/cwd"), folder.at("x"), folder.left())
"""
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=gone, capture_output=True, timeout=SAFETY, check=True, text=True
    )
    assert done.stdout.splitlines() == [f"{gone} (deleted) x None"]
