"""Constructors of the application, as `Settings()` calls them: which of them leave the fields to pydantic-settings.

Many only pass their arguments on, and set something afterwards. Without arguments, such a constructor validates the
fields like a class without a constructor. Two checks establish that: the source code may look at nothing but its
arguments before the call of the parent, and a run up to that call must pass nothing on.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.applicationcode import quiet_arguments

_BUILT_IN = frozenset(("super", "dict", "list", "tuple", "set", "isinstance", "str", "int", "bool", "len"))
_OF_MAPPINGS = frozenset(("items", "get", "keys", "values", "pop", "setdefault", "update", "copy"))
_HARMLESS = (ast.Assign, ast.AnnAssign, ast.Expr, ast.If, ast.For, ast.Pass)


class _Reached(BaseException):
    """The code has called the constructor of BaseSettings."""


def follows_fields(cls: type[BaseSettings]) -> bool | None:
    """Whether code of a constructor runs after the fields were validated; None if it may change the input of the
    fields.
    """
    own = [vars(owner)["__init__"] for owner in _own_classes(cls) if "__init__" in vars(owner)]
    found = [_rest_of(function) for function in own]
    if any(rest is None for rest in found) or not _passes_nothing(cls):
        return None
    return any(found)


def prepare(cls: type[BaseSettings]) -> None:
    """Run what a class does before its first instance: some assemble their configuration in `__new__`."""
    if any("__new__" in vars(owner) for owner in _own_classes(cls)):
        with suppress(Exception, SystemExit), quiet_arguments():
            cls.__new__(cls)


def _own_classes(cls: type) -> Sequence[type]:
    return cls.__mro__[: cls.__mro__.index(BaseSettings)]


def _rest_of(function: Any) -> bool | None:
    """Whether anything follows `super().__init__(**given)`; None if something other than the arguments is used before
    it.
    """
    try:
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, ValueError, SyntaxError):
        return None
    if not isinstance(definition, ast.FunctionDef) or definition.decorator_list:
        return None
    arguments, given = definition.args, definition.args.kwarg
    if given is None:
        return None
    names = {each.arg for each in (*arguments.args[1:], *arguments.kwonlyargs, given)}
    body = definition.body[1:] if ast.get_docstring(definition) is not None else definition.body
    for number, statement in enumerate(body):
        if _is_call_of_parent(statement, given.arg):
            return number + 1 < len(body)
        if not isinstance(statement, _HARMLESS) or not _looks_at(statement, names):
            return None
        names |= {each.id for each in ast.walk(statement) if isinstance(each, ast.Name) and _is_set(each)}
    return None


def _is_call_of_parent(statement: ast.stmt, given: str) -> bool:
    """`super().__init__(**given)`."""
    called = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(called, ast.Call) or not isinstance(called.func, ast.Attribute) or called.args:
        return False
    parent = called.func.value
    to_parent = isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "super"
    passed = [each.value.id for each in called.keywords if each.arg is None and isinstance(each.value, ast.Name)]
    return to_parent and called.func.attr == "__init__" and passed == [given] and len(called.keywords) == 1


def _looks_at(statement: ast.stmt, names: set[str]) -> bool:
    """Whether a statement looks at nothing but these names."""
    own = {each.id for each in ast.walk(statement) if isinstance(each, ast.Name) and _is_set(each)}
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and node.id not in own | names | _BUILT_IN:
            return False
        if isinstance(node, ast.Attribute) and (node.attr not in _OF_MAPPINGS or _is_set(node)):
            return False
        if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.Lambda, ast.Global, ast.Nonlocal, ast.Return)):
            return False
    return True


def _is_set(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node.ctx, (ast.Store, ast.Del))


def _passes_nothing(cls: type[BaseSettings]) -> bool:
    """Whether `cls()` calls the constructor of BaseSettings without arguments."""
    with _stopped_at_settings() as passed, suppress(Exception, SystemExit), quiet_arguments():
        made = cls.__new__(cls)
        with suppress(_Reached):
            cls.__init__(made)
    return passed == [((), {})]


@contextmanager
def _stopped_at_settings() -> Iterator[list[tuple[tuple[Any, ...], dict[str, Any]]]]:
    passed: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def reached(_: BaseSettings, /, *arguments: Any, **given: Any) -> None:
        passed.append((arguments, given))
        raise _Reached

    parent: Any = BaseSettings
    original = parent.__init__
    parent.__init__ = reached
    try:
        yield passed
    finally:
        parent.__init__ = original
