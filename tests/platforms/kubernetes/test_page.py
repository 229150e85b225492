"""The pages about Kubernetes and GitOps, each from its first command to its last."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pages import ROOT, Typed, blocks, commands_of, run_console, write_files
from tests.support.tools import tool

PAGES = ("kubernetes", "gitops")


def run_page(name: str, folder: Path, **more: str) -> list[Typed]:
    """Its commands, with what each printed. A block of YAML whose first line names a file is that file."""
    page = ROOT / f"docs/how-to/{name}.md"
    write_files(page, folder)
    for block in blocks(page):
        if block.language == "yaml" and block.text.startswith("# "):
            path = folder / block.text.partition("\n")[0].removeprefix("# ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
    found = commands_of(page)
    run_console(found, folder, **more)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_each_command_prints_what_the_page_says(name: str, tmp_path: Path) -> None:
    tool("kubectl")
    commands = run_page(name, tmp_path)
    assert len(commands) > 8
    assert [(each.command, each.said) for each in commands if not each.as_promised] == []
