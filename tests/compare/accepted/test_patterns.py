"""Patterns, decided by automata, in the dialect that the contract names."""

from __future__ import annotations

import itertools
import random
import re
import time
import unicodedata
from typing import Annotated, Any

import pytest
from pydantic import Field
from pydantic_core import SchemaValidator

from confcontract.compare.accepted import differences
from confcontract.compare.accepted.alphabet import Alphabet
from confcontract.compare.accepted.automaton import Language, Undecidable, time_limit
from confcontract.compare.accepted.languages import examples, outside
from confcontract.compare.accepted.pattern_dialects import PYTHON, RUST, automaton_of
from tests.compare.accepted.family import pattern, text
from tests.compare.accepted.sides import compared, found, side

SOON = 60.0  # seconds: none of these comes near it


def language(pattern: str, dialect: str = RUST, *, low: int = 0, high: int | None = None, flags: int = 0) -> Language:
    return Language((automaton_of(pattern, dialect, flags),), low, high)


def shown(inner: Language, outer: Language) -> str | None:
    return outside(inner, outer, time_limit(SOON))


def python_re(pattern: str) -> Any:
    """A text with a pattern in Python's dialect."""
    return Annotated[str, Field(pattern=re.compile(pattern))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("^a+$", "^a+$", []),
        ("^a+$", "^aa*$", []),
        ("^a+$", "^a*$", [("PATTERN", "WIDER")]),
        ("^a*$", "^a+$", [("PATTERN", "NARROWER")]),
        ("^a+$", "^b+$", [("PATTERN", "DIFFERENT")]),
        ("^ab", "a", [("PATTERN", "WIDER")]),  # it is searched for
        ("^(cat|dog)$", "^(cat|dog|cow)$", [("PATTERN", "WIDER")]),
        (r"^[0-9]+$", r"^\d+$", [("PATTERN", "WIDER")]),  # digits of every script
        (r"^\d+$", r"^\w+$", [("PATTERN", "WIDER")]),
        ("(?i)^ab$", "^[aA][bB]$", []),
        ("^a{2,3}$", "^aaa?$", []),
        ("^a{2, 3}$", "^aaa?$", []),  # in Rust's dialect a count may have spaces
        (r"^[\[{2 }a-c&]+$", r"^[\[{2 }abc&]+$", []),
        (r"^\[{2 }$", r"^\[\[$", []),
        (r"^(?<first>a)\z", "^a$", []),
    ],
)
def test_patterns_are_compared_by_the_texts_in_which_they_are_found(
    old: str, new: str, expected: list[tuple[str, str]]
) -> None:
    assert found(text(pattern=old), text(pattern=new)) == expected


def test_a_pattern_and_a_length_are_one_limit() -> None:
    assert found(text(pattern="^a{1,3}$"), text(pattern="^a+$", max_length=3)) == []
    assert found(text(pattern="^a{3}$"), text(pattern="^a{3}$", max_length=9)) == []


def test_a_dollar_is_the_end_in_one_dialect_and_before_a_last_newline_in_the_other() -> None:
    assert shown(language("a$", PYTHON), language("a$", RUST)) == "a\n"
    assert shown(language("a$", RUST), language("a$", PYTHON)) is None
    assert shown(language("a$", PYTHON), language(r"a\n?\Z", PYTHON)) is None
    (difference,) = compared(python_re("^a$"), text(pattern="^a$"))
    assert (difference.relation.name, difference.refused_by_new) == ("NARROWER", "a\n")


def test_flags_of_a_pattern_count() -> None:
    assert shown(language("^a.b$", flags=re.DOTALL), language("^a.b$")) == "a\nb"
    assert shown(language("^k$", flags=re.IGNORECASE), language("^[kK]$")) == "\N{KELVIN SIGN}"
    assert shown(language(r"^\d$", PYTHON), language(r"^\d$", PYTHON, flags=re.ASCII)) is not None


@pytest.mark.parametrize(
    ("pattern", "dialect", "why"),
    [
        ("^(?=a)", PYTHON, "looks ahead"),
        ("(?<!a)b", PYTHON, "looks ahead or behind"),
        (r"(a)\1", PYTHON, "refers back"),
        (r"\bword\b", RUST, "edges of words"),
        ("(?m)^a$", RUST, "flags"),
        (r"\p{Greek}", RUST, "only the dialect of Rust"),
        (r"[a-z&&[^b]]", RUST, "only the dialect of Rust"),
        ("[a[bc]]", RUST, "only the dialect of Rust"),  # a set within a set; a bracket in Python's dialect
        ("[[a-c]--[b]]", RUST, "only the dialect of Rust"),
        ("[" * 19_000, RUST, "only the dialect of Rust"),
        ("a" * 50_000, RUST, "too long"),
        ("a$b?c", PYTHON, "continues after its $"),
        ("(?:a{1000}){1000}", RUST, "too many repeats"),
    ],
)
def test_what_is_not_decided_says_why(pattern: str, dialect: str, why: str) -> None:
    with pytest.raises(Undecidable, match=re.escape(why)):
        automaton_of(pattern, dialect)


