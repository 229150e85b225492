"""The contract that operators' files are for; modules with a contract of their own have their own."""

from __future__ import annotations

import pytest

from confcontract import Contract, bake
from tests.verdict.sources.operator_settings import Shop


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Shop, name="shop", version="1")
