"""`confcontract drift` as it is typed: its exit codes, its formats, several comparisons at once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from confcontract.compare.drift.ignore_list import ignore_list
from tests.support.commands import run, said
from tests.support.pages import ROOT, blocks, commands_of, run_console, write_files

SETTINGS = """
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    port: int = 80
    key: SecretStr
"""
READING = "import os\nhost = os.environ['SMTP_HOST']\nport = os.getenv('SHOP_PORT')\nother = os.getenv(host)\n"
CANARY = "canary-7f3a91"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contract that was baked of app.py, a module that reads more than it declares, and one that does not."""
    folder = tmp_path_factory.mktemp("drift")
    (folder / "app.py").write_text(SETTINGS)
    done = run("bake", "app:Settings", "--name", "shop", "--version", "1.4.0", cwd=folder)
    assert done.returncode == 0, said(done)
    (folder / "src").mkdir()
    (folder / "src/mail.py").write_text(READING)
    (folder / "clean").mkdir()
    (folder / "clean/web.py").write_text("import os\nos.getenv('SHOP_PORT')\n")
    (folder / "broken.py").write_text("os.environ[\n")
    return folder


def test_no_drift(project: Path) -> None:
    done = run("drift", "clean", "--code", "app:Settings", "--contract", ".", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "shop 1.4.0: no drift\n\nno problems\n", "")


def test_what_is_read_and_not_declared(project: Path) -> None:
    done = run("drift", "src", "clean", "--contract", "contract.json", cwd=project)
    assert done.returncode == 1
    assert done.stdout == (
        "shop 1.4.0: there is drift\n"
        "ERROR  SMTP_HOST  [drift-undeclared]\n"
        "  is read by the code and not declared by the contract\n"
        "  do:   declare it in the settings class, or ignore it with a reason:\n"
        "        [tool.confcontract.drift.ignore]\n"
        "  from: src/mail.py:2\n"
        "\nNOTE  reads the environment by the name host  [drift-undecided]\n"
        "  from: src/mail.py:4\n"
        "\n1 error, 1 note\n"
        "Help: confcontract problem drift-undeclared\n"
    )


def test_as_json(project: Path) -> None:
    done = run("drift", "src", "--contract", ".", "--format", "json", cwd=project)
    report = json.loads(done.stdout)
    assert (done.returncode, report["exitCode"]) == (1, 1)
    assert report["counts"] == {"errors": 1, "warnings": 0, "notes": 1}
    assert report["problems"][0]["variable"] == "SMTP_HOST"
    assert report["problems"][0]["source"] == "src/mail.py:2"


def test_as_annotations_at_the_line(project: Path) -> None:
    done = run("drift", "src", "--contract", ".", "--format", "github", cwd=project)
    assert done.returncode == 1
    error, notice = done.stdout.splitlines()
    assert error.startswith("::error file=src/mail.py,line=2,title=SMTP_HOST (drift-undeclared)::is read by the code")
    assert notice.startswith("::notice file=src/mail.py,line=4,title=drift-undecided::")


def test_code_that_is_not_what_was_baked(project: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SETTINGS.replace("80", "8080") + "    host: str\n")
    done = run("drift", "--code", "app:Settings", "--contract", str(project), cwd=tmp_path)
    assert done.returncode == 1
    assert "SHOP_PORT [drift-code] the contract differs from the code: default 80 → 8080" in said(done)
    assert "SHOP_HOST [drift-code] the code has it, the contract does not" in said(done)
    assert "from: app.py:8" in said(done)


def test_what_can_not_be_evaluated_is_told_beside_what_can(project: Path) -> None:
    words = ("drift", "src", "broken.py", "--code", "gone:Settings", "--pid", "4194304", "--contract", ".")
    done = run(*words, cwd=project)
    assert done.returncode == 2
    assert "not all could be evaluated" in said(done)
    for told in ("SMTP_HOST", "there is no module gone", "broken.py is not Python", "process 4194304 can't be read"):
        assert told in said(done)
    report = run(*words, "--format", "json", cwd=project)
    assert json.loads(report.stdout)["exitCode"] == report.returncode == 2


@pytest.mark.parametrize("format", ["text", "json", "github"])
def test_a_contract_that_can_not_be_read_is_not_evaluated(project: Path, format: str) -> None:
    done = run("drift", "src", "--contract", "gone.json", "--format", format, cwd=project)
    assert done.returncode == 2
    assert "gone.json" in done.stdout
    assert done.stderr == ""


def test_a_project_table_that_is_wrong_is_not_evaluated(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(READING)
    (tmp_path / "pyproject.toml").write_text("[tool.confcontract.drift]\nignored = 1\n")
    done = run("drift", "a.py", "--contract", str(project), cwd=tmp_path)
    assert done.returncode == 2
    assert "[drift-settings-invalid]" in done.stdout


def test_a_process(project: Path) -> None:
    """Of the test's own: what it was started with."""
    done = run("drift", "--pid", str(os.getpid()), "--contract", ".", cwd=project)
    assert done.returncode == 1
    assert "SHOP_KEY [secret-missing]" in said(done)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "drift has nothing to compare the contract with"),
        (("",), "PATH is empty"),
        (("--code", ""), "--code is empty"),
        (("--pid", "0"), "--pid"),
        (("--pid", "x"), "--pid"),
    ],
)
def test_a_command_line_that_is_not_understood(words: tuple[str, ...], told: str, project: Path) -> None:
    done = run("drift", *words, "--contract", ".", cwd=project)
    assert done.returncode == 64
    assert told in said(done)


def test_the_page_says_what_the_command_says(tmp_path: Path) -> None:
    page = ROOT / "docs/how-to/drift.md"
    write_files(page, tmp_path)
    commands = commands_of(page)
    run_console(commands, tmp_path)
    (of_a_process,) = [each for each in commands if "--pid" in each.command]  # what it says is the machine's
    assert of_a_process.said.strip()
    assert "[usage]" not in of_a_process.said
    assert [each.said for each in commands if each is not of_a_process and not each.as_promised] == []
    assert len(commands) == 6


def test_the_table_of_the_page_is_one_that_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (table,) = [block.text for block in blocks(ROOT / "docs/how-to/drift.md") if block.language == "toml"]
    (tmp_path / "pyproject.toml").write_text(table)
    monkeypatch.chdir(tmp_path)
    ignored = ignore_list()
    assert ignored.ignores("SENTRY_DSN")
    assert ignored.ignores("GITHUB_SHA")
    assert ignored.excludes("tests")
    assert ignored.excludes("scripts/a/b_old.py")
