"""Schemas of values, and texts near the edge of each grammar: what others read is held beside pydantic_core by them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from confcontract.contract.coercions import NAMED
from confcontract.verdict.elsewhere.document_places import DocumentPlace
from confcontract.verdict.elsewhere.value_rules import Values

Schema = dict[str, Any]
ALPHABET = '0123456789:-+.,eEinfaTDHMSWYZz _/@%[]"b\u00a0é\n'

# fmt: off
NUMBERS = ["5", " 5 ", "1_000", "1.0", "1.", "+5", "-5", "--5", "0x10", "", "007", "1__0", "_1", "1_", "1_0.0", "1.0_0", "٥", "9" * 20, "1e3", "0-5", "+_1", "inf", "-Infinity", "nan", "1.5", ".5", "1e", "1E-35", "-0", "65536", "1e400", "_", "0.5", "100", "0.1", "0.30000000000000001"]
WORDS = ["yes", "no", "on", "OFF", "1", "0", "t", "F", "true", " true", "2", "", "1.0", "oui", "ſ", "K"]
TEXTS = ["", "a", " abc ", "ABC", "EURO", "ab\n", "日本", "a" * 20, "éé", "a.b", "ſ", "12", "a-b", "\U0001f600\U0001f600", "a_b", "2024-1"]
LISTS = ["[]", "[1]", '["1"]', "[1.0]", "[1.5]", "[true]", "[null]", "[[1]]", '["a"]', "{}", "1", "null", "", "[1,]", "[NaN]", "[1e2]", "[1e400]", "[1, 2, 3]", ' ["1" , 2]\n', '["\\ud800"]', "[99999999999999999999]", "[-0]", '"a"', "[1", "[Infinity]"]
SEPARATED = ["", "1", "1, 2 ,3", "1,,2", "[1, 2]", "[1", " [\"1\"] ", "1,x", "a b", ",", "\u00a01,2", "1,2\n"]
PATTERNS = ["^[A-Z]{3}$", r"^\w+$", "a.b", r"\d", "^[^a]$", r"^a\-b$", "^$", r"^[\w.-]+$", "a|b", "^(?:a|b)+?$", r"^\S+ ?$", r"[a\-z]", "^[0-9]{1,2}", r"^\.?a", r"\D", r"\W", r"^[a_\d-]{2,}$"]
# Of which a browser may make something else.
OTHER_PATTERNS = ["(?i)^eur", "^(?P<x>a|b)+$", "[[:alpha:]]", r"\p{L}", "a++", "a*+", "(?=a)", r"\Aa\z", "[a&&b]", r"\<a", "a{", "(?<x>a)", r"\x41", r"(a)\1", "é", r"\bA", "[]a]", "[a--b]", "(?x) a", r"[\w-.]", r"[^\w--a]"]
# What patterns are drawn from.
PATTERN_PARTS = ["a", "b", "-", "_", ".", r"\.", r"\-", r"\d", r"\w", r"\s", "[ab]", "[^a-c]", "[a-]", r"[\w.-]", "(", "(?:", ")", "|", "*", "+", "?", "{2}", "{1,}", "{0,3}", "^", "$", "&", "[a&b]", "~", "[", "]", "\\", "{", "}", " ", r"\ ", r"\b", r"\/"]
# fmt: on


def schemas() -> Iterator[tuple[Schema, Schema, list[str], str]]:
    """A core schema, the same as a contract has it, texts, and how they are written."""
    bounds: Schema
    for bounds in ({}, {"ge": 1, "le": 65535}, {"multiple_of": 5, "gt": -10}):
        yield {"type": "int", **bounds}, {"type": "int", **bounds}, NUMBERS, "plain"
    for bounds in ({}, {"gt": 0, "le": 300}, {"allow_inf_nan": False}, {"ge": 0.1, "lt": 0.3}):
        yield {"type": "float", **bounds}, {"type": "float", **bounds}, NUMBERS, "plain"
    for bounds in ({}, {"max_digits": 4, "decimal_places": 2}, {"max_digits": 3}, {"decimal_places": 1, "lt": 5}):
        yield {"type": "decimal", **bounds}, {"type": "decimal", **bounds}, NUMBERS, "plain"
    yield {"type": "decimal", "gt": Decimal("0.5")}, {"type": "decimal", "gt": None}, NUMBERS, "plain"
    yield {"type": "bool"}, {"type": "bool"}, WORDS, "plain"
    yield *_twice({"type": "literal", "expected": ["yes", "no", ""]}), WORDS, "plain"
    yield *_twice({"type": "str", "min_length": 2, "max_length": 4}), TEXTS, "plain"
    for pattern in PATTERNS:
        yield *_twice({"type": "str", "pattern": pattern, "min_length": 1}), TEXTS, "plain"
    for items in ({"type": "int", "ge": 0}, {"type": "str", "min_length": 1}, {"type": "float"}, {"type": "bool"}):
        listed = {"type": "list", "items_schema": items, "max_length": 2}
        yield _decoded(listed), listed, LISTS, "json"
        separated = {"type": "no-info", "function": NAMED["separated"](",")}
        ours = {"type": "function-before", "function": {"type": "no-info", "function": None}, "schema": listed}
        yield {"type": "function-before", "function": separated, "schema": listed}, ours, SEPARATED, "separated"


def _twice(schema: Schema) -> tuple[Schema, Schema]:
    return schema, schema


def _decoded(schema: Schema) -> Schema:
    """What pydantic-settings does before: JSON, by the json module."""
    import json

    return {"type": "function-before", "function": {"type": "no-info", "function": json.loads}, "schema": schema}


def mutant(text: str, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(chance.randint(1, 2)):
        at = chance.randint(0, len(letters))
        letters[at : at + chance.randint(0, 1)] = chance.choice(["", chance.choice(ALPHABET)])
    return "".join(letters)


def accepts(validator: SchemaValidator, text: str) -> bool:
    try:
        validator.validate_python(text)
    except ValidationError:
        return False
    return True


def rule_of(schema: Schema, encoding: str) -> dict[str, Any] | None:
    held = [[["gt"], "decimal", "0.5"], [["function", "function"], "function", ["separated", [","]]]]
    place = DocumentPlace(schema, (), True, True, True, False, None, frozenset())
    return Values({"hydrate": held}).rule(place, {"encoding": encoding, "separator": ","})
