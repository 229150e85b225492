"""The grammar of references."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.secrets.vault import ReferenceInvalid, is_reference, parse_reference

_word = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="/#@?|"), min_size=1).filter(
    lambda word: word not in (".", "..") and word == word.strip() and word.isprintable()
)


@given(
    st.lists(_word, min_size=2, max_size=5),
    _word,
    st.none() | st.integers(1, 10**17),
    st.sampled_from(["", "vault:", "bao:"]),
)
def test_what_was_written_is_read_back(segments: list[str], key: str, version: int | None, scheme: str) -> None:
    path = "/".join(segments)
    if not scheme and path.startswith(("vault:", "bao:")):
        scheme = "vault:"
    reference = parse_reference(f"{scheme}{path}#{key}" + (f"@{version}" if version else ""))
    assert (reference.mount_path, reference.key, reference.version) == (path, key, version)
    assert parse_reference(str(reference)) == reference


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_is_refused_in_words(text: str) -> None:
    with contextlib.suppress(ReferenceInvalid):
        assert parse_reference(text).mount_path in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no #KEY"),
        ("vault:", "no #KEY"),
        ("vault:secret/shop", "no #KEY"),
        ("vault:secret/shop#", "the key after # is empty"),
        ("vault:#url", "needs a mount and a path"),
        ("vault:secret#url", "needs a mount and a path"),
        ("vault:/secret/shop#url", "starts with a slash"),
        ("vault://secret/shop#url", "starts with a slash"),
        ("vault:secret/#url", "ends with a slash"),
        ("vault:secret//shop#url", "two slashes"),
        ("vault:secret/../sys/mounts#url", "only dots"),
        ("vault:secret/./shop#url", "only dots"),
        ("vault:secret/shop#a#b", "more than one #"),
        ("vault:secret/shop#url@", "whole number"),
        ("vault:secret/shop#url@0", "whole number"),
        ("vault:secret/shop#url@-1", "whole number"),
        ("vault:secret/shop#url@latest", "whole number"),
        ("vault:secret/shop#url@1.5", "whole number"),
        ("vault:secret/shop#url@²", "whole number"),
        ("vault:secret/shop#url@" + "9" * 5000, "whole number"),
        ("vault:secret/shop#@3", "the key after # is empty"),
        ("vault: secret/shop#url", "starts or ends with a space"),
        ("vault:secret/shop#url ", "starts or ends with a space"),
        ("vault:secret/shop#ur\nl", "can't be printed"),
        ("vault:secret/sh\0op#url", "can't be printed"),
    ],
)
def test_a_text_that_is_no_reference_is_refused_with_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ReferenceInvalid, match=words):
        parse_reference(text)


def test_a_refusal_does_not_repeat_the_text_since_a_password_may_start_with_vault() -> None:
    with pytest.raises(ReferenceInvalid) as refused:
        parse_reference("vault:hunter2/hunter2/#hunter2")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("vault:secret/shop#url", True),
        ("bao:secret/shop#url", True),
        ("vault:", True),
        ("Vault:secret/shop#url", False),
        (" vault:secret/shop#url", False),
        ("secret/shop#url", False),
        ("", False),
    ],
)
def test_only_a_value_that_starts_with_the_scheme_asks_for_vault(value: str, expected: bool) -> None:
    assert is_reference(value) is expected
