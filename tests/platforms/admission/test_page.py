"""The page about admission: its commands are run, its objects are judged by the policies that they write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.platforms.admission.engines import ENGINES, Engine, enforced
from tests.platforms.admission.written import refusals
from tests.support.pages import ROOT, Typed, commands_of, run_console, write_files

PAGE = ROOT / "docs/how-to/admission.md"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Typed]]:
    folder = tmp_path_factory.mktemp("page")
    write_files(PAGE, folder)
    found = commands_of(PAGE)
    run_console(found, folder)
    return folder, found


def test_each_command_prints_what_the_page_says(ran: tuple[Path, list[Typed]]) -> None:
    _, commands = ran
    assert len(commands) > 5
    assert [(each.command, each.said) for each in commands if not each.as_promised] == []


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_its_objects_are_refused_with_the_words_that_follow_them(ran: tuple[Path, list[Typed]], engine: Engine) -> None:
    folder, _ = ran
    found = [policy for path in sorted((folder / "policies").glob("*.yaml")) for policy in enforced(path.read_text())]
    pairs = re.findall(r"```yaml\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    objects: list[tuple[Any, str]] = [(yaml.safe_load(text), words) for text, words in pairs]
    assert [each["kind"] for each, _ in objects] == ["Deployment", "ConfigMap"]
    for given, words in objects:
        assert "\n".join(refusals(engine, found, given)) == words.rstrip("\n")
