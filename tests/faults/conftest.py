"""The fixtures of tests/vault, and a stage for each case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.lending import Lending
from tests.faults.place import Place
from tests.faults.stage import Stage, stage
from tests.rotation.conftest import database, role  # noqa: F401
from tests.rotation.role import MakeRole
from tests.vault.certificates import Authority
from tests.vault.conftest import authority, bao, canary, proxy, signer  # noqa: F401
from tests.vault.faulty import Faulty
from tests.vault.openbao import OpenBao


@pytest.fixture(name="stage")
def _stage(
    bao: OpenBao,  # noqa: F811
    signer: OpenBao,  # noqa: F811
    proxy: Faulty,  # noqa: F811
    authority: Authority,  # noqa: F811
    canary: str,  # noqa: F811
    tmp_path: Path,
) -> Iterator[Stage]:
    made = stage(bao, proxy, authority, tmp_path, canary)
    yield made
    made.close()


@pytest.fixture
def place(canary: str, tmp_path: Path) -> Iterator[Place]:  # noqa: F811
    made = Place(tmp_path, canary)
    yield made
    made.close()


@pytest.fixture
def lending(
    bao: OpenBao,  # noqa: F811
    proxy: Faulty,  # noqa: F811
    role: MakeRole,  # noqa: F811
    place: Place,
) -> Lending:
    return Lending(place, bao, proxy, role)
