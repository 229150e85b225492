"""What users read is in the words of the field."""

from __future__ import annotations

import pytest

from tests.support.prose import Said, in_dialect, messages, pages


def test_no_message_is_in_dialect() -> None:
    assert in_dialect(messages()) == []


def test_no_page_is_in_dialect() -> None:
    assert in_dialect(pages()) == []


def test_the_messages_that_users_meet_are_among_those_that_are_searched() -> None:
    said = [each.text for each in messages()]
    for expected in (
        "is required and has no value in any source",
        "{}; using {} instead of {}",
        "VAULT_ADDR is not set",
        "A required variable has no value in any source.",
    ):
        assert expected in said
    assert {each.place.split(":")[0] for each in pages()} >= {"README.md", "docs/index.md", "docs/reference/cli.md"}


@pytest.mark.parametrize(
    "text",
    [
        "X is no secret",
        "Nobody reads it",
        "it is written anew",
        "what Vault has lent",
        "a token that is none",
        "is told once",
        "no room for a file",
        "mend the other problems",
        "whoever runs it",
        "which was not asked for",
        "lives in Vault",
    ],
)
def test_the_search_finds(text: str) -> None:
    assert len(in_dialect(iter([Said("here:1", text)]))) == 1


@pytest.mark.parametrize("text", ["there is no file", "it is no longer valid", "is not a secret", "a silent failure"])
def test_the_search_passes(text: str) -> None:
    assert in_dialect(iter([Said("here:1", text)])) == []
