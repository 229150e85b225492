"""What a text means as a value: the page's rules beside pydantic_core itself, on texts near the edge of each grammar."""

from __future__ import annotations

import os
import random

import pytest
from pydantic_core import SchemaError, SchemaValidator

from confcontract.verdict.elsewhere.plain_patterns import plain
from tests.docs.html.deno import Deno
from tests.support.scalar_schemas import OTHER_PATTERNS, PATTERN_PARTS, accepts, mutant, rule_of, schemas

MUTANTS = int(os.environ.get("SCALAR_MUTANTS", "40"))  # of each schema


def test_the_page_reads_texts_as_pydantic_does(deno: Deno) -> None:
    chance = random.Random(os.environ.get("SCALAR_SEED", "5"))
    wrong, cases, unsure = [], 0, 0
    for schema, ours, texts, encoding in schemas():
        rule = rule_of(ours, encoding)
        assert rule is not None, ours
        validator = SchemaValidator(schema)
        tried = [*texts, *(mutant(chance.choice(texts), chance) for _ in range(MUTANTS))]
        verdicts = deno.judged(rule, tried)
        cases, unsure = cases + len(tried), unsure + verdicts.count(None)
        for text, verdict in zip(tried, verdicts, strict=True):
            taken = accepts(validator, text)
            if verdict is not None and verdict != taken:
                wrong.append(f"{text!r}: pydantic {taken}, the page {verdict}: {rule}")
    assert not wrong, "\n".join(wrong)
    assert unsure < 0.4 * cases


@pytest.mark.parametrize("pattern", OTHER_PATTERNS)
def test_a_pattern_of_which_a_browser_makes_something_else_is_not_judged(pattern: str) -> None:
    assert rule_of({"type": "str", "pattern": pattern}, "plain") is None


def test_patterns_drawn_at_random_mean_the_same_or_are_not_judged(deno: Deno) -> None:
    chance = random.Random(os.environ.get("SCALAR_SEED", "5"))
    texts = ["", "a", "ab", "a-b", "aab", "a.b", "b1", "_", "a b", "12", "ba~", "&"]
    judged = 0
    for _ in range(10 * MUTANTS):
        pattern = "".join(chance.choice(PATTERN_PARTS) for _ in range(chance.randint(1, 6)))
        rule = rule_of({"type": "str", "pattern": pattern}, "plain")
        try:
            validator = SchemaValidator({"type": "str", "pattern": pattern})
        except SchemaError:
            continue  # bake refuses it
        if rule is not None:
            judged += 1
            assert deno.judged(rule, texts) == [accepts(validator, text) for text in texts], (pattern, plain(pattern))
    assert judged > MUTANTS
