"""Names and labels are such as Kubernetes takes, whatever a contract is called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confcontract.platforms.contract_labels import label_value
from confcontract.platforms.kubernetes.object_names import is_key, is_variable, object_name

TEXTS = st.text(st.characters(codec="utf-8"), max_size=80)


@settings(max_examples=150)
@given(TEXTS, TEXTS)
def test_an_object_has_a_name_that_is_a_dns_label(name: str, role: str) -> None:
    made = object_name(name, role)
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", made), made
    assert object_name(made) == made


def test_a_usual_name_stays_and_others_stay_apart() -> None:
    assert object_name("shop", "web") == "shop-web"
    assert object_name("Shop_2.api", "") == "shop-2-api"
    odd = [object_name("shöp"), object_name("shäp"), object_name("x" * 70), object_name("x" * 71), object_name("?")]
    assert len(set(odd)) == len(odd)


@settings(max_examples=150)
@given(TEXTS)
def test_a_label_is_one(text: str) -> None:
    assert re.fullmatch(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", label_value(text))
    assert len(label_value(text)) <= 63


@pytest.mark.parametrize("name", ["SHOP_PORT", "shop.port", "a-b", "_x"])
def test_names_that_a_config_map_and_a_container_take(name: str) -> None:
    assert is_key(name)
    assert is_variable(name)


@pytest.mark.parametrize("name", ["", "..", ".", "..x", "a b", "ä", "a=b", "x/y"])
def test_names_that_none_takes(name: str) -> None:
    assert not is_key(name)
    assert not is_variable(name)
