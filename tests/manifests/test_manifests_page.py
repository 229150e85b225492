"""The page on manifests: its commands print what it says, and its manifests are Kubernetes' own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pages import ROOT, Typed, blocks, environ, run_console, typed, write_files

PAGE = ROOT / "docs/how-to/manifests.md"
VALIDATE = Path(sys.executable).with_name("kubernetes-validate")


def _commands() -> Iterator[Typed]:
    for block in blocks(PAGE):
        if block.language == "console":
            yield from typed(block)


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
    found = list(_commands())
    run_console(found, folder)
    return found


@pytest.mark.parametrize("number", range(len(list(_commands()))), ids=[each.command[:50] for each in _commands()])
def test_each_command_prints_what_the_page_says(told: list[Typed], number: int) -> None:
    each = told[number]
    assert each.as_promised, f"$ {each.command}\n{each.said}"


def test_its_manifests_are_valid_for_kubernetes(folder: Path) -> None:
    if not VALIDATE.exists():
        pytest.skip("kubernetes-validate is missing: make install")
    files = sorted((folder / "k8s").iterdir())
    done = subprocess.run([VALIDATE, "--strict", *files], capture_output=True, text=True, env=environ())
    assert done.returncode == 0, done.stdout + done.stderr
