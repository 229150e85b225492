"""One fleet for all tests of a worker that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet.made_fleet import make_fleet


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_fleet(tmp_path_factory.mktemp("fleet") / "fleet")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A fleet to change."""
    return make_fleet(tmp_path / "fleet")
