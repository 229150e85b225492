"""What CEL takes for a value, beside pydantic_core itself, on texts near the edge of each grammar.

A policy must never refuse what boot accepts. Where it accepts what boot refuses, the text is of a form that `sure` names.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic_core import SchemaError, SchemaValidator

from confcontract.platforms.admission.necessary_forms import necessary
from confcontract.platforms.admission.value_expressions import acceptable, looks_like_json, readable
from confcontract.verdict.elsewhere.plain_patterns import plain
from tests.platforms.admission.engines import ENGINES, Engine
from tests.support.scalar_schemas import LISTS, PATTERN_PARTS, accepts, mutant, rule_of, schemas

re2 = pytest.importorskip("re2", reason="google-re2 is not installed")

MUTANTS = 25  # of each schema
EVERY_ENGINE = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)


def _tried(texts: list[str], chance: random.Random) -> list[str]:
    tried = [*texts, *(mutant(chance.choice(texts), chance) for _ in range(MUTANTS))]
    return [text for text in tried if not re.search("[\ud800-\udfff]", text)]  # no object of Kubernetes has one


def sure(rule: dict[str, Any], text: str) -> bool:
    """Whether a policy has to know: see `value_expressions`."""
    if rule["kind"] == "text":
        return "pattern" not in rule or (text.isascii() and text.isprintable())
    if rule["kind"] == "list":
        return False
    if rule["kind"] in ("boolean", "choice"):
        return True
    digits = re.fullmatch(
        r" *[-+]?[0-9]+([.]0+)? *" if rule["kind"] == "integer" else r" *[-+]?[0-9]+([.][0-9]+)? *", text
    )
    return digits is not None and rule["kind"] != "decimal" and "step" not in rule


@EVERY_ENGINE
def test_what_pydantic_takes_is_never_refused_and_what_is_clear_is_told_apart(engine: Engine) -> None:
    chance = random.Random(13)
    wrong, missed, refused, judged = [], [], 0, 0
    for real, schema, texts, encoding in schemas():
        rule = rule_of(schema, encoding)
        assert rule is not None
        expression = acceptable(rule, "v")
        if expression is None:
            continue
        validator = SchemaValidator(real)
        for text in _tried(texts, chance):
            held = engine(expression, {"v": text})
            assert held is True or held is False, (schema, text, held)
            taken = accepts(validator, text)
            judged, refused = judged + 1, refused + (not held)
            if not held and taken:
                wrong.append((schema, text))
            if held and not taken and sure(rule, text):
                missed.append((schema, text))
    assert wrong == []
    assert missed == []
    assert refused > judged // 4


@EVERY_ENGINE
def test_large_numbers_are_held_against_their_bounds(engine: Engine) -> None:
    rules: list[dict[str, Any]] = [
        {"kind": "integer", **bounds} for bounds in ({"ge": -5}, {"lt": 7}, {"ge": 0, "le": 9})
    ]
    for rule in rules:
        expression = acceptable(rule, "v")
        assert expression is not None
        validator = SchemaValidator({"type": "int", **{key: rule[key] for key in rule if key != "kind"}})
        for sign in ("", "-", "+"):
            for digits in ("9" * 18, "9" * 19, "1" + "0" * 40, "0" * 30 + "4"):
                text = sign + digits
                assert engine(expression, {"v": text}) is accepts(validator, text), (rule, text)


@EVERY_ENGINE
def test_numbers_that_no_double_holds_are_left_to_boot(engine: Engine) -> None:
    expression = acceptable({"kind": "number", "le": 10}, "v")
    assert expression is not None
    for text in ("1e400", "9" * 400, "1e999999999999", "inf", "nan", "-Infinity", "1_0.5"):
        assert engine(expression, {"v": text}) is True
    assert engine(expression, {"v": "1e99"}) is False


def _of_forms() -> Iterator[tuple[dict[str, Any], list[str]]]:
    times = [
        "2024-01-02",
        "20240102",
        "2e10",
        "10:00",
        "PT30S",
        "1d",
        "-1:00:00",
        "30",
        "now",
        "",
        "Z",
        "1.5",
        "inf",
        "nan",
    ]
    for kind in ("date", "datetime", "time", "timedelta"):
        yield {"type": kind}, [*times, "2024-01-02T03:04:05Z", "P1DT2H", "1 day, 2:03:04", "\u22125", "٣"]
    written = "f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f"
    of_uuid = [
        written,
        written.upper(),
        written.replace("-", ""),
        f"urn:uuid:{written}",
        f"{{{written}}}",
        "x",
        written[:-1],
    ]
    yield {"type": "uuid"}, of_uuid
    urls = [
        "http://a",
        "HTTP://a",
        " http:/a ",
        "ht\ntp://a",
        "a",
        "//a",
        "postgres://h/d",
        "p+x://h",
        "",
        "http",
        ":",
        "é://a",
    ]
    for kind in ("url", "multi-host-url"):
        yield {"type": kind}, urls
        yield {"type": kind, "allowed_schemes": ["http", "p+x", "postgres"]}, urls


@EVERY_ENGINE
def test_outer_forms_are_those_of_every_value(engine: Engine) -> None:
    chance = random.Random(13)
    refused = 0
    for schema, texts in _of_forms():
        expression = necessary(schema, "v")
        assert expression is not None
        validator = SchemaValidator(schema)
        for text in _tried(texts, chance):
            held = engine(expression, {"v": text})
            assert held is True or not accepts(validator, text), (schema, text)
            refused += not held
    assert refused > 20


@EVERY_ENGINE
def test_text_that_is_refused_as_json_is_none(engine: Engine) -> None:
    chance = random.Random(13)
    refused = 0
    for text in _tried(
        [*LISTS, "abc", "a,b", "1,2", "-", "+1", "[", '{"a": 1', "nul", "\ufeff[]", " [1] x", "{}"], chance
    ):
        if engine(looks_like_json("v"), {"v": text}) is not True:
            refused += 1
            with pytest.raises(ValueError, match=r"."):
                json.loads(text)
    assert refused > 8


def test_a_pattern_that_is_judged_means_the_same_to_re2_to_rust_and_to_python() -> None:
    chance = random.Random(13)
    letters = "ab-_.12 ~&/"
    judged = 0
    for _ in range(2000):
        pattern = "".join(chance.choice(PATTERN_PARTS) for _ in range(chance.randint(1, 6)))
        ours = plain(pattern)
        if ours is None or not readable(ours):
            continue
        try:
            by_rust = SchemaValidator({"type": "str", "pattern": pattern})
        except SchemaError:
            continue  # bake refuses it
        by_python, by_re2 = re.compile(pattern), re2.compile(ours)
        judged += 1
        for text in ("", *("".join(chance.choice(letters) for _ in range(chance.randint(1, 5))) for _ in range(12))):
            found = accepts(by_rust, text)
            assert (by_re2.search(text) is not None) is found is (by_python.search(text) is not None), (pattern, text)
    assert judged > 200


@pytest.mark.parametrize("pattern", ["a{1001}", "(?:a{40}){40}", "(?:(?:a{11}){11}){11}"])
def test_a_pattern_that_repeats_more_than_re2_takes_is_not_judged(pattern: str) -> None:
    with pytest.raises(re2.error):
        re2.compile(pattern)
    assert not (readable(pattern) and plain(pattern))
