"""A contract baked in memory is the one that bake writes; what the application does meanwhile does not reach us."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from confcontract.contract import anywhere
from confcontract.contract.artifact import Contract
from confcontract.contract.from_python import baked as baked_in_memory
from confcontract.report.errors import BakeRefused, UsageError
from tests.support.commands import PLAIN_ENVIRON, SAFETY, run, said

CANARY = "canary-7f3a91"
NOISY = f"""
import os, sys
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

print("{CANARY}")
os.write(1, b"{CANARY}")
os.system("echo {CANARY}")
assert not sys.stdin.read(), "what comes on stdin is not the application's"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    port: int
    late: int = "x"
    key: SecretStr


class Worker(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="WORKER_")
    queue: str = "default"


class Refused(BaseSettings):
    one: int = Field(1, alias="A=B")
    two: int = Field(2, alias="C=D")
"""
FAILING = {
    "missing_module": ("import nowhere_to_be_found\n", UsageError, "the module nowhere_to_be_found is not installed"),
    "raising": (
        f'raise ValueError("{CANARY}")\n',
        BakeRefused,
        "importing raising failed with ValueError at raising.py, line 1",
    ),
    "ending": ("import os\nos._exit(3)\n", BakeRefused, "importing it ended the process with exit code 3"),
    "killed": ("import os\nos.kill(os.getpid(), 9)\n", BakeRefused, "importing it ended the process with signal 9"),
}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("application")
    (folder / "noisy.py").write_text(NOISY)
    # Modules that shadow ours and Python's, for whoever looks for them in the working directory first
    for name in ("json", "subprocess", "secrets", "typer"):
        (folder / f"{name}.py").write_text(f'raise SystemExit("{CANARY}: {name} of the application")\n')
    for name, (source, _, _) in FAILING.items():
        (folder / f"{name}.py").write_text(source)
    return folder


@pytest.fixture(autouse=True)
def inside(application: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(application)


def test_it_is_the_contract_that_bake_writes(application: Path, tmp_path: Path) -> None:
    times = {"SOURCE_DATE_EPOCH": "1700000000"}
    done = run("bake", "noisy:Settings", "-o", str(tmp_path), environ=times, cwd=application)
    assert done.returncode == 0, said(done)
    page = run("docs", "--format", "json", "--contract", "python:noisy:Settings", environ=times, cwd=application)
    assert page.returncode == 0, said(page)
    assert CANARY not in page.stdout + page.stderr
    assert json.loads(page.stdout) == json.loads(
        run("docs", "--format", "json", "--contract", str(tmp_path), cwd=application).stdout
    )
    assert "late" in page.stderr.lower(), "what bake warns of"
    assert "[bake-doubtful]" in page.stderr


def test_several_classes_are_the_same_bytes(
    application: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    run("bake", "noisy:Settings", "noisy:Worker", "-o", str(tmp_path), "--name", "shop", "--version", "2",
        environ={"SOURCE_DATE_EPOCH": "1700000000"}, cwd=application)  # fmt: skip
    contract = baked_in_memory(["noisy:Settings", "noisy:Worker"], name="shop", version="2")
    assert contract.to_bytes() == (tmp_path / "contract.json").read_bytes()
    assert contract.digest == Contract.load(tmp_path / "contract.json").digest
    assert [problem.code for problem in contract.warnings] == ["bake-doubtful"]
    named = anywhere.load("python:noisy:Settings,noisy:Worker")
    assert named.variables == contract.variables
    assert named.version == "0"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("module", FAILING)
def test_what_fails_in_the_application_is_told_as_bake_tells_it(
    module: str, application: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, kind, words = FAILING[module]
    with pytest.raises(kind) as caught:
        anywhere.load(f"python:{module}:Settings")
    (problem,) = caught.value.problems
    assert words in problem.message
    assert f"python:{module}:Settings" in f"{problem.source} {problem.message}"
    assert problem.hint
    assert CANARY not in str(problem.as_dict())
    assert CANARY not in "".join(capfd.readouterr())


def test_a_class_that_is_refused_ends_as_bake_does(application: Path) -> None:
    by_bake = run("bake", "noisy:Refused", "-o", "refused", cwd=application)
    assert not (application / "refused").exists()
    assert by_bake.returncode == 78
    done = run("validate", "--format", "json", "--contract", "python:noisy:Refused", cwd=application)
    assert done.returncode == by_bake.returncode
    problems = json.loads(done.stdout)["problems"]
    assert [problem["code"] for problem in problems] == ["bake-refused"] * 2
    for problem in problems:
        assert problem["message"] in " ".join(by_bake.stderr.split())
    assert CANARY not in done.stdout + done.stderr


def test_what_the_application_leaves_running_is_not_waited_for(application: Path) -> None:
    (application / "lingering.py").write_text(
        "import atexit, threading\n"
        "from noisy import Worker\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "atexit.register(threading.Event().wait)\n"
    )
    assert anywhere.load("python:lingering:Worker").variables[0]["name"] == "WORKER_QUEUE"


@pytest.mark.parametrize("reference", ["python:", "python:,noisy:Settings", "python:noisy:Settings,"])
def test_a_reference_that_names_no_class(reference: str) -> None:
    with pytest.raises(UsageError) as caught:
        anywhere.load(reference)
    assert reference in caught.value.problems[0].message


def test_a_reference_that_leads_to_no_class() -> None:
    with pytest.raises(UsageError) as caught:
        anywhere.load("python:noisy:Gone")
    (problem,) = caught.value.problems
    assert "noisy has no Gone" in problem.message
    assert problem.source == "python:noisy:Gone"


def test_what_is_validated_comes_on_stdin_untouched(application: Path) -> None:
    """The application that is imported meanwhile does not read it."""
    command = [sys.executable, "-m", "confcontract", "validate", "--no-environ", "--env-file", "/dev/stdin"]
    done = subprocess.run(
        [*command, "--contract", "python:noisy:Settings"],
        input="SHOP_PORT=1\nSHOP_KEY=x\nSHOP_LATE=2\n",
        env=PLAIN_ENVIRON,
        cwd=application,
        capture_output=True,
        text=True,
        timeout=SAFETY,
    )
    assert done.returncode == 0, said(done)
