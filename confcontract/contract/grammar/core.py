"""The core schemas that a contract may hold: only those that lowering writes, so that nothing in them can name code."""

from __future__ import annotations

from confcontract.contract.grammar.words import (
    ANY,
    FLAG,
    INDEX,
    NULL,
    NUMBER,
    TEXT,
    by_member,
    either,
    listed,
    named,
    record,
    row,
    table,
    words,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.grammar.words import Rule

NODE = named("core")
_SCALAR = either(TEXT, FLAG, NUMBER, NULL)
_OPTION = either(_SCALAR, listed(_SCALAR))  # hydration itself checks what it puts in place of null
_ALIAS = either(
    TEXT, listed(either(TEXT, {"type": "int", "strict": True}, listed(either(TEXT, {"type": "int", "strict": True}))))
)
_ANYWHERE = {"ref": TEXT, "strict": FLAG}
_ERROR = {
    "custom_error_type": TEXT,
    "custom_error_message": TEXT,
    "custom_error_context": table(_SCALAR),
}
_FIELD = record(
    {"schema": NODE}, {"type": TEXT, "required": FLAG, "validation_alias": _ALIAS, "name": TEXT, "frozen": FLAG}
)
_FUNCTION = record({"type": words("no-info"), "function": NULL})

# Types whose other members are options: text, numbers, flags, or lists of them. All other types list every member.
_SCALARS = ("any", "none", "bool", "int", "float", "decimal", "fraction", "complex", "str", "bytes", "date", "time")
_WRAPPED = ("datetime", "timedelta", "uuid", "url", "multi-host-url")
_LISTS = ("list", "deque", "set", "frozenset")
_TABLES = ("dict", "ordered-dict", "counter")
_OPEN: dict[str, dict[str, Rule]] = {
    **{kind: {} for kind in (*_SCALARS, *_WRAPPED)},
    **{kind: {"items_schema": NODE} for kind in _LISTS},
    **{kind: {"keys_schema": NODE, "values_schema": NODE} for kind in _TABLES},
}
_NEEDED: dict[str, dict[str, Rule]] = {
    "nullable": {"schema": NODE},
    "custom-error": {"schema": NODE, "custom_error_type": TEXT},
    "tuple": {"items_schema": listed(NODE)},
    "lax-or-strict": {"lax_schema": NODE, "strict_schema": NODE},
    "json-or-python": {"json_schema": NODE, "python_schema": NODE},
    "chain": {"steps": listed(NODE, 1)},
    "union": {"choices": listed(either(NODE, row(NODE, TEXT)), 1)},
    "tagged-union": {
        "choices": listed(row(_SCALAR, NODE), 1),
        "discriminator": either(TEXT, listed(either(TEXT, listed(either(TEXT, {"type": "int", "strict": True}))))),
    },
    "literal": {"expected": listed(_SCALAR, 1)},
    "enum": {"cls": NULL, "members": NULL},
    "is-instance": {"cls": NULL},
    "typed-dict": {"fields": table(either(INDEX, _FIELD))},
    "named-tuple": {"cls": NULL, "cls_name": TEXT, "fields": listed(_FIELD)},
    "default": {"schema": NODE},
    "definitions": {"schema": NODE, "definitions": listed(NODE)},
    "definition-ref": {"schema_ref": TEXT},
    "function-after": {"function": _FUNCTION, "schema": NODE},
    "function-before": {"function": _FUNCTION, "schema": NODE},
    "function-plain": {"function": _FUNCTION},
}
_OPTIONAL: dict[str, dict[str, Rule]] = {
    "json": {"schema": NODE},
    "custom-error": _ERROR,
    "tuple": {"variadic_item_index": INDEX, "min_length": INDEX, "max_length": INDEX, "fail_fast": FLAG},
    "union": {"mode": TEXT, "auto_collapse": FLAG, **_ERROR},
    "tagged-union": {"from_attributes": FLAG, **_ERROR},
    "enum": {"sub_type": TEXT},
    "is-instance": {"cls_repr": TEXT},
    "typed-dict": {
        "config": table(_OPTION),
        "total": FLAG,
        "extra_behavior": TEXT,
        "extras_schema": NODE,
        "extras_keys_schema": NODE,
    },
    "default": {"default": ANY, "validate_default": FLAG, "on_error": TEXT, "copy_default": FLAG},
}


def core() -> Rule:
    """The rule for one core schema; `named("core")` refers to this rule."""
    kinds = {kind: record({"type": TEXT}, {**_ANYWHERE, **rules}, _OPTION) for kind, rules in _OPEN.items()}
    for kind in dict.fromkeys((*_NEEDED, *_OPTIONAL)):
        needed, optional = _NEEDED.get(kind, {}), _OPTIONAL.get(kind, {})
        kinds[kind] = record({"type": TEXT, **needed}, {**_ANYWHERE, **optional})
    return by_member("type", kinds)
