"""The page about Kubernetes, from its first command to its last."""

from __future__ import annotations

import pytest

from tests.support.pages import ROOT, Typed, blocks, run_console, typed, write_files
from tests.support.tools import tool

PAGE = ROOT / "docs/how-to/kubernetes.md"


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> list[Typed]:
    tool("kubectl")
    folder = tmp_path_factory.mktemp("page")
    write_files(PAGE, folder)
    for block in blocks(PAGE):
        if block.language == "yaml":
            path = folder / block.text.partition("\n")[0].removeprefix("# ")
            path.parent.mkdir(parents=True)
            path.write_text(block.text)
    found = [each for block in blocks(PAGE) if block.language == "console" for each in typed(block)]
    run_console(found, folder)
    return found


def test_each_command_prints_what_the_page_says(commands: list[Typed]) -> None:
    assert len(commands) > 10
    assert [(each.command, each.said) for each in commands if not each.as_promised] == []
