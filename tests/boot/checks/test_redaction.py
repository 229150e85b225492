"""What programs, functions and drivers say is shown without the secrets that they were given, in whatever form."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from confcontract.boot.checks.redaction import last_line, masked, without

SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=8, max_size=40)
FORMS: list[Callable[[str], str]] = [
    str,
    lambda secret: repr(secret)[1:-1],
    lambda secret: json.dumps(secret)[1:-1],
    lambda secret: quote(secret, safe=""),
    quote_plus,
    lambda secret: repr(secret.encode())[2:-1],
    lambda secret: b64encode(secret.encode()).decode(),
]


@given(SECRETS, st.sampled_from(FORMS), st.text(max_size=20), st.text(max_size=20))
def test_no_piece_of_a_secret_is_left_in_any_form(
    secret: str, form: Callable[[str], str], before: str, after: str
) -> None:
    left = without(f"{before}{form(secret)}{after}", [secret])
    written = form(secret).rstrip("=")
    pieces = {written[at : at + 8] for at in range(len(written) - 7)}
    if not any(piece in before + after for piece in pieces):
        assert not any(piece in left for piece in pieces)


@given(st.text(max_size=200), st.lists(SECRETS, max_size=3))
def test_what_has_nothing_of_a_secret_stays_as_it_is(text: str, secrets: list[str]) -> None:
    if not any(piece in text for secret in secrets for piece in (secret[at : at + 2] for at in range(len(secret)))):
        assert without(text, secrets) == text


def test_a_secret_that_was_cut_is_masked_as_far_as_it_goes() -> None:
    secret = "".join(f"{number:05d}" for number in range(1000))
    for piece in (secret[:3000], secret[2000:], secret[700:712]):
        assert without(f"bad key: {piece}", [secret]) == "bad key: ***"
    assert masked(f"bad key: {secret}", [secret]) == "bad key: ***"


def test_the_lines_of_a_secret_are_secrets_each() -> None:
    secret = "FIRSTCANARY\nSECOND\nof\n"
    assert last_line(f"tried:\n{secret}", [secret]) == "***"
    assert without("SECOND", [secret]) == "***"
    assert without("a list of things", [secret]) == "a list of things"
