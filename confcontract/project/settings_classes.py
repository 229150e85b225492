"""Finds the settings of a project in its source without importing it: an import may need a database, or a secret."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from pathlib import Path

BASE = "BaseSettings"
_KEEP = {"cache", "lru_cache"}
_LIBRARIES = ("pydantic_settings", "confcontract")


@dataclass(frozen=True)
class SettingsClass:
    """A possible argument of `bake`. target: MODULE:OBJECT. file, line: its place. declared: it is the result of
    declare().
    named, versioned: that call gives the contract a name, or a version.

    bases, parts: the names of its base classes, and of the types of its fields. port: the default of a field `port`.
    """

    target: str
    file: Path
    line: int
    declared: bool = False
    named: bool = False
    versioned: bool = False
    bases: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    port: int | None = None

    @property
    def name(self) -> str:
        return self.target.partition(":")[2]


def candidates(modules: dict[str, Path]) -> list[SettingsClass]:
    """The classes that may be the whole settings, in the order of their modules: not base classes or sections of
    others.

    modules: dotted name to file. A file that this version of Python can't parse is skipped.
    """
    found: list[SettingsClass] = []
    trees = {name: tree for name in sorted(modules) if (tree := parsed(modules[name])) is not None}
    classes = {
        (name, node.name): node for name, tree in trees.items() for node in tree.body if isinstance(node, ast.ClassDef)
    }
    settings = _settings_names(trees, classes)
    for (module, name), node in classes.items():
        if name in settings:
            found.append(_of_class(module, modules[module], node))
    for module, tree in trees.items():
        found += _declared(module, modules[module], tree, {each.name: each for each in found})
    whole = _whole(found)
    made = {name for tree in trees.values() for name in _made(tree)}
    the_one = [each for each in whole if each.declared or each.name in made]
    return the_one if len(the_one) == 1 else whole


def of_pydantic_1(modules: dict[str, Path]) -> list[str]:
    """FILE:LINE of a class that derives from the BaseSettings of pydantic 1."""
    found = []
    for name in sorted(modules):
        tree = parsed(modules[name])
        imported = {
            alias.asname or alias.name
            for node in (ast.walk(tree) if tree else ())
            if isinstance(node, ast.ImportFrom) and node.module == "pydantic"
            for alias in node.names
            if alias.name == BASE
        }
        for node in tree.body if tree and imported else ():
            if isinstance(node, ast.ClassDef) and _names(node.bases) & imported:
                found.append(f"{modules[name]}:{node.lineno}")
    return found


def parsed(file: Path) -> ast.Module | None:
    try:
        if not file.is_file():  # a FIFO would never end
            return None
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):  # MemoryError: nested too deeply
        return None


def _settings_names(trees: dict[str, ast.Module], classes: dict[tuple[str, str], ast.ClassDef]) -> set[str]:
    """Names of the classes that derive from BaseSettings, directly or through each other."""
    known: set[str] = set()
    older = False
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _LIBRARIES:
                known |= {alias.asname or alias.name for alias in node.names if alias.name == BASE}
            elif isinstance(node, ast.ImportFrom) and node.module == "pydantic":
                older = older or BASE in {alias.name for alias in node.names}
    if not older:  # the BaseSettings of pydantic 1 can't be baked
        known.add(BASE)
    grew = True
    while grew:
        more = {node.name for node in classes.values() if _names(node.bases) & known} - known
        grew = bool(more)
        known |= more
    return known & {node.name for node in classes.values()}


def _names(nodes: list[ast.expr]) -> set[str]:
    """The last part of each name: BaseSettings for pydantic_settings.BaseSettings."""
    inner = [each.value if isinstance(each, ast.Subscript) else each for each in nodes]
    return {each.id if isinstance(each, ast.Name) else getattr(each, "attr", "") for each in inner}


def _of_class(module: str, file: Path, node: ast.ClassDef) -> SettingsClass:
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)]
    parts = {name.id for each in fields for name in ast.walk(each.annotation) if isinstance(name, ast.Name)}
    ports = [each.value for each in fields if isinstance(each.target, ast.Name) and each.target.id.lower() == "port"]
    return SettingsClass(
        f"{module}:{node.name}",
        file,
        node.lineno,
        bases=frozenset(_names(node.bases)),
        parts=frozenset(parts),
        port=next((number for each in ports if (number := _default(each)) is not None), None),
    )


def _default(value: ast.expr | None) -> int | None:
    """A literal number, or the default of Field(…)."""
    if isinstance(value, ast.Call):
        named = [each.value for each in value.keywords if each.arg == "default"]
        value = next(iter([*named, *value.args]), None)
    number = value.value if isinstance(value, ast.Constant) else None
    return number if isinstance(number, int) and 0 < number < 65536 else None


def _declared(module: str, file: Path, tree: ast.Module, known: dict[str, SettingsClass]) -> list[SettingsClass]:
    """NAME = declare(Settings, …), which has more information than the class alone."""
    found = []
    for node in tree.body:
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
            continue
        names = [each.id for each in node.targets if isinstance(each, ast.Name)]
        if names and "declare" in _names([node.value.func]):
            of = [known[name] for each in node.value.args for name in _names([each]) if name in known]
            port = next((each.port for each in of if each.port), None)
            declared = SettingsClass(f"{module}:{names[0]}", file, node.lineno, declared=True, port=port)
            given = {each.arg for each in node.value.keywords}
            parts = frozenset(each.name for each in of)
            found.append(replace(declared, parts=parts, named="name" in given, versioned="version" in given))
    return found


def _made(tree: ast.Module) -> set[str]:
    """Classes with one shared object: settings = Settings(), or created in a function whose result is cached."""
    values = [node.value for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    kept = [each for each in functions if _names([_called(one) for one in each.decorator_list]) & _KEEP]
    values += [node.value for each in kept for node in ast.walk(each) if isinstance(node, ast.Return)]
    return _names([value.func for value in values if isinstance(value, ast.Call)])


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _whole(found: list[SettingsClass]) -> list[SettingsClass]:
    declared = [each for each in found if each.declared]
    if declared:
        return declared
    inside = {name for each in found for name in (each.bases | each.parts) if name != each.name}
    return [each for each in found if each.name not in inside] or found
