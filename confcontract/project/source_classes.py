"""Reads the classes of a project from its source: found by name, with their parents, fields and options."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MOST_NESTED = 12  # nested classes, and parents of parents
_OPTIONS = ("env_prefix", "env_nested_delimiter")


@dataclass(frozen=True)
class SourceClass:
    """module: the dotted name of the module that defines it."""

    module: str
    node: ast.ClassDef


class SourceClasses:
    """Names are searched in their own module, then in all: an import may go through several modules."""

    def __init__(self, trees: Mapping[str, ast.Module]) -> None:
        self._classes: dict[str, dict[str, ast.ClassDef]] = {}
        self._assigned: dict[str, dict[str, ast.expr]] = {}
        self._renamed: dict[str, dict[str, str]] = {}
        self._functions: dict[str, dict[str, ast.FunctionDef]] = {}
        for module, tree in trees.items():
            nodes = [*ast.walk(tree)]
            self._classes[module] = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
            self._functions[module] = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
            self._assigned[module] = dict(_assignments(tree.body))
            imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
            self._renamed[module] = {each.asname: each.name for node in imports for each in node.names if each.asname}

    def original(self, module: str, name: str) -> str:
        """The name in the original module: SecretStr for `from pydantic import SecretStr as S`."""
        return self._renamed.get(module, {}).get(name, name)

    def named(self, module: str, name: str) -> list[SourceClass]:
        name = self.original(module, name)
        every = [SourceClass(place, known[name]) for place, known in self._classes.items() if name in known]
        return [each for each in every if each.module == module] or every

    def values(self, module: str, name: str) -> list[tuple[str, ast.expr]]:
        """The values assigned to a name at module level, each with its module."""
        name = self.original(module, name)
        every = [(place, known[name]) for place, known in self._assigned.items() if name in known]
        return [each for each in every if each[0] == module] or every

    def behind(self, module: str, name: str) -> list[SourceClass]:
        """The classes that an object is built from: the class itself, the arguments of a call, the classes in a
        function."""
        if cls := self._classes.get(module, {}).get(name):
            return [SourceClass(module, cls)]
        made_by = self._assigned.get(module, {}).get(name) or self._functions.get(module, {}).get(name)
        return [each for node in (ast.walk(made_by) if made_by else ()) for each in self.named(module, last_name(node))]

    def lineage(self, cls: SourceClass, depth: int = 0) -> Iterator[SourceClass]:
        """The class, followed by its parents that are in the project."""
        yield cls
        for base in cls.node.bases if depth < MOST_NESTED else ():
            for parent in self.named(cls.module, last_name(base)):
                if parent != cls:
                    yield from self.lineage(parent, depth + 1)

    def parents(self, cls: SourceClass) -> set[str]:
        """The names of all parents: those in the project, and the bases that these have from elsewhere."""
        return {
            self.original(each.module, last_name(base)) for each in self.lineage(cls) for base in each.node.bases
        } - {""}

    def fields(self, cls: SourceClass) -> dict[str, tuple[str, ast.AnnAssign]]:
        """Name → module and declaration, including inherited fields."""
        found: dict[str, tuple[str, ast.AnnAssign]] = {}
        for each in self.lineage(cls):
            for node in each.node.body:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    found.setdefault(node.target.id, (each.module, node))
        return {name: each for name, each in found.items() if name != "model_config"}

    def options(self, cls: SourceClass) -> dict[str, str | None]:
        """env_prefix and env_nested_delimiter, if the class sets them. A value of None means that it can't be
        determined."""
        found: dict[str, str | None] = {}
        for each in self.lineage(cls):
            for word, value in _configured(each.node):
                if word in _OPTIONS:
                    found.setdefault(word, self._text(each.module, value))
        return found

    def _text(self, module: str, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            node = next((value for _, value in self.values(module, node.id)), node)
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else "" if node.value is None else None
        return None


def last_name(node: ast.AST) -> str:
    """SecretStr, for pydantic.SecretStr and for SecretStr[…]."""
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def aliases(field: ast.AnnAssign) -> list[str]:
    """The aliases from Field(), in the default or in `Annotated`."""
    places = [field.annotation, *([field.value] if field.value else [])]
    calls = [node for place in places for node in ast.walk(place) if isinstance(node, ast.Call)]
    given = [each for call in calls if last_name(call.func) == "Field" for each in call.keywords]
    nodes = [node for each in given if each.arg in ("alias", "validation_alias") for node in ast.walk(each.value)]
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _assignments(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in body:
        if isinstance(node, ast.Assign):
            yield from ((each.id, node.value) for each in node.targets if isinstance(each, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
        elif type(node).__name__ == "TypeAlias":  # since Python 3.12
            yield node.name.id, node.value  # type: ignore[attr-defined, unused-ignore]


def _configured(cls: ast.ClassDef) -> Iterator[tuple[str | None, ast.expr]]:
    """The options of a class: from its keywords, `model_config`, or pydantic 1's `class Config`."""
    yield from ((each.arg, each.value) for each in cls.keywords)
    for name, value in _assignments(cls.body):
        if name == "model_config" and isinstance(value, ast.Call):
            yield from ((each.arg, each.value) for each in value.keywords)
        elif name == "model_config" and isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            yield from ((str(key.value), each) for key, each in pairs if isinstance(key, ast.Constant))
    for node in cls.body:
        if isinstance(node, ast.ClassDef) and node.name == "Config":
            yield from _assignments(node.body)
