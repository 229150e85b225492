"""The YAML of exports is read back to the same by two readers, and looks as people write it."""

from __future__ import annotations

from typing import Any

import yaml  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from confcontract.platforms.written_yaml import scalar, to_yaml
from tests.platforms.yaml_cases import KNOWN, NASTY

NODES = st.recursive(
    st.one_of(NASTY, st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NASTY, inner, max_size=3)),
    max_leaves=12,
)


@settings(max_examples=150)
@given(NODES)
def test_it_is_read_back_to_the_same(node: Any) -> None:
    assert yaml.load(to_yaml(node), yaml.CSafeLoader) == node
    assert yaml.load(to_yaml(node), yaml.SafeLoader) == node


def test_every_known_text_is_read_back_also_as_a_key() -> None:
    node: Any = {"keys": dict.fromkeys(KNOWN, 1), "values": KNOWN}
    assert yaml.load(to_yaml(node), yaml.SafeLoader) == node


def test_plain_words_are_left_plain_and_what_yaml_takes_for_others_is_quoted() -> None:
    for plain in ("shop", "apps/v1", "SHOP_PORT", "confcontract.json", "a-b"):
        assert scalar(plain) == plain
    for quoted in ("yes", "N", "null", "1e3", "0123", "1:30", "", " a", "a b", "~", ".inf", "=", "é"):
        assert scalar(quoted)[0] == '"'


def test_it_is_laid_out_as_people_do() -> None:
    node: Any = {"a": {"b": [{"c": 1, "d": ["x", {}]}, []], "e": None}, "f": True, "g": "two\nlines"}
    assert to_yaml(node) == (
        'a:\n  b:\n    - c: 1\n      d:\n        - x\n        - {}\n    - []\n  e: null\nf: true\ng: "two\\nlines"\n'
    )
