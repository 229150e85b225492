"""What a caller of bake() and resolve() is told about arguments of the wrong type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, bake, resolve
from tests.support.classes import Shop


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Shop, name="shop")


@pytest.mark.parametrize("name", ["env_files", "policies", "keep"])
@pytest.mark.parametrize("value", ["one.env", b"one.env", Path("one.env")])
def test_one_path_in_the_place_of_a_list_is_refused_with_what_to_write(
    contract: Contract, name: str, value: Any
) -> None:
    with pytest.raises(TypeError, match=rf"{name} takes a list: {name}=\[.*one\.env.*\]"):
        resolve(contract, environ={}, **{name: value})


@pytest.mark.parametrize("thing", ["contract.json", None, Shop])
def test_resolve_says_what_it_takes(thing: Any) -> None:
    with pytest.raises(TypeError, match=r"takes a Contract, such as bake\(\) or Contract\.load\(\) returns"):
        resolve(thing, environ={})


def test_what_resolve_does_not_take_is_not_shown() -> None:
    with pytest.raises(TypeError, match="not list") as refused:
        resolve(["hunter2"], environ={})  # type: ignore[arg-type]  # as settings would be, in the wrong place
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("epoch", "time"), [(0, "1970-01-01T00:00:00Z"), (5, "1970-01-01T00:00:05Z"), ("", None)])
def test_the_build_time_may_be_a_number(epoch: int | str, time: str | None) -> None:
    assert bake(Shop, name="shop", source_date_epoch=epoch).data["provenance"].get("buildTime") == time
