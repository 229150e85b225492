"""A server of moto's for the session, empty for each test; a proxy before it; an environment that leads there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from confcontract.secrets.aws.aws_reader import AwsReader
from confcontract.secrets.store import Fetched
from tests.support.aws import Moto, leading_to
from tests.support.vault.faulty import Faulty

Fetch = Callable[..., Fetched]


@pytest.fixture
def moto(shared_moto: Moto) -> Moto:
    shared_moto.empty()
    return shared_moto


@pytest.fixture
def proxy(moto: Moto) -> Iterator[Faulty]:
    server = Faulty(moto.address)
    yield server
    server.stop()


@pytest.fixture
def environ(proxy: Faulty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Also of this process: boto3 looks there by itself."""
    found = leading_to(proxy.address, str(tmp_path))
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def fetch(environ: dict[str, str]) -> Fetch:
    """fetch(NAME="aws-sm:…", …) → what is given for the references, within a second or so."""

    def read(seconds: float = 5.0, log: list[dict[str, object]] | None = None, **references: str) -> Fetched:
        reader = AwsReader(environ, deadline_seconds=seconds, log=(log if log is not None else []).append)
        try:
            return reader.read(references)
        finally:
            reader.close()

    return read


def told(fetched: Fetched) -> Mapping[str | None, str]:
    """Variable → code of its problem."""
    return {problem.variable: problem.code for problem in fetched.problems}
