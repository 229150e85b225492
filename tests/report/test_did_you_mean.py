"""Did you mean …?"""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.report.did_you_mean import closest

NAMES = [
    "SHOP_DATABASE__URL",
    "SHOP_DATABASE__POOL_SIZE",
    "SHOP_PORT",
    "SHOP_HOST",
    "SHOP_DEBUG",
    "SHOP_HTTP__TIMEOUT",
    "SHOP_FEATURE_NEW_CHECKOUT",
]
MANY = [f"SHOP_SECTION_{number // 20}__FIELD_{number}" for number in range(5000)]


@pytest.mark.parametrize(
    "written,meant",
    [
        ("SHOP_DATABASE_URL", "SHOP_DATABASE__URL"),
        ("SHOP_DATBASE__URL", "SHOP_DATABASE__URL"),
        ("SHOP_DATABASE__POOLSIZE", "SHOP_DATABASE__POOL_SIZE"),
        ("SHOP_PROT", "SHOP_PORT"),
        ("SHOP_HOSTS", "SHOP_HOST"),
        ("shop_port", "SHOP_PORT"),
        ("SHOP-PORT", "SHOP_PORT"),
        ("SHP_PORT", "SHOP_PORT"),
        ("SHOP_FEATURE_NEW_CHEKCOUT", "SHOP_FEATURE_NEW_CHECKOUT"),
        ("SHOP_URL_DATABASE", "SHOP_DATABASE__URL"),
        ("SHOP_TIMEOUT", "SHOP_HTTP__TIMEOUT"),
        ("DATABASE__URL", "SHOP_DATABASE__URL"),
    ],
)
def test_a_slip_is_recognised(written: str, meant: str) -> None:
    assert closest(written, NAMES) == meant


@pytest.mark.parametrize("written", ["SHOP_ZEBRA", "SHOP_X", "SHOP_LOG_LEVEL", "SHOP_", "", "PATH"])
def test_a_name_that_only_shares_the_prefix_is_not_suggested(written: str) -> None:
    assert closest(written, NAMES) is None


@pytest.mark.parametrize(
    "written,meant",
    [
        ("SHOP_FEATUER_NEW_CHEKCOUT", "SHOP_FEATURE_NEW_CHECKOUT"),
        ("SHOP_FEATURE_NEW_CHEKCOUTT", "SHOP_FEATURE_NEW_CHECKOUT"),
        ("SHOP_FEATUR_NEW_CHECKUT", "SHOP_FEATURE_NEW_CHECKOUT"),
        ("SHOP_DATABSE__POOL_SZIE", "SHOP_DATABASE__POOL_SIZE"),
        ("SOHP_DATABSE__POOL_SIZE", "SHOP_DATABASE__POOL_SIZE"),
        ("SHOP_DTABASE__POOL_SISE", "SHOP_DATABASE__POOL_SIZE"),
    ],
)
def test_two_slips_in_a_long_name_are_recognised(written: str, meant: str) -> None:
    assert closest(written, NAMES) == meant


@pytest.mark.parametrize(
    "written,names",
    [
        ("SHOP_DATABASE_HOST", ["SHOP_DATABASE_PORT", "SHOP_URL"]),  # two letters, and another word
        ("SHOP_DATABASE_1_ROLE_1", ["SHOP_DATABASE_2_ROLE_2", "SHOP_URL"]),
        ("SHOP_FEATUER_NEW_CHEKCOUTT", NAMES),  # three
        ("SHOP_PROT_HSOT", ["SHOP_PORT_HOST", "SHOP_URL"]),  # short
        ("SHOP_DATABSE_WRITRE", ["SHOP_DATABASE_WRITER", "SHOP_DATABASE_WRITE", "SHOP_URL"]),  # which of them?
    ],
)
def test_what_may_be_another_name_is_not_suggested(written: str, names: list[str]) -> None:
    assert closest(written, names) is None


def test_without_names_there_is_nothing_to_suggest() -> None:
    assert closest("SHOP_PORT", []) is None
    assert closest("SHOP_PROT", iter(["SHOP_PORT"])) == "SHOP_PORT"


def test_the_nearest_of_several_wins_whatever_their_order() -> None:
    assert closest("SHOP_REPLICA_1_HOTS", ["SHOP_REPLICA_2_HOST", "SHOP_REPLICA_1_HOST"]) == "SHOP_REPLICA_1_HOST"
    assert closest("SHOP_REPLICA_1_HOTS", ["SHOP_REPLICA_1_HOST", "SHOP_REPLICA_2_HOST"]) == "SHOP_REPLICA_1_HOST"


@given(st.integers(0, 4999), st.integers(0, 30), st.sampled_from(["swap", "drop", "double"]))
def test_one_slip_is_recognised_among_five_thousand_names(number: int, place: int, slip: str) -> None:
    meant = MANY[number]
    place %= len(meant) - 1
    written = {
        "swap": meant[:place] + meant[place + 1] + meant[place] + meant[place + 2 :],
        "drop": meant[:place] + meant[place + 1 :],
        "double": meant[:place] + meant[place] + meant[place:],
    }[slip]
    found = closest(written, MANY)
    assert found is not None
    assert found == meant or _one_slip_apart(written, found)


def _one_slip_apart(one: str, other: str) -> bool:
    """Some slips turn one of five thousand numbered names into another, or into a neighbour of several."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 2
    shorter, longer = sorted((one, other), key=len)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def test_other_separators_do_not_count_beside_a_slip() -> None:
    assert closest("SHOP_SECTON_2_FIELD_40", MANY) == "SHOP_SECTION_2__FIELD_40"
    assert closest("shop-databse-url", NAMES) == "SHOP_DATABASE__URL"


def test_a_name_longer_than_all_others_costs_no_more_than_they_do() -> None:
    tracemalloc.start()
    try:
        assert closest("SHOP_" + "K" * 3000, NAMES) is None
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
