"""The pages on upgrades and releases say what the commands say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pages import ROOT, Typed, blocks, commands_of, run_console, write_files

PAGE = ROOT / "docs/how-to/compare.md"
PAGES = (PAGE, ROOT / "docs/how-to/release.md")
COMMANDS = {page: commands_of(page) for page in PAGES}
ALL = [(page, number) for page, commands in COMMANDS.items() for number in range(len(commands))]


@pytest.fixture(scope="module")
def consoles(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[Typed]]:
    for page, commands in COMMANDS.items():
        folder: Path = tmp_path_factory.mktemp(page.stem)
        write_files(page, folder)
        run_console(commands, folder)
    return COMMANDS


@pytest.mark.parametrize("page, number", ALL, ids=[COMMANDS[page][number].command[:60] for page, number in ALL])
def test_each_command_prints_what_the_page_says(consoles: dict[Path, list[Typed]], page: Path, number: int) -> None:
    each = consoles[page][number]
    assert each.as_promised, f"$ {each.command}\n{each.said}"


def test_the_project_of_the_page_is_understood(tmp_path: Path) -> None:
    from confcontract.compare.pyproject_settings import project_settings

    (text,) = [block.text for block in blocks(PAGE) if block.language == "toml"]
    (tmp_path / "pyproject.toml").write_text(text)
    settings = project_settings(str(tmp_path / "pyproject.toml"))
    assert settings.direction == "full"
    assert settings.rules.renamed == {"SHOP_COLOUR": "SHOP_THEME"}
