"""What bake writes is there as a whole or not at all, and what was there before survives a failure."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confcontract import bake
from confcontract.contract.artifact import Contract
from tests.support.commands import PLAIN_ENVIRON, SAFETY, run, said
from tests.support.sample import SHOP

FILES = {"contract.json", "schema.json", "defaults.env"}
MODULE = """
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    port: int = 1
    text: str = "x" * 5000
"""
OLD = "what was there before\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    (made / "app_settings.py").write_text(MODULE)
    return made


@pytest.fixture
def bake_into(project: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def bake_into(out: Path | str, **options: Any) -> subprocess.CompletedProcess[str]:
        # a module that is cached where there is no room for all of it can't be imported ever after
        environ = {"PYTHONDONTWRITEBYTECODE": "1"} if options else {}
        argv = ("bake", "app_settings:Settings", "-o", str(out), "--name", "app")
        return run(*argv, environ=environ, cwd=project, **options)

    return bake_into


Bake = Callable[..., subprocess.CompletedProcess[str]]


def small_files() -> None:
    """As on a full disk, for files beyond 4,000 bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))


def killed_by_large_files() -> None:
    small_files()
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_directory_is_made_if_there_is_none(bake_into: Bake, tmp_path: Path) -> None:
    done = bake_into(tmp_path / "a" / "b")
    assert done.returncode == 0, said(done)
    assert names_in(tmp_path / "a" / "b") == FILES


def test_on_a_full_disk_the_old_files_stay_and_nothing_else(bake_into: Bake, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in FILES:
        (out / name).write_text(OLD)
    done = bake_into(out, preexec_fn=small_files)
    assert done.returncode == 64, said(done)
    assert "can't be written: File too large" in said(done)
    assert "Traceback" not in said(done)
    assert names_in(out) == FILES
    assert {(out / name).read_text() for name in FILES} == {OLD}


def test_on_a_full_disk_an_empty_directory_stays_empty(bake_into: Bake, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert bake_into(out, preexec_fn=small_files).returncode == 64
    assert names_in(out) == set()


def test_a_bake_after_one_that_was_killed_is_whole(bake_into: Bake, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "contract.json").write_text(OLD)
    killer = "import os, signal; os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
    program = killer + "from confcontract import Contract\nContract({'x': 1}).dump('contract.json')"
    done = subprocess.run([sys.executable, "-c", program], cwd=out, env=PLAIN_ENVIRON, timeout=SAFETY)
    assert done.returncode == -signal.SIGKILL
    assert (out / "contract.json").read_text() == OLD
    assert bake_into(out).returncode == 0
    assert Contract.load(out / "contract.json").name == "app"


def test_what_a_killed_process_of_the_same_id_left_is_no_obstacle(tmp_path: Path) -> None:
    """In a container, ids repeat from one run to the next."""
    target = tmp_path / "contract.json"
    for name in (f"contract.json.{os.getpid()}.tmp", f".contract.json.{os.getpid()}.tmp"):
        (tmp_path / name).write_text("half")
    contract = bake(SHOP)
    contract.dump(target)
    assert Contract.load(target).digest == contract.digest


def test_a_dump_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # as above
    target = tmp_path / "contract.json"
    target.write_text(OLD)
    contract = bake(SHOP)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            contract.dump(target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names_in(tmp_path) == {"contract.json"}
    assert target.read_text() == OLD


def test_a_reader_sees_the_old_contract_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "contract.json"
    contracts = [bake(SHOP, version=version) for version in ("1", "2")]
    contracts[0].dump(target)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for number in range(60):
                contracts[number % 2].dump(target)
            code = 0
        finally:
            os._exit(code)  # or there would be two of these test runs
    seen = set()
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        seen.add(Contract.load(target).version)
    assert ended == (child, 0)
    assert seen <= {"1", "2"}


def test_every_user_may_read_what_bake_writes_whatever_the_umask(bake_into: Bake, tmp_path: Path) -> None:
    """The image is built by root and run by somebody else; nothing in the files is secret."""
    out = tmp_path / "out"
    out.mkdir()
    assert bake_into(out, umask=0o077).returncode == 0
    assert {stat.S_IMODE((out / name).stat().st_mode) for name in FILES} == {0o644}


def test_dump_gives_the_mode_that_bake_gives(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        bake(SHOP).dump(tmp_path / "contract.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "contract.json").stat().st_mode) == 0o644


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_directory_where_a_file_should_be(bake_into: Bake, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    (out / name).mkdir(parents=True)
    done = bake_into(out)
    assert done.returncode == 64, said(done)
    assert "Is a directory" in said(done)
    assert names_in(out) == {name}


def test_a_file_where_the_directory_should_be(bake_into: Bake, tmp_path: Path) -> None:
    (tmp_path / "out").write_text(OLD)
    done = bake_into(tmp_path / "out")
    assert done.returncode == 64, said(done)
    assert "can't be written" in said(done)
    assert (tmp_path / "out").read_text() == OLD


def test_a_directory_that_may_not_be_written_to(bake_into: Bake, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        done = bake_into("/proc/self")  # not even root may make files there
    else:
        (tmp_path / "out").mkdir(mode=0o555)
        done = bake_into(tmp_path / "out")
    assert done.returncode == 64, said(done)
    assert "can't be written" in said(done)
    assert "-o" in said(done)


def test_a_symlinked_directory_is_written_through(bake_into: Bake, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert bake_into(tmp_path / "link").returncode == 0
    assert names_in(tmp_path / "real") == FILES
    assert (tmp_path / "link").is_symlink()


def test_a_symlinked_file_gives_the_new_contract_to_whoever_follows_it(bake_into: Bake, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "elsewhere.json").write_text(OLD)
    (out / "contract.json").symlink_to(tmp_path / "elsewhere.json")
    assert bake_into(out).returncode == 0
    assert Contract.load(out / "contract.json").name == "app"
    assert (tmp_path / "elsewhere.json").read_text() in (OLD, (out / "contract.json").read_text())


def test_a_refused_class_writes_nothing(project: Path, tmp_path: Path) -> None:
    odd = "    odd: str = Field('x', validation_alias='NO=VARIABLE')\n"
    (project / "bad.py").write_text(f"from pydantic import Field\n{MODULE}{odd}")
    done = run("bake", "bad:Settings", "-o", str(tmp_path / "out"), cwd=project)
    assert done.returncode == 78, said(done)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--name", "--version", "--image-tag", "--source-commit"])
@pytest.mark.parametrize("value", ["a\nSHOP_PORT=1", "\x1b[31mred", "\udcff"], ids=ascii)
def test_an_option_that_is_no_line_of_text_does_no_harm(
    bake_into: Bake, project: Path, tmp_path: Path, option: str, value: str
) -> None:
    out = tmp_path / "out"
    done = run("bake", "app_settings:Settings", "-o", str(out), option, value, cwd=project)
    assert done.returncode in (0, 64, 78), said(done)
    assert "internal error" not in said(done)
    assert "\x1b" not in done.stdout + done.stderr
    if done.returncode == 0:
        from dotenv import dotenv_values

        assert set(dotenv_values(out / "defaults.env")) == {"PORT", "TEXT"}
        assert Contract.load(out / "contract.json").variables
