"""A command in a fork does what it does in a process of its own: tests that start forks prove as much."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.forks import can_be_forked, plain_environ, server

APPLICATION = """
from typing import Annotated, Literal
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Database(BaseModel):
    url: str = "postgres://localhost/shop"
    pool: int = Field(5, gt=0)

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    port: int
    mode: Literal["fast", "safe"] = "safe"
    token: SecretStr = SecretStr("")
    database: Database = Database()
"""
BAKE = ("bake", "forks_app:Settings", "--name", "shop", "--version", "1")
CONTRACT = ("--contract", "contract.json")
COMMANDS = [
    ("--version",),
    ("--help",),
    ("nonsense",),
    (*BAKE, "-o", "out"),
    ("bake", "forks_app:Nothing", "-o", "out"),
    ("bake", "broken_app:Settings", "-o", "out"),
    ("validate", *CONTRACT),
    ("validate", *CONTRACT, "--env-file", "missing.env"),
    ("explain", *CONTRACT),
    ("describe", *CONTRACT, "SHOP_PROT"),
    ("docs", *CONTRACT),
    ("docs", *CONTRACT, "-o", "page.md", "--check"),
    ("problem", "usage"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "forks_app.py").write_text(APPLICATION)
    (folder / "broken_app.py").write_text("raise RuntimeError('on import')\n")
    fresh(folder, *BAKE, "-o", ".", environ=plain_environ())
    return folder


def fresh(project: Path, *argv: str, environ: dict[str, str]) -> tuple[int, bytes, bytes]:
    command = [sys.executable, "-m", "confcontract", *argv]
    done = subprocess.run(command, cwd=project, env=environ, stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode, done.stdout, done.stderr


def written(project: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.rglob("*") if path.is_file() and path.suffix != ".pyc"}


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_a_fork_says_and_writes_what_a_fresh_process_does(project: Path, argv: tuple[str, ...]) -> None:
    environ = {**plain_environ(), "SHOP_PORT": "eight", "SOURCE_DATE_EPOCH": "1"}
    alone = fresh(project, *argv, environ=environ)
    files = written(project)
    assert server().run(argv, environ, str(project)) == alone
    assert written(project) == files


def test_a_fork_begins_with_nothing_of_the_one_before_it(project: Path) -> None:
    for text in ("RuntimeError", "ImportError"):
        (project / "changing_app.py").write_text(f"raise {text}('on import')\n")
        _, _, err = server().run(["bake", "changing_app:Settings"], {**plain_environ(), "NAME": text}, str(project))
        assert text in err.decode()


@pytest.mark.parametrize("environ", [{"PYTHONUTF8": "0"}, {"LANG": "C"}, {"LD_PRELOAD": "x"}, {"LC_ALL": "C"}])
def test_what_an_interpreter_looks_at_when_it_starts_asks_for_a_process(environ: dict[str, str]) -> None:
    assert can_be_forked(["validate"], plain_environ())
    assert not can_be_forked(["validate"], {**plain_environ(), **environ})


@pytest.mark.parametrize("command", ["boot", "probe"])
def test_what_has_to_start_quickly_is_always_started(command: str) -> None:
    assert not can_be_forked([command], plain_environ())
