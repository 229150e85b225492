"""Arguments that mean nothing are refused by their own names: none turns into another file, or into the default."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from confcontract import bake
from confcontract.boot.launch.start_command import find_command
from confcontract.boot.options import OPTIONS, Option, Options
from confcontract.boot.parse_options import parse
from confcontract.report.errors import CommandNotFound, ContractUnusable, UsageError
from tests.support.classes import Shop
from tests.support.commands import run, said
from tests.support.pages import ROOT

EMPTY = (
    ("validate", "--contract", ""),
    ("validate", "--env-file", ""),
    ("explain", "--contract="),
    ("explain", "--env-file="),
    ("explain", "--conf-file="),
    ("explain", "--role="),
    ("describe", "--contract=", "SHOP_PORT"),
    ("bake", "shop.settings:Settings", "--out", ""),
)


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("baked") / "contract.json"
    bake(Shop, name="shop").dump(path)
    return path


@pytest.mark.parametrize("arguments", EMPTY, ids=" ".join)
def test_an_empty_option_is_refused(arguments: tuple[str, ...], contract: Path, tmp_path: Path) -> None:
    option = next(argument for argument in arguments if argument.startswith("--")).removesuffix("=")
    ran = run(*arguments, environ={"CONFCONTRACT_PATH": str(contract)}, cwd=tmp_path)
    assert ran.returncode == 64
    assert f"{option} is empty" in said(ran)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--env-file="], "--env-file is empty"),
        (["--keep", ""], "--keep is empty"),
        (["-x"], "there is no option -x"),
        (["--dry-run=1"], "--dry-run takes no value"),
        (["--dryrun"], "there is no option --dryrun"),
        (["--timeout", "0"], "not a number of seconds above 0"),
    ],
)
def test_boot_says_what_an_option_lacks(arguments: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse([*arguments, "--", "true"], {})


REFERENCE = ROOT / "docs" / "reference"


def test_the_table_of_options_is_the_class_that_holds_them() -> None:
    assert {option.attribute for option in OPTIONS} | {"command", "given", "by_variable"} == set(Options.__slots__)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_is_in_the_help_and_in_the_reference(option: Option, boot_help: str) -> None:
    command_line = (
        (REFERENCE / "cli.md").read_text(encoding="utf-8").partition("## `confcontract boot")[2].partition("\n## ")[0]
    )
    assert f"--{option.name}" in boot_help
    assert f"`--{option.name}" in command_line
    if option.variable:
        assert f"${option.variable}" in boot_help
        assert f"`{option.variable}" in (REFERENCE / "environment.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def boot_help() -> str:
    command = [sys.executable, "-m", "confcontract", "boot", "--help"]
    shown = subprocess.run(command, env={"COLUMNS": "300"}, capture_output=True, text=True, check=True, timeout=120)
    return shown.stdout


@pytest.mark.parametrize(
    ("arguments", "files"),
    [([], ["a.toml", "b.yaml"]), (["--conf-file", "c.json", "--conf-file", "d.toml"], ["c.json", "d.toml"])],
)
def test_config_files_are_those_of_the_variable_unless_the_command_line_names_some(
    arguments: list[str], files: list[str]
) -> None:
    assert parse([*arguments, "--", "true"], {"CONFCONTRACT_CONF_FILES": "a.toml:b.yaml"}).conf_files == files


def test_an_empty_name_among_the_config_files_of_the_variable_is_refused() -> None:
    with pytest.raises(UsageError):
        parse(["--", "true"], {"CONFCONTRACT_CONF_FILES": "a.toml::b.yaml"})


ELSEWHERE = {
    "oci:shop:1.4": ("oci:shop:1.4", "inspect oci:shop:1.4"),
    "oci-archive:shop.tar": ("oci-archive:shop.tar", "inspect oci-archive:shop.tar"),
    "docker://registry.example/shop:1.4": ("docker://registry.example/shop:1.4", "inspect docker://registry.example/"),
    "docker://h/shop@sha256:0a": ("docker://h/shop@sha256:0a", "inspect docker://h/shop@sha256:0a"),
    "docker://me:canary@h/shop:1": ("docker://***@h/shop:1", "inspect docker://***@h/shop:1"),
    "docker://me:canary@h/shop@sha256:0a": ("docker://***@h/shop@sha256:0a", "inspect docker://***@h/shop@sha256:0a"),
    "docker://me:can/ary@canary@h/shop": ("docker://***@h/shop", "inspect docker://***@h/shop"),
    "git:main:contract.json": ("git:main:contract.json", "git show main:contract.json > contract.json"),
    "python:shop.settings:Settings": ("python:shop.settings:Settings", "confcontract bake shop.settings:Settings"),
}


@pytest.mark.parametrize("named_by", ["--contract", "CONFCONTRACT_PATH"])
@pytest.mark.parametrize("reference", ELSEWHERE)
def test_a_contract_that_is_no_file_is_refused_with_the_way_to_one(reference: str, named_by: str) -> None:
    arguments = ["--contract", reference] if named_by == "--contract" else []
    with pytest.raises(ContractUnusable) as caught:
        parse([*arguments, "--", "true"], {"CONFCONTRACT_PATH": reference})
    (problem,) = caught.value.problems
    shown, hint = ELSEWHERE[reference]
    assert problem.message == f"{named_by} names {shown}, but boot reads a contract from a file"
    assert problem.hint is not None
    assert hint in problem.hint
    assert f"validate --contract {shown}" in problem.hint
    assert "canary" not in f"{problem}"


def test_a_file_may_be_called_like_a_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "oci:shop").write_text("{}")
    assert parse(["--contract", "oci:shop", "--", "true"], {}).contract == "oci:shop"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--", "--dry-run"], "write it before --: confcontract boot --dry-run -- COMMAND"),
        (["--", "--strict", "true"], "or set CONFCONTRACT_STRICT"),
        (["--", "--help"], "write it before --: confcontract boot --help"),
        (["--", "-c", "x"], "boot's options before"),
        (["--strict", "true", "--", "true"], "write --strict alone, or set CONFCONTRACT_STRICT=true"),
        (["--dry-run", "false"], "write --dry-run alone"),
        (["python -m app"], "no quotes: confcontract boot -- python -m app"),
        (["python", "-m", "app"], "write -- before the command: confcontract boot -- python"),
        (["contract.json", "--", "true"], "--contract contract.json"),
        (["--strict", "prod.env", "--", "true"], "--env-file prod.env"),
    ],
)
def test_boot_says_what_was_meant_instead(arguments: list[str], hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(arguments, {})
    assert hint in str(refused.value.problems[0].hint)


def test_a_command_line_as_one_word_is_told_apart_from_a_missing_program() -> None:
    with pytest.raises(CommandNotFound) as refused:
        find_command(["python -m app"], {"PATH": "/usr/bin"})
    assert "confcontract boot -- python -m app" in str(refused.value.problems[0].hint)
