"""One bundle for all tests of it: it takes some seconds to make."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract.cli import main
from tests.support.sites import bao, site, vault  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def bundle() -> Iterator[Path]:
    """Made where it lies, so that it starts by itself; not in /tmp, where containers have a file system of their own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        main(["bundle", "--out", f"{folder}/made", "--with", "yaml"])
        yield Path(folder, "made")