def test_what_can_t_be_decided_in_time_is_given_up() -> None:
    old, new = language("^(a|b)*a(a|b){18}$"), language("^(a|b)*b(a|b){18}b?$")
    with pytest.raises(Undecidable, match="time limit"):
        outside(old, Language((old.automata[0], *new.automata)), time_limit(0.01))


def test_the_time_counts_while_the_characters_of_the_patterns_are_told_apart() -> None:
    signs = "|".join(chr(0x4E00 + 2 * n) for n in range(300))
    automata = [automaton_of(f"^({signs})$"), automaton_of(r"^\w$")]
    with pytest.raises(Undecidable, match="within the time limit"):
        Alphabet(automata, time_limit(-1))
    assert Alphabet(automata, time_limit(SOON)).kinds


def test_the_time_counts_while_a_pattern_is_read() -> None:
    sets = "(?i)" + "".join(f"[{chr(0x100 + n)}-{chr(0x180 + n)}]" for n in range(50))
    with pytest.raises(Undecidable, match="within the time limit"):
        automaton_of(sets, until=time_limit(-1))
    with pytest.raises(Undecidable, match="within the time limit"):
        automaton_of("(?:ab){1000}", until=time_limit(-1))


def test_a_large_set_of_characters_is_looked_at_once_however_often_it_is_repeated() -> None:
    signs = "".join(chr(0x4E00 + 2 * n) for n in range(4_000))
    started = time.thread_time()
    with pytest.raises(Undecidable, match="too many repeats"):
        automaton_of(f"[{signs}]{{5000}}")
    assert time.thread_time() - started < 1  # it was 8


def test_the_dollars_of_a_repeat_are_followed_once() -> None:
    assert shown(language("^(?:a?$){600}", PYTHON), language("^a?$", PYTHON)) is None


def test_an_undecided_pattern_is_reported_with_its_reason() -> None:
    old, new = python_re("^a(?!b)[a-z]*$"), python_re("^a(?!b)[a-z]{0,90}$")
    (difference,) = compared(old, new)
    assert difference.relation.name == "UNDECIDED"
    assert "looks ahead" in difference.why


def test_lists_of_letters_of_two_dialects_are_not_taken_for_one() -> None:
    (difference,) = compared(python_re(r"^\w\Z"), text(pattern=r"^\w$"))
    assert difference.relation.name == "UNDECIDED"


def test_a_pattern_that_goes_back_for_ever_is_given_up_on() -> None:
    old, new = (text(max_length=n) for n in (200, 300))
    differences_of = [differences(side(each), side(python_re("^(a+)+$")), seconds=0.1) for each in (old, new)]
    for found_here in differences_of:
        assert [each.relation.name for each in found_here] == ["UNDECIDED"]
        assert "takes too long" in found_here[0].why


TEXTS = ["".join(chars) for length in range(5) for chars in itertools.product("abc1\n", repeat=length)]


@pytest.mark.parametrize("seed", range(6))
def test_an_automaton_decides_as_pydantic_does(seed: int) -> None:
    """Against all short texts of a few characters, and against the text that it says shows the difference."""
    draw = random.Random(seed)
    patterns = [pattern(draw) for _ in range(8)]
    for dialect in (RUST, PYTHON):
        engines = [SchemaValidator({"type": "str", "pattern": p, "regex_engine": dialect}) for p in patterns]
        accepted = [{each for each in TEXTS if engine.isinstance_python(each)} for engine in engines]
        for a, b in itertools.permutations(range(len(patterns)), 2):
            witness = shown(language(patterns[a], dialect), language(patterns[b], dialect))
            if witness is None:
                assert accepted[a] <= accepted[b], (patterns[a], patterns[b], dialect)
            else:
                assert engines[a].isinstance_python(witness), (patterns[a], witness)
                assert not engines[b].isinstance_python(witness), (patterns[b], witness)


def test_characters_beyond_those_that_are_looked_through_are_of_no_class() -> None:
    for code in (*range(0x33480, 0xE0100, 97), *range(0xE01F0, 0x110000, 97)):
        assert not chr(code).isalnum()
        assert unicodedata.category(chr(code)) in ("Cn", "Cf", "Co")


@pytest.mark.parametrize("seed", range(5))
def test_examples_of_a_language_are_in_it(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(10):
        drawn = pattern(draw)
        engine = SchemaValidator({"type": "str", "pattern": drawn, "min_length": 1, "max_length": 6})
        some = list(examples(language(drawn, low=1, high=6), time_limit(SOON)))
        assert all(map(engine.isinstance_python, some)), drawn
