"""Contracts for manifests, baked once."""

from __future__ import annotations

import pytest

from confcontract import bake
from confcontract.contract.artifact import Contract
from tests.manifests.shop import Shop


@pytest.fixture(scope="session")
def shop() -> Contract:
    return bake(Shop, name="shop", version="1.2")
