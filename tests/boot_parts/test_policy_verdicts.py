"""Where jsonschema-rs judges in jsonschema's place, the two agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError

from confcontract.verdict.policy.overlays import _passes_quickly, _Unusable, _violations
from confcontract.verdict.policy.screen import alike

pytest.importorskip("jsonschema_rs", reason="jsonschema-rs is missing")

NUMBERS = st.one_of(
    st.integers(-5, 5),
    st.sampled_from([0.0, 1.0, 1.5, -0.0, 2.5, 1e3, 2**53, 2**53 + 1, 2**64, 1e300, 0.1, 0.3]),
    st.booleans(),
)
TEXT = st.one_of(st.sampled_from(["a", "ab", "b1", "", "a\n", "é", "1", "A-b", "ab.c", "\u0661"]), st.text(max_size=3))
NAMES = st.sampled_from(["a", "b", "c", "ab", "é"])
SCALARS = st.one_of(st.none(), NUMBERS, TEXT)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
PATTERNS = st.sampled_from(
    ["^a", "b$", "^[a-z]+$", r"^\d+$", r"\w", "a|b", "(?:ab)?c", "^a{1,2}$", ".", r"^[A-Z]-\w$", r"\.", "a*+"]
    + ["^(a|b)*$", "a{2}{3}", "(", "a**", "[z-a]", r"\p{L}", r"(?i)A", "$a", "[a-z&&[b]]", "x{,3}", r"\Z", r"\s"]
)
COUNTS = st.integers(0, 3)


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(NAMES, inner, max_size=3)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": st.sampled_from(
            ["integer", "number", "string", "object", "array", "boolean", "null", ["string", "null"]]
        ),
        "enum": st.lists(JSON, min_size=1, max_size=3),
        "const": JSON,
        "format": st.sampled_from(["ipv4", "email", "date"]),
        "multipleOf": st.one_of(st.integers(1, 3), st.sampled_from([0.1, 0.5, 1e-8])),
        "pattern": PATTERNS,
        "uniqueItems": st.booleans(),
        "required": st.lists(NAMES, max_size=2, unique=True),
        "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2),
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        "$ref": st.sampled_from(["#", "#/$defs/a", "#/$defs/b", "#/properties/a", "#/allOf/0", "#/%24defs/a"]),
    }
    keywords |= dict.fromkeys(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], NUMBERS)
    keywords |= dict.fromkeys(
        ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"], COUNTS
    )
    keywords |= dict.fromkeys(["minContains", "maxContains"], COUNTS)
    keywords |= dict.fromkeys(["allOf", "anyOf", "oneOf", "prefixItems"], several)
    keywords |= dict.fromkeys(["properties", "$defs", "dependentSchemas"], named)
    single = ["not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames"]
    keywords |= dict.fromkeys([*single, "unevaluatedProperties", "unevaluatedItems"], inner)
    chosen = st.lists(st.sampled_from(sorted(keywords)), min_size=1, max_size=4, unique=True)
    return chosen.flatmap(lambda words: st.fixed_dictionaries({word: keywords[word] for word in words}))


SCHEMAS = st.recursive(st.booleans(), schemas, max_leaves=8)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=4)


@settings(max_examples=800, deadline=None)
@given(schema=SCHEMAS, values=OBJECTS)
@example({"$ref": "#"}, {"a": 1})
@example({"properties": {"a": {"pattern": "^a$"}}}, {"a": "a\n"})
@example({"properties": {"a": {"multipleOf": 1}}}, {"a": 1e300})
@example({"properties": {"a": {"const": 1}}}, {"a": True})
@example({"properties": {"a": {"enum": [[1.0]]}}}, {"a": [1]})
def test_a_quick_pass_is_a_pass_of_the_reference(schema: Any, values: dict[str, Any]) -> None:
    schema = json.loads(json.dumps(schema))
    if _passes_quickly(schema, values):
        assert list(_violations(schema, values)) == []


@settings(max_examples=800, deadline=None)
@given(schema=SCHEMAS, values=OBJECTS)
def test_what_both_may_judge_both_judge_alike(schema: Any, values: dict[str, Any]) -> None:
    if not alike(schema, values):
        return
    try:
        Draft202012Validator.check_schema(schema, format_checker=FormatChecker(("regex",)))
        reference = not list(_violations(schema, values))
    except (SchemaError, _Unusable):
        reference = False
    assert _passes_quickly(schema, values) == reference


@settings(max_examples=400, deadline=None)
@given(pattern=PATTERNS, text=TEXT)
def test_patterns_that_are_let_through_match_the_same(pattern: str, text: str) -> None:
    schema = {"properties": {"a": {"pattern": pattern}}}
    if alike(schema, {"a": text}):
        try:
            reference = not list(_violations(schema, {"a": text}))
        except _Unusable:
            reference = False
        assert _passes_quickly(schema, {"a": text}) == reference


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"debug": {"const": False, "description": "off"}}, "required": ["debug"]},
        {"properties": {"host": {"pattern": r"^[a-z0-9.-]+\.example\.com$"}}},
        {"$ref": "#/$defs/p", "$defs": {"p": {"properties": {"port": {"minimum": 1024, "maximum": 65535}}}}},
        {"if": {"properties": {"env": {"const": "prod"}}}, "then": {"not": {"required": ["seed"]}}},
    ],
)
def test_policies_as_people_write_them_take_the_fast_way(schema: Any) -> None:
    assert alike(schema, {"debug": False, "host": "a.example.com", "port": 8080, "rate": 0.5, "tags": ["a"], "x": None})
