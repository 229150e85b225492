"""Commands under test: the stub, which can pause at any step, and the real `confcontract boot`."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.measured import measured

STUB = Path(__file__).with_name("stub.py")
SAFETY = 120  # seconds until a hanging process is a failure; no test asks how long anything took
PLAIN_ENVIRON = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
}

BootCommand = Callable[..., list[str]]
Run = Callable[..., subprocess.CompletedProcess[bytes]]


def stub_command(*app: str, options: tuple[str, ...] = ()) -> list[str]:
    return [sys.executable, str(STUB), *options, "--", *app]


@pytest.fixture
def stub() -> BootCommand:
    return stub_command


SUPERVISED = "confcontract boot --supervise"


@pytest.fixture(params=["stub", "confcontract boot", SUPERVISED])
def boot_command(request: pytest.FixtureRequest) -> BootCommand:
    """boot_command(*app, options=()) -> argv that starts the app through the launch under test."""
    if request.param == "stub":
        return stub_command
    contract = request.getfixturevalue("empty_contract")
    if request.param == SUPERVISED:
        return functools.partial(supervise_with, contract)
    return functools.partial(boot_with, contract)


@pytest.fixture
def supervised(request: pytest.FixtureRequest) -> bool:
    """Whether the application under test is a child, and not the process itself."""
    return SUPERVISED in request.node.name


def boot_with(contract: Path, *app: str, options: tuple[str, ...] = ()) -> list[str]:
    return [sys.executable, "-m", "confcontract", "boot", "--contract", str(contract), *options, "--", *app]


def supervise_with(contract: Path, *app: str, options: tuple[str, ...] = ()) -> list[str]:
    return boot_with(contract, *app, options=("--supervise", *options))


@pytest.fixture
def real_boot() -> BootCommand:
    """real_boot(contract, *app, options=()) -> argv of `confcontract boot` with that contract."""
    return boot_with


@pytest.fixture(scope="session")
def empty_contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contract that asks for nothing, baked as any other."""
    from pydantic_settings import BaseSettings

    from confcontract import bake

    class Nothing(BaseSettings):
        pass

    path = tmp_path_factory.mktemp("contract") / "contract.json"
    bake(Nothing, name="nothing", version="1").dump(path)
    path.parent.chmod(0o755)
    path.parent.parent.chmod(0o755)
    return path


@pytest.fixture
def run() -> Run:
    """Run to the end in a plain environment; keyword arguments go to subprocess.run."""

    def run_it(argv: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        options.setdefault("env", {**PLAIN_ENVIRON, **measured()})
        options.setdefault("stdin", subprocess.DEVNULL)
        if not {"stdout", "stderr"} & set(options):
            options["capture_output"] = True
        return subprocess.run(argv, timeout=SAFETY, check=False, **options)

    return run_it


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start and go on; whatever still runs at the end of the test is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start_it(argv: list[str], **options: Any) -> subprocess.Popen[bytes]:
        options.setdefault("env", {**PLAIN_ENVIRON, **measured()})
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen(argv, **options)
        started.append(process)
        return process

    yield start_it
    for process in started:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=SAFETY)
