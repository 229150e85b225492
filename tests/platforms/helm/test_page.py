"""The page about Helm, from its first command to its last."""

from __future__ import annotations

import os
from pathlib import Path

from tests.platforms.kubernetes.test_page import run_page
from tests.support.pages import BIN
from tests.support.tools import helm


def test_each_command_prints_what_the_page_says(tmp_path: Path) -> None:
    path = f"{BIN}:{Path(helm()).parent}:{os.environ['PATH']}"
    commands = run_page("helm", tmp_path, PATH=path, HOME=str(tmp_path))
    assert len(commands) > 8
    assert [(each.command, each.said) for each in commands if not each.as_promised] == []
