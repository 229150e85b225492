"""The words that the grammar is written in. Each gives a strict core schema of pydantic_core: 0 is not a flag."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Rule: TypeAlias = dict[str, Any]

ANY: Rule = {"type": "any"}
NULL: Rule = {"type": "none"}
FLAG: Rule = {"type": "bool", "strict": True}
TEXT: Rule = {"type": "str", "strict": True}
NUMBER: Rule = {
    "type": "union",
    "mode": "left_to_right",
    "choices": [{"type": "int", "strict": True}, {"type": "float", "strict": True}],
}
INDEX: Rule = {"type": "int", "strict": True, "ge": 0}
TEXTS: Rule = {"type": "list", "items_schema": TEXT}


def text(least: int = 1, pattern: str | None = None) -> Rule:
    return {"type": "str", "strict": True, "min_length": least, **({"pattern": pattern} if pattern else {})}


def words(*members: Any) -> Rule:
    """One of these."""
    return {"type": "literal", "expected": list(members)}


TRUE = {"type": "chain", "steps": [FLAG, words(True)]}


def either(*rules: Rule) -> Rule:
    return {"type": "union", "mode": "left_to_right", "choices": list(rules)}


def listed(item: Rule, least: int = 0) -> Rule:
    return {"type": "list", "items_schema": item, "min_length": least}


def row(*items: Rule) -> Rule:
    """A list of exactly these items."""
    found: Rule = {"type": "tuple", "items_schema": list(items)}
    return {"type": "chain", "steps": [{"type": "list"}, found]}


def table(value: Rule, key: Rule = TEXT, least: int = 0) -> Rule:
    return {"type": "dict", "keys_schema": key, "values_schema": value, "min_length": least}


def record(needed: dict[str, Rule], optional: dict[str, Rule] | None = None, others: Rule | None = None) -> Rule:
    """Members by name. others: the rule for any other member; without it, no other member is allowed."""
    fields = {name: {"type": "typed-dict-field", "schema": rule, "required": True} for name, rule in needed.items()}
    for name, rule in (optional or {}).items():
        fields[name] = {"type": "typed-dict-field", "schema": rule, "required": False}
    found: Rule = {"type": "typed-dict", "fields": fields, "extra_behavior": "forbid"}
    if others is not None:
        found.update(extra_behavior="allow", extras_schema=others)
    return found


def by_member(member: str, rules: dict[str, Rule]) -> Rule:
    """A record whose rule depends on one of its members."""
    return {"type": "tagged-union", "discriminator": member, "choices": rules}


def named(name: str) -> Rule:
    """A rule that is defined only once; see `whole`."""
    return {"type": "definition-ref", "schema_ref": name}


def whole(rule: Rule, definitions: dict[str, Rule]) -> Rule:
    """The rule together with the rules that `named` refers to."""
    return {
        "type": "definitions",
        "schema": rule,
        "definitions": [{**inner, "ref": name} for name, inner in definitions.items()],
    }
