"""$(NAME) is expanded as Kubernetes expands it: the cases of its own tests, and the laws behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.manifests.variable_references import expand

KNOWN = {"A": "one", "B": "two", "C": "three", "REFERS": "$(A)", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$(A)", "one"),
        ("$(A)-$(A)", "one-one"),
        ("before $(B) after", "before two after"),
        ("$(A)_$(B)_$(C)", "one_two_three"),
        ("$$(B)_$(A)", "$(B)_one"),
        ("$$(A)_$$(B)", "$(A)_$(B)"),
        ("cost-$$A", "cost-$A"),
        ("back\\$(C)slash", "back\\threeslash"),
        ("back\\\\\\\\$(A)slash", "back\\\\\\\\oneslash"),
        ("$(A$(B))", "$(A$(B))"),
        ("$(A$(B)", "$(A$(B)"),
        ("$(REFERS)", "$(A)"),
        ("%%$(REFERS)--$(REFERS)%%", "%%$(A)--$(A)%%"),
        ("with$(EMPTY)out", "without"),
        ("open$(A to the end", "open$(A to the end"),
        ("__(A)__", "__(A)__"),
        ("$?_and_$!", "$?_and_$!"),
        ("$A", "$A"),
        ("$(NOWHERE)", "$(NOWHERE)"),
        ("$$$$$$(NOWHERE)", "$$$(NOWHERE)"),
        ("$$$$$$(A)", "$$$(A)"),
        ("$$$$$$$(NOWHERE)", "$$$$(NOWHERE)"),
        ("$$$$$$$(A)", "$$$one"),
        ("$A)", "$A)"),
        ("${A}", "${A}"),
        ("$(B)___$(A", "two___$(A"),
        ("$(C)___$(", "three___$("),
        ("$(A)end$", "oneend$"),
        ("--$($($($($--", "--$($($($($--"),
        ("$($($($($--x$(", "$($($($($--x$("),
        ("x--$($($($(", "x--$($($($("),
        ("$(a$$b)", "$(a$$b)"),
        ("\n", "\n"),
        ("", ""),
        ("$", "$"),
        ("$$", "$"),
    ],
)
def test_a_value_is_expanded_as_kubernetes_does(text: str, expanded: str) -> None:
    assert expand(text, KNOWN.get) == expanded


@given(st.text())
def test_what_has_its_dollars_doubled_stays_as_it_was(text: str) -> None:
    assert expand(text.replace("$", "$$"), KNOWN.get) == text


@given(st.text(alphabet="$()AB-\\"))
def test_where_nothing_is_known_only_doubled_dollars_change(text: str) -> None:
    assert expand(text, lambda _: None).replace("$", "") == text.replace("$", "")
