"""The page on upgrades says what the command says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pages import ROOT, Typed, blocks, run_console, typed, write_files

PAGE = ROOT / "docs/how-to/compare.md"
COMMANDS = [each for block in blocks(PAGE) if block.language == "console" for each in typed(block)]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> list[Typed]:
    folder: Path = tmp_path_factory.mktemp("compare")
    write_files(PAGE, folder)
    run_console(COMMANDS, folder)
    return COMMANDS


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=[each.command[:60] for each in COMMANDS])
def test_each_command_prints_what_the_page_says(console: list[Typed], number: int) -> None:
    assert console[number].as_promised, f"$ {console[number].command}\n{console[number].said}"


def test_the_project_of_the_page_is_understood(tmp_path: Path) -> None:
    from confcontract.compare.project_rules import project_settings

    (text,) = [block.text for block in blocks(PAGE) if block.language == "toml"]
    (tmp_path / "pyproject.toml").write_text(text)
    settings = project_settings(str(tmp_path / "pyproject.toml"))
    assert settings.direction == "full"
    assert settings.rules.renamed == {"SHOP_COLOUR": "SHOP_THEME"}
