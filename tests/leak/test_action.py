"""What the action writes (annotations, outputs, the report that becomes a comment) shows no secret of a contract."""

from __future__ import annotations

import pytest
from pydantic_settings import BaseSettings

from confcontract import bake
from tests.integrations.test_steps import Compared, Shop, at, compared, shop  # noqa: F401 - fixtures

from .test_leak import found_in
from .test_two_contracts import After, Before

VERSIONS: dict[str, type[BaseSettings]] = {"before": Before, "after": After}


@pytest.mark.parametrize("way", [("before", "after"), ("after", "before")], ids=["forward", "back"])
def test_no_secret_is_shown_by_the_action(way: tuple[str, str], shop: Shop, compared: Compared) -> None:  # noqa: F811
    old, new = (bake(VERSIONS[each], name="shop", version="1.4.0").to_bytes() for each in way)
    made = shop({"contract.json": old}, {"contract.json": new})
    code, told, said = compared(made, at(made), direction="full")
    assert (code, told["result"]) == (1, "findings"), said
    assert "SHOP_" in said
    assert not found_in(said + "".join(told.values()))
