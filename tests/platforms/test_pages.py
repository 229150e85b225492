"""The pages about Compose and systemd, from their first command to their last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.support.pages import ROOT, commands_of, run_console, write_files
from tests.support.programs import needs
from tests.support.tools import tool


def failed(page: Path, folder: Path) -> list[tuple[str, str]]:
    """The commands that print something else than the page says."""
    write_files(page, folder)
    found = commands_of(page)
    assert len(found) > 5
    # the plugin of docker is the same program
    run = [replace(each, command=each.command.replace("docker compose", "docker-compose")) for each in found]
    run_console(run, folder)
    return [(each.command, each.said) for each in run if not each.as_promised]


def test_compose(tmp_path: Path) -> None:
    tool("docker-compose")
    assert failed(ROOT / "docs/how-to/compose.md", tmp_path) == []


@needs("systemd-analyze")
def test_systemd(tmp_path: Path) -> None:
    assert failed(ROOT / "docs/how-to/systemd.md", tmp_path) == []
