"""The command line itself: what it offers, where it writes, how it ends. As real processes."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, get_args

import pytest

import confcontract
from confcontract.cli.docs import docs
from confcontract.cli.validate import validate
from confcontract.docs.page_formats import FORMATS as DOCUMENTS
from confcontract.manifests.shown import FORMATS as OF_MANIFESTS
from confcontract.report.formats import FORMATS
from tests.support.commands import forked

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = {
    "bake": {"--out", "--name", "--version", "--source-commit", "--image-tag", "--help"},
    "boot": {
        "--contract", "--env-file", "--conf-file", "--conf-dir", "--mounted-secrets", "--policy-dir", "--role", "--dry-run", "--keep", "--strict",
        "--log-format", "--timeout", "--deliver", "--secrets-dir", "--supervise", "--health-addr", "--grace", "--poll",
        "--help",
    },
    "validate": {"--contract", "--env-file", "--conf-file", "--own-files", "--no-environ", "--role", "--strict", "--format", "--model", "--manifest", "--contracts", "--container", "--fail-on", "--help"},
    "init": {"--yes", "--settings", "--command", "--base", "--force", "--help"},
    "bundle": {"--out", "--at", "--with", "--strip", "--help"},
    "smoke": {"--env-file", "--url", "--engine", "--timeout", "--grace", "--help"},
    "attest": {"--key", "--output", "--lock", "--source-url", "--source-commit", "--builder-id", "--parameter", "--platform", "--help"},
    "verify": {"--key", "--attestations", "--format", "--platform", "--help"},
    "drift": {"--contract", "--code", "--pid", "--role", "--format", "--help"},
    "explain": {"--contract", "--env-file", "--conf-file", "--own-files", "--no-environ", "--set", "--role", "--strict",
                "--format", "--help"},
    "export": {"--contract", "--role", "--values", "--image", "--kind", "--runs-once", "--secrets", "--store", "--secret", "--name", "--container", "--user", "--confcontract", "--audit", "--warn", "--given-by-image", "--params", "--allow-plain-secrets", "--out", "--help"},
    "fleet": {"--help"},
    "fleet check": {"--format", "--output", "--variable", "--strict", "--jobs", "--state", "--shard", "--help"},
    "fleet diff": {"--format", "--output", "--strict", "--jobs", "--state", "--shard", "--help"},
    "fleet merge": {"--format", "--output", "--variable", "--help"},
    "inspect": {"--format", "--platform", "--help"},
    "audit": {
        "--env-file", "--secrets-dir", "--lock", "--scanner", "--format", "--fail-on", "--platform", "--approve", "--reason",
        "--expires", "--help",
    },
    "describe": {"--contract", "--env-file", "--conf-file", "--own-files", "--role", "--format", "--help"},
    "docs": {
        "--contract", "--format", "--out", "--inject", "--check", "--columns", "--parts", "--heading", "--template",
        "--since", "--help",
    },
    "diff": {
        "--direction", "--format", "--fail-on", "--transitive", "--environment", "--container", "--role", "--strict", "--approve", "--reason", "--expires",
        "--help",
    },
    "rules": {"--help"},
    "rules list": {"--format", "--command", "--help"},
    "rules show": {"--format", "--help"},
    "changelog": {"--append", "--version", "--date", "--advisories", "--help"},
    "bump": {"--check", "--format", "--help"},
    "tag": {"--help"},
    "version": {"--help"},
    "probe": {"--timeout", "--help"},
    "problem": {"--format", "--help"},
    "secrets": {"--help"},
    "secrets check": {"--contract", "--env-file", "--conf-file", "--own-files", "--role", "--format", "--timeout", "--help"},
    "secrets plan": {"--contract", "--values", "--env-file", "--conf-file", "--own-files", "--role", "--update", "--format", "--timeout", "--help"},
    "secrets apply": {"--contract", "--values", "--env-file", "--conf-file", "--own-files", "--role", "--update", "--format", "--timeout", "--help"},
    "secrets policy": {"--contract", "--env-file", "--conf-file", "--own-files", "--role", "--given-token", "--store", "--help"},
}  # fmt: skip


def run(*arguments: str, cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONFCONTRACT_", "GITHUB_"))}
    return subprocess.run(
        [sys.executable, "-m", "confcontract", *arguments],
        env={**kept, "COLUMNS": "100", **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _flat(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("command", OPTIONS)
def test_each_command_offers_exactly_its_published_options(command: str) -> None:
    import re

    code, text = forked(*command.split(), "--help", environ={"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"})
    assert code == 0
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) == OPTIONS[command]
    assert "locals" not in text


def test_there_are_these_commands_and_no_others() -> None:
    import typer.main

    from confcontract.cli import app

    found: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    inside = {f"{name} {inner}" for name, group in found.items() for inner in getattr(group, "commands", ())}
    assert {*found, *inside} == set(OPTIONS)


def shape(command: Any) -> tuple[Any, ...]:
    """What it says and takes, and so what is in it."""
    inside = {name: shape(each) for name, each in getattr(command, "commands", {}).items()}
    return command.name, command.help, [(each.name, each.opts, each.required) for each in command.params], inside


def test_a_command_is_made_alone_and_is_the_same_as_among_all() -> None:
    """The signatures of all are read only where all are shown: it takes longer than many a command."""
    from confcontract import cli

    cli._commands.cache_clear()
    every = cli._commands(cli._named([]))
    for name, command in every.commands.items():
        alone = cli._commands(cli._named([name, "--help"]))
        assert {name: shape(each) for name, each in alone.commands.items()} == {name: shape(command)}
        assert shape(alone)[2] == shape(every)[2]
    assert cli._named(["--version"]) == cli._named(["vaildate", "diff"]) == ""


def test_version_is_a_result_and_goes_to_stdout() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"confcontract {confcontract.__version__}\n", "")


@pytest.mark.parametrize(
    "arguments,named",
    [
        (["--bogus"], "--bogus"),
        (["vaildate"], "validate"),
        (["bake"], "MODULE:OBJECT"),
        (["validate", "--format", "xml"], "--format"),
        (["explain", "--contract"], "--contract"),
        (["explain", "superfluous"], "superfluous"),
    ],
)
def test_a_wrong_command_line_ends_with_64_and_says_what_was_wrong(arguments: list[str], named: str) -> None:
    done = run(*arguments)
    assert done.returncode == 64
    assert done.stdout == ""
    assert named in done.stderr
    assert "[usage]" in done.stderr
    assert "--help" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_command_at_all_shows_the_help_and_ends_with_64() -> None:
    done = run()
    assert done.returncode == 64
    assert "validate" in done.stdout


@pytest.mark.parametrize("command", ["validate", "explain"])
def test_the_contract_is_found_by_option_then_by_environment_then_at_its_place(command: str, tmp_path: Path) -> None:
    by_option, by_environment = tmp_path / "a.json", tmp_path / "b.json"
    both = run(command, "--contract", str(by_option), CONFCONTRACT_PATH=str(by_environment))
    assert f"{by_option}: there is no contract here" in _flat(both)
    one = run(command, CONFCONTRACT_PATH=str(by_environment))
    assert f"{by_environment}: there is no contract here" in _flat(one)
    none = run(command, CONFCONTRACT_PATH="")
    assert "/etc/confcontract/contract.json: there is no contract here" in _flat(none)
    assert [done.returncode for done in (both, one, none)] == [78, 78, 78]


def test_validate_reports_in_the_format_asked_for_even_without_a_contract(tmp_path: Path) -> None:
    missing = str(tmp_path / "contract.json")
    as_json = run("validate", "--contract", missing, "--format", "json")
    assert json.loads(as_json.stdout)["problems"][0]["code"] == "contract-unreadable"
    assert json.loads(as_json.stdout)["exitCode"] == as_json.returncode == 78
    as_annotation = run("validate", "--contract", missing, "--format", "github")
    assert as_annotation.stdout.startswith("::error title=contract-unreadable::")
    assert as_json.stderr == as_annotation.stderr == ""


def test_explain_keeps_stdout_clean_of_messages(tmp_path: Path) -> None:
    done = run("explain", "--format", "json", "--contract", str(tmp_path))
    assert (done.returncode, done.stdout) == (78, "")
    assert "there is no contract.json in this directory" in _flat(done)


@pytest.mark.parametrize("command", ["validate", "explain"])
def test_reading_a_contract_needs_neither_settings_classes_nor_a_vault_client(command: str, tmp_path: Path) -> None:
    # pydantic itself is there all the same: Typer parses its options with it
    program = (
        "import sys\n"
        "from confcontract import cli\n"
        f"try: cli.main([{command!r}, '--contract', {str(tmp_path / 'none')!r}])\n"
        "except Exception: pass\n"
        "except SystemExit: pass\n"
        "import confcontract.verdict.resolve, confcontract.verdict.explain, confcontract.report.formats, confcontract.report.failure_line, confcontract.report.text\n"
        "print(*sorted({'pydantic_settings', 'hvac', 'confcontract.author'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize(
    "module",
    [
        "report.formats",
        "report.text",
        "report.github",
        "report.failure_line",
        "report.terminal",
        "report.did_you_mean",
        "verdict.mask",
        "verdict.explain",
    ],
)
def test_what_boot_shows_its_users_with_costs_no_slow_import(module: str) -> None:
    program = (
        "import sys\n"
        f"import confcontract.{module}\n"
        "slow = 'typing dataclasses enum re json logging inspect argparse functools collections pathlib typer rich'\n"
        "print(*sorted(set(sys.modules) & set(slow.split())))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {ROOT!r})\n{program}"],
                          capture_output=True, text=True, check=True, timeout=120)  # fmt: skip
    assert done.stdout == "\n"


ROOT = os.path.dirname(os.path.dirname(confcontract.__file__))


@pytest.mark.parametrize("words", [["--role", "--", "true"], ["--env-file", "--strict", "--", "true"], ["--keep"]])
def test_an_option_of_boot_without_its_value_takes_nothing_else_for_it(words: list[str]) -> None:
    done = run("boot", *words)
    assert done.returncode == 64
    assert f"{words[0]} needs a value" in done.stderr


SETTINGS = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: int = 1\n"


def test_bake_says_that_its_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "app_settings.py").write_text(SETTINGS)
    done = run("bake", "app_settings:S", "-o", "app_settings.py", cwd=tmp_path)
    assert done.returncode == 64
    assert "app_settings.py: can't be written: it is not a directory" in done.stderr


def test_bake_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "app_settings.py").write_text(SETTINGS)
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'rmdir "$PWD" && exec "$@"'
    words = [sys.executable, "-P", "-m", "confcontract", "bake", "app_settings:S", "-o", str(tmp_path / "out")]
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *words],
        cwd=gone, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "contract.json").exists()


@pytest.mark.parametrize("command,formats", [(validate, (*FORMATS, *OF_MANIFESTS)), (docs, DOCUMENTS)])
def test_the_command_line_takes_every_format_that_there_is(command: Any, formats: tuple[str, ...]) -> None:
    choices = inspect.signature(command, eval_str=True).parameters["format"].annotation
    assert set(get_args(get_args(choices)[0])) == set(formats)
