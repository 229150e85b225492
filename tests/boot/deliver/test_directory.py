"""A directory that was named: whose it is, and what is in it when not all that is to be written fits."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract import bake, declare
from tests.boot.deliver.settings import Settings
from tests.boot.deliver.test_delivery import CANARY, GIVEN, ROOT
from tests.support.launching import PLAIN_ENVIRON, SAFETY
from tests.support.supervising import Supervised, until

MOST = 16 * 1024  # bytes that a file may have where there is no room for more
LONG = CANARY * (MOST // len(CANARY) + 1)


@pytest.fixture
def memory() -> Iterator[Path]:
    path = Path("/dev/shm") / f"confcontract-directory-{os.getpid()}"
    path.mkdir(0o700)
    yield path
    for left in path.iterdir():
        left.unlink()
    path.rmdir()


@pytest.fixture
def words(tmp_path: Path, memory: Path) -> list[str]:
    """The beginning of a boot into the directory."""
    contract = tmp_path / "contract.json"
    bake(declare(Settings, name="shop", version="1")).dump(contract)
    given = [sys.executable, "-m", "confcontract", "boot", "--contract", str(contract)]
    return [*given, "--deliver", "files", "--secrets-dir", str(memory)]


def environ(tmp_path: Path, **more: str) -> dict[str, str]:
    runtime = {"CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run")}
    # Python would leave half a .pyc where there is no room, and coverage half a file of its own
    plain = {"PATH": PLAIN_ENVIRON["PATH"], "LANG": PLAIN_ENVIRON["LANG"], "PYTHONDONTWRITEBYTECODE": "1"}
    return {**plain, "PYTHONPATH": str(ROOT), **runtime, **GIVEN, **more}


def no_room() -> None:
    """Python ignores the signal: a write that goes too far fails, as it does on a full file system."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, MOST))


@pytest.mark.parametrize("mode", [(), ("--supervise",)], ids=["exec", "supervised"])
def test_a_boot_that_finds_no_room_for_all_leaves_nothing(
    tmp_path: Path, memory: Path, words: list[str], mode: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [*words, *mode, "--", "true"],
        env=environ(tmp_path, SHOP_PIN=LONG),
        preexec_fn=no_room,
        capture_output=True,
        timeout=SAFETY,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 78
    assert "delivery-impossible" in done.stderr
    assert CANARY not in done.stderr
    assert list(memory.iterdir()) == []


def test_new_values_that_find_no_room_leave_all_the_old_ones(tmp_path: Path, memory: Path, words: list[str]) -> None:
    file = tmp_path / "secrets.env"
    file.write_text("SHOP_PASSWORD=old\nSHOP_PIN=old\n")
    given = environ(tmp_path)
    del given["SHOP_PASSWORD"], given["SHOP_PIN"]
    command = [*words, "--supervise", "--poll", "0.1", "--env-file", str(file), "--", "sleep", "3600"]
    booted = Supervised(command, tmp_path, env=given, preexec_fn=no_room)
    try:
        until((memory / "SHOP_PIN").exists, booted.process)
        file.write_text(f"SHOP_PASSWORD=new\nSHOP_PIN={LONG}\n")
        until(lambda: "change-not-taken" in booted.err, booted.process)
        assert "can't be written" in booted.err
        assert {name: (memory / name).read_text() for name in ("SHOP_PASSWORD", "SHOP_PIN")} == {
            "SHOP_PASSWORD": "old",
            "SHOP_PIN": "old",
        }
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 143
        assert list(memory.iterdir()) == []
    finally:
        booted.close()


@pytest.mark.parametrize("mode", [(), ("--supervise",)], ids=["exec", "supervised"])
def test_one_directory_is_for_one_application_at_a_time(
    tmp_path: Path, memory: Path, words: list[str], mode: tuple[str, ...]
) -> None:
    first = Supervised([*words, *mode, "--", "sh", "-c", "echo up; read go"], tmp_path,
                       env=environ(tmp_path), stdin=subprocess.PIPE)  # fmt: skip
    second = [*words, *mode, "--", "cat", str(memory / "SHOP_PIN")]

    def again(**more: str) -> tuple[int, str, str]:
        done = subprocess.run(
            second, env=environ(tmp_path, **more), capture_output=True, timeout=SAFETY, check=False, encoding="utf-8"
        )
        return done.returncode, done.stdout, done.stderr

    try:
        assert first.process.stdout is not None
        assert first.process.stdout.readline() == b"up\n", first.err
        code, _, err = again(SHOP_PIN="another")
        assert code == 78
        assert f"{memory}: another application's secrets are in it" in err
        assert (memory / "SHOP_PIN").read_text() == CANARY
        first.process.communicate(b"\n", timeout=SAFETY)
        assert again(SHOP_PIN="another")[:2] == (0, "another")
    finally:
        first.close()
