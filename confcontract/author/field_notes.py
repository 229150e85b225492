"""What the author wrote about a field: markers, description, examples, and the place of the declaration."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from pydantic.fields import FieldInfo

from confcontract.author.pydantic_private.class_parts import declared_fields
from confcontract.checks import Check
from confcontract.contract.markers import (
    MARKERS,
    Binding,
    Deprecated,
    Example,
    FromStore,
    Generate,
    OnChange,
    Secret,
    Unit,
    Vault,
)


class Notes:
    """The author's notes on one field. All may be empty."""

    def __init__(self) -> None:
        self.description = ""
        self.examples: list[str] = []
        self.unit: str | None = None
        self.secret = False
        self.cleared = False  # Secret(False)
        self.vault: str | None = None
        self.vault_fallback: list[str] = []
        self.vault_optional = False
        self.generate: dict[str, Any] = {}
        self.binding: Binding | None = None
        self.deprecated: Deprecated | None = None
        self.on_change: str | None = None
        self.checks: list[Check] = []
        self.place: str | None = None
        self.owners: list[type] = []  # the classes that have the field: several if several models of a union do
        self.name = ""


def notes_of(cls: type, name: str) -> Notes:
    """Notes on field `name` of a settings class, model, dataclass or TypedDict."""
    notes = Notes()
    notes.owners, notes.name = [cls], name
    field = (declared_fields(cls) or {}).get(name)
    if field is None:
        metadata, field = _annotation_metadata(cls, name), FieldInfo()
    else:
        metadata = [*field.metadata, *_inner_metadata(field.annotation)]
    notes.description = inspect.cleandoc(field.description or "")
    notes.examples = [_text(example) for example in field.examples or ()]
    if field.deprecated:
        message = field.deprecated if isinstance(field.deprecated, str) else getattr(field.deprecated, "message", "")
        notes.deprecated = Deprecated(str(message) or "no longer used")
    for marker in metadata:
        _take(notes, marker)
    notes.place = _place(cls, name)
    return notes


def summary_of(cls: type | None) -> str:
    """The first paragraph of a class's own docstring, without the ones that dataclasses and named tuples generate."""
    written = getattr(cls, "__dict__", {}).get("__doc__") or ""
    if cls is None or not isinstance(written, str) or written.startswith(f"{cls.__name__}("):
        return ""
    return " ".join(inspect.cleandoc(written).split("\n\n")[0].split())


def marked_as(item: Any) -> bool | None:
    """Whether a marker declares something secret, or not secret; None without such a marker."""
    if isinstance(item, (Vault, FromStore, Generate)) or item is Secret:
        return True
    return item.is_secret if isinstance(item, Secret) else None


def _take(notes: Notes, marker: Any) -> None:
    if isinstance(marker, (Vault, FromStore)):
        of_vault = isinstance(marker, Vault)
        notes.vault = marker.reference if of_vault else _canonical(marker.reference)
        notes.vault_fallback = [each if of_vault else _canonical(each) for each in marker.fallback]
        notes.vault_optional = marker.optional
        notes.secret = True
    elif isinstance(marker, Binding):
        notes.binding = marker
    elif isinstance(marker, Generate):
        notes.generate = {"length": marker.length, **({"alphabet": marker.alphabet} if marker.alphabet else {})}
        notes.secret = True
    elif (marked := marked_as(marker)) is not None:
        notes.secret |= marked
        notes.cleared |= not marked
    elif isinstance(marker, Deprecated):
        notes.deprecated = marker
    elif isinstance(marker, OnChange):
        notes.on_change = marker.action
    elif isinstance(marker, Unit):
        notes.unit = marker.name
    elif isinstance(marker, Example):
        notes.examples.append(marker.value)
    elif isinstance(marker, Check):
        notes.checks.append(marker)


def _canonical(reference: str) -> str:
    """The form of the contract: without the scheme of Vault."""
    from confcontract.contract.schemes import OF_VAULT

    head, colon, rest = reference.partition(":")
    return rest if head + colon in OF_VAULT else reference


def _text(example: Any) -> str:
    import json

    return example if isinstance(example, str) else json.dumps(example, default=str, ensure_ascii=False)


def _inner_metadata(annotation: Any) -> list[Any]:
    """Markers inside an annotation: `Annotated[str, Secret()] | None`."""
    found: list[Any] = []
    metadata = getattr(annotation, "__metadata__", ())
    found.extend(item for item in metadata if isinstance(item, (*MARKERS, Check)))
    for arg in get_args(annotation):
        found.extend(_inner_metadata(arg))
    return found


def _annotation_metadata(cls: type, name: str) -> list[Any]:
    try:
        annotation = get_type_hints(cls, include_extras=True).get(name)
    except (NameError, TypeError):
        return []
    return _inner_metadata(annotation)


def _place(cls: type, name: str) -> str | None:
    """`package/module.py:LINE` of the declaration, by the module's name."""
    for owner in cls.__mro__:
        if name in inspect.get_annotations(owner):
            line = _lines(owner).get(name)
            return f"{owner.__module__.replace('.', '/')}.py:{line}" if line else None
    return None


_known_lines: dict[type, dict[str, int]] = {}


def _lines(cls: type) -> dict[str, int]:
    if cls not in _known_lines:
        _known_lines[cls] = {
            statement.target.id: statement.lineno
            for statement in _body(cls)
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        }
    return _known_lines[cls]


def _body(cls: type) -> list[ast.stmt]:
    """The statements of a class. inspect.getsource would parse the whole file for each class in it."""
    try:
        file = inspect.getsourcefile(cls)
    except (OSError, TypeError):  # it is built in, or has no file
        return []
    module = sys.modules.get(cls.__module__)
    if file is None or module is None:
        return []
    linecache.checkcache(file)
    lines = linecache.getlines(file, vars(module))
    try:
        found = _classes("".join(lines)).get(cls.__qualname__, {})
    except SyntaxError:
        return []
    first = vars(cls).get("__firstlineno__")  # since Python 3.13
    return found.get(first or 0) or next(iter(found.values()), [])


@lru_cache(maxsize=4)
def _classes(source: str) -> dict[str, dict[int, list[ast.stmt]]]:
    """The classes of a file by their qualified name and, because a name may occur twice, by their first line."""
    found: dict[str, dict[int, list[ast.stmt]]] = {}

    def walk(node: ast.AST, within: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                first = child.decorator_list[0].lineno if child.decorator_list else child.lineno
                found.setdefault(within + child.name, {})[first] = child.body
                walk(child, f"{within}{child.name}.")
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                walk(child, f"{within}{child.name}.<locals>.")
            elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                walk(child, within)

    walk(ast.parse(source), "")
    return found
