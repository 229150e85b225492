"""The page on manifests: its commands print what it says, and its manifests are Kubernetes' own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.pages import ROOT, Typed, blocks, commands_of, run_console, write_files
from tests.support.tools import valid_for_kubernetes

PAGE = ROOT / "docs/how-to/manifests.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    write_files(PAGE, folder)
    for block in blocks(PAGE):
        named = re.match(r"# ([\w./]+\.yaml)\n", block.text)
        if block.language == "yaml" and named:
            path = folder / named[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text)
    return folder


@pytest.fixture(scope="module")
def told(folder: Path) -> list[Typed]:
    found = commands_of(PAGE)
    run_console(found, folder)
    return found


@pytest.mark.parametrize("number", range(len(commands_of(PAGE))), ids=[each.command[:50] for each in commands_of(PAGE)])
def test_each_command_prints_what_the_page_says(told: list[Typed], number: int) -> None:
    each = told[number]
    assert each.as_promised, f"$ {each.command}\n{each.said}"


def test_its_manifests_are_valid_for_kubernetes(folder: Path) -> None:
    valid_for_kubernetes(*sorted((folder / "k8s").iterdir()))
