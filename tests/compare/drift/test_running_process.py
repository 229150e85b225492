"""The environment of a process that runs, against its contract."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.compare.drift import running_process
from confcontract.compare.drift.running_process import environ_of, process_drift
from confcontract.contract.artifact import Contract
from confcontract.report.errors import ConfigurationInvalid

CANARY = "canary-7f3a91"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_file=".env")

    port: int
    key: SecretStr


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Settings, name="shop", version="1")


@contextmanager
def running(**environ: str) -> Iterator[int]:
    """A process with this environment and no other, until it is left."""
    pipe = subprocess.PIPE
    with subprocess.Popen(["/bin/cat"], env=environ, bufsize=0, stdin=pipe, stdout=pipe) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(b"x")
            assert process.stdout.read(1) == b"x"  # until then it may still be on its way into its program
            yield process.pid
        finally:
            process.kill()


def told(contract: Contract, pid: int) -> list[tuple[str, str | None, str]]:
    return [(each.code, each.variable, each.severity) for each in process_drift(contract, pid, None)]


def test_a_process_that_fits_its_contract(contract: Contract) -> None:
    with running(SHOP_PORT="80", SHOP_KEY=CANARY, OTHER="x") as pid:
        assert told(contract, pid) == []


def test_what_does_not_fit_is_told_with_the_process_and_without_secrets(contract: Contract) -> None:
    with running(SHOP_PORT=f"x{CANARY}"[:1], SHOP_KEYS=CANARY) as pid:
        problems = process_drift(contract, pid, None)
        assert told(contract, pid) == [
            ("value-invalid", "SHOP_PORT", "error"),
            ("secret-missing", "SHOP_KEY", "error"),
            ("name-unknown", "SHOP_KEYS", "error"),
        ]
        assert problems[0].source == f"environment of process {pid}, as SHOP_PORT"
        assert CANARY not in str([problem.as_dict() for problem in problems])


def test_files_that_the_class_names_itself_are_none_of_the_process(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SHOP_PORT=x\nSHOP_KEY=x\n")
    monkeypatch.chdir(tmp_path)
    with running(SHOP_PORT="80", SHOP_KEY="x") as pid:
        assert told(contract, pid) == []


def test_a_secret_in_a_file_is_read_where_the_process_has_it(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(CANARY)
    with running(SHOP_PORT="80", SHOP_KEY_FILE=str(tmp_path / "key")) as pid:
        assert told(contract, pid) == []
    with running(SHOP_PORT="80", SHOP_KEY_FILE=str(tmp_path / "gone")) as pid:
        assert ("drift-not-evaluated", "SHOP_KEY", "error") in told(contract, pid)


def test_files_of_a_process_with_other_file_systems_are_reached_through_its_root(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As from a node, or from a debug container that shares the processes of a pod and not its files."""
    monkeypatch.setattr(running_process, "_same_files", lambda *_: False)
    (tmp_path / "key").write_text(CANARY)
    with running(SHOP_PORT="80", SHOP_KEY_FILE=str(tmp_path / "key"), HOME="/x") as pid:
        seen = running_process._seen_from_here(environ_of(pid), contract, pid, "/proc")
        assert seen == {"SHOP_PORT": "80", "SHOP_KEY_FILE": f"/proc/{pid}/root{tmp_path}/key", "HOME": "/x"}
        assert told(contract, pid) == []
    with running(SHOP_PORT="80", SHOP_KEY_FILE="key") as pid:
        assert running_process._seen_from_here(environ_of(pid), contract, pid, "/proc")["SHOP_KEY_FILE"] == (
            f"/proc/{pid}/cwd/key"
        )


def test_our_own_file_systems_are_the_same() -> None:
    assert running_process._same_files(os.getpid(), "/proc")


# -- what can't be read -----------------------------------------------------------------------------


def refused(pid: int, proc: str = "/proc") -> tuple[str, str]:
    with pytest.raises(ConfigurationInvalid) as caught:
        environ_of(pid, proc=proc)
    (problem,) = caught.value.problems
    assert problem.code == "drift-not-evaluated"
    assert str(pid) in problem.message
    return problem.message, str(problem.hint)


def test_a_process_that_has_ended(tmp_path: Path) -> None:
    with running() as pid:
        pass
    assert "there is no such process, or it has ended" in refused(pid)[0]


def test_a_process_that_has_ended_and_is_not_reaped() -> None:
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    try:
        assert "there is no such process, or it has ended" in refused(process.pid)[0]
    finally:
        process.wait()


def test_a_process_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(running_process, "open", denied, raising=False)  # root may read any
    message, hint = refused(1)
    assert "this user may not read it" in message
    assert "as its user" in hint


def test_a_machine_without_proc(tmp_path: Path) -> None:
    assert f"there is no {tmp_path} here" in refused(1, str(tmp_path))[0]


def test_an_empty_environment_and_an_odd_one() -> None:
    with running() as pid:
        assert environ_of(pid) == {}
    with running(A="1", B="x=y\n") as pid:
        assert environ_of(pid) == {"A": "1", "B": "x=y\n"}


def test_of_a_name_that_is_there_twice_the_first_counts(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/environ").write_bytes(b"A=1\0B=2\0A=3\0nothing\0=x\0")
    assert environ_of(7, proc=str(tmp_path)) == {"A": "1", "B": "2"}
