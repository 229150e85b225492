"""A contract that any test may read and none may change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from confcontract import bake
from confcontract.contract.digest import canonical, digest_of
from tests.support.sample import SHOP, Settings


@pytest.fixture(scope="session")
def baked() -> bytes:
    """Without checks and roles, so that boot only reads and validates."""
    return bake(Settings, name="shop", version="1.4.0").to_bytes()


@pytest.fixture(scope="session")
def declared() -> bytes:
    """With checks and roles."""
    return bake(SHOP).to_bytes()


@pytest.fixture
def contract(tmp_path: Path, baked: bytes) -> Path:
    path = tmp_path / "contract.json"
    path.write_bytes(baked)
    return path


@pytest.fixture
def data(baked: bytes) -> Any:
    """The document, to be changed at will."""
    return json.loads(baked)


def resealed(data: Any) -> bytes:
    """As somebody would write it who edits a contract and mends its digest."""
    return canonical({**data, "digest": digest_of(data)})
