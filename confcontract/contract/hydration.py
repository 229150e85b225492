"""What boot may put in place of values that JSON can't hold: a closed list of kinds, classes and places.

A contract is data, and an attacker may have written it. Nothing in it is looked up by name in a module, called or
evaluated. The only callables that it can name are classes to compare with and the coercions of `contract.coercions`,
and a class may appear only as the operand of a comparison.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Kind → the type of core schema whose "cls" it makes. The other kinds make coercions or values that can't be called.
CLASSES_OF = {"class": "is-instance", "enum": "enum", "instance": "is-instance", "namedTuple": "named-tuple"}

_BUILTIN = frozenset(
    ("bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object")
    + ("range", "set", "slice", "str", "tuple")
)
_ABSTRACT = frozenset(
    ("AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable", "Callable", "Collection", "Container")
    + ("Coroutine", "Generator", "Hashable", "ItemsView", "Iterable", "Iterator", "KeysView", "Mapping")
    + ("MappingView", "MutableMapping", "MutableSequence", "MutableSet", "Reversible", "Sequence", "Set")
    + ("Sized", "ValuesView")
)
CLASSES = _BUILTIN | _ABSTRACT  # classes that `isinstance` accepts

PATTERN_FLAGS = 0b1_0111_1110  # flags of `re`: IGNORECASE to ASCII, without DEBUG, which prints


class NotAllowed(ValueError):
    """A contract asks for something that is not allowed."""


def known_class(name: str) -> Any:
    """The class of this name. Raises NotAllowed for any name that is not on the list."""
    if name not in CLASSES:
        raise NotAllowed(f"no class {name!r}")
    if name in _BUILTIN:
        import builtins

        return getattr(builtins, name)
    import collections.abc

    return getattr(collections.abc, name)


def refuse_misplaced(kind: str, parent: Any, key: Any) -> None:
    """Raises NotAllowed if a class would appear anywhere except as the operand of a comparison."""
    if kind in CLASSES_OF and not (key == "cls" and parent.get("type") == CLASSES_OF[kind]):
        raise NotAllowed(f"{kind} is in the wrong place")
    if kind == "function" and not (key == "function" and parent.get("type") == "no-info"):
        raise NotAllowed("function is in the wrong place")
