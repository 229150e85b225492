"""What a contract may ask boot to put in place of what JSON can't hold: a closed list of kinds, classes and places.

A contract is data, also one that somebody prepared. Nothing in it is looked up by name in a module, called or
evaluated; of what can be called, only classes to compare with and the coercions of `contract.coercions` can be named,
and a class stands only where it is compared with.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Kind → the type of core schema whose "cls" it makes. What the other kinds make can't be called, or is a coercion.
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
CLASSES = _BUILTIN | _ABSTRACT  # that `isinstance` may be asked with

PATTERN_FLAGS = 0b1_0111_1110  # of `re`: IGNORECASE to ASCII, without DEBUG, which prints


class NotAllowed(ValueError):
    """A contract asks for what it may not."""


def known_class(name: str) -> Any:
    """The class of this name. Raises NotAllowed for any that is not on the list."""
    if name not in CLASSES:
        raise NotAllowed(f"no class {name!r}")
    if name in _BUILTIN:
        import builtins

        return getattr(builtins, name)
    import collections.abc

    return getattr(collections.abc, name)


def refuse_misplaced(kind: str, parent: Any, key: Any) -> None:
    """Raises NotAllowed where a class would stand somewhere else than beside a comparison with it."""
    if kind in CLASSES_OF and not (key == "cls" and parent.get("type") == CLASSES_OF[kind]):
        raise NotAllowed(f"{kind} is in the wrong place")
    if kind == "function" and not (key == "function" and parent.get("type") == "no-info"):
        raise NotAllowed("function is in the wrong place")
