"""What --help shows on a terminal of 80 columns."""

from __future__ import annotations

import pytest

from tests.support.commands import run

COMMANDS = "bake boot probe validate explain describe export inspect audit attest verify bundle docs changelog bump tag problem secrets"


@pytest.mark.parametrize(
    "command",
    [*COMMANDS.split(), "secrets check", "secrets policy", "fleet", "fleet check", "fleet diff", "fleet merge"],
)
def test_help_cuts_nothing_at_80_columns(command: str) -> None:
    done = run(*command.split(), "--help", environ={"COLUMNS": "80"})
    assert done.returncode == 0
    assert "…" not in done.stdout
