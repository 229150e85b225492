"""The fixtures of tests/support/vault, and where each case plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.lending import Lending
from tests.faults.place import Place
from tests.faults.stage import stage
from tests.support.vault.faulty import Faulty
from tests.support.vault.fixtures import authority, bao, canary, signer  # noqa: F401
from tests.support.vault.openbao import OpenBao
from tests.support.vault.role import database, role  # noqa: F401

Stages = Callable[[str, int], AbstractContextManager[Any]]


@pytest.fixture
def stages(request: pytest.FixtureRequest, canary: str, tmp_path: Path) -> Stages:  # noqa: F811
    """A fresh stage for a case of that list. patience: by which deadlines of a second or two are multiplied."""

    def proxied(stack: ExitStack) -> tuple[OpenBao, Faulty]:
        bao: OpenBao = request.getfixturevalue("bao")  # noqa: F811
        proxy = Faulty(bao.address)
        stack.callback(proxy.stop)
        return bao, proxy

    @contextmanager
    def set_up(list: str, patience: int) -> Iterator[Any]:
        directory = tmp_path / str(patience)
        directory.mkdir()
        with ExitStack() as stack:
            if list in ("Leases", "Process", "Dependencies and probes"):
                place = Place(directory, canary, patience)
                stack.callback(place.close)
                yield Lending(place, *proxied(stack), request.getfixturevalue("role")) if list == "Leases" else place
            else:
                bao, proxy = proxied(stack)
                request.getfixturevalue("signer")
                made = stage(bao, proxy, request.getfixturevalue("authority"), directory, canary, patience)
                stack.callback(made.close)
                yield made

    return set_up
