"""What --help shows on a terminal of 80 columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.cli import app
from confcontract.cli.examples import EXAMPLES
from tests.support.commands import run, said

COMMANDS = "bake boot probe validate explain describe export inspect audit attest verify bundle docs changelog bump tag problem secrets"


@pytest.mark.parametrize(
    "command",
    [*COMMANDS.split(), "secrets check", "secrets policy", "fleet", "fleet check", "fleet diff", "fleet merge"],
)
def test_help_cuts_nothing_at_80_columns(command: str) -> None:
    done = run(*command.split(), "--help", environ={"COLUMNS": "80"})
    assert done.returncode == 0
    assert "…" not in done.stdout
    assert "Example: confcontract " in done.stdout or command in ("fleet", "secrets")
    assert run(*command.split(), "-h", environ={"COLUMNS": "80"}).stdout == done.stdout


def test_every_command_has_an_example_which_begins_with_its_name() -> None:
    groups = {"": app, **{f"{each.name} ": each.typer_instance for each in app.registered_groups}}
    names = {
        prefix + (each.name or str(getattr(each.callback, "__name__", "")))
        for prefix, group in groups.items()
        for each in (group.registered_commands if group else ())
    }
    assert names == {*EXAMPLES}
    assert all(f"{example} ".startswith(f"{name} ") for name, example in EXAMPLES.items())


def test_the_examples_that_need_only_files_can_be_run_as_they_are_written(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").touch()
    (shop / "__main__.py").touch()
    settings = """from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    shop_port: int = 8000
"""
    (shop / "settings.py").write_text(settings)
    (tmp_path / "requirements.in").write_text("confcontract\n")
    (tmp_path / "prod.env").write_text("SHOP_PORT=80\n")
    assert run("bake", "shop.settings:Settings", cwd=tmp_path).returncode == 0
    environ = {"CONFCONTRACT_PATH": "contract.json"}
    names = "init bake validate explain describe docs drift tag problem export"
    for name in [*names.split(), "rules list", "rules show"]:
        done = run(*EXAMPLES[name].split(), environ=environ, cwd=tmp_path)
        assert done.returncode == 0, said(done)


def test_the_version_is_a_command_as_well() -> None:
    assert run("version").stdout == run("--version").stdout != ""


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("validate ./contract.json", "confcontract validate --contract ./contract.json"),
        ("validate --format json ./contract.json", "confcontract validate --contract ./contract.json"),
        ("validate --strict git:v1:contract.json", "--contract git:v1:contract.json"),
        ("validate prod.env", "confcontract validate --env-file prod.env"),
        ("validate k8s.yaml", "confcontract validate --manifest k8s.yaml"),
        ("explain SHOP_PORT", "confcontract describe SHOP_PORT"),
        ("docs markdown", "write confcontract docs --format markdown"),
        ("secrets check contract.json", "confcontract secrets check --contract contract.json"),
        ("problem value-invalid twice", "see confcontract problem --help"),
    ],
)
def test_a_word_that_a_command_does_not_take_is_answered_with_what_was_meant(words: str, hint: str) -> None:
    done = run(*words.split())
    assert done.returncode == 64
    assert f"{words.rsplit(maxsplit=1)[-1]!r} is not understood" in said(done)
    assert hint in said(done)


def test_an_option_that_took_the_next_one_for_its_value_is_named() -> None:
    done = run("validate", "--model", "--contract", "contract.json", "--env-file", "prod.env")
    assert done.returncode == 64
    assert "--model has no value [usage] do: write --model MODULE:OBJECT" in said(done)
