"""Evaluates folders that a module computes from its own path: Path(__file__).parent, os.path.dirname(__file__)."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TypeGuard

_DEEPEST = 20  # steps from one name to the next
_SAME = ("Path", "PurePath", "resolve", "absolute", "abspath", "realpath", "str", "normpath")


class FileFolders:
    """Evaluates expressions of one module. It knows the names that are assigned at module level."""

    def __init__(self, file: Path, tree: ast.Module) -> None:
        self._file = file
        self._assigned = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def folder(self, node: ast.expr | None, depth: int = 0) -> Path | None:
        """The folder of an expression, or None if it does not begin with __file__."""
        if node is None or depth > _DEEPEST:
            return None
        if isinstance(node, ast.Name):
            return self._file if node.id == "__file__" else self.folder(self._assigned.get(node.id), depth + 1)
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return _parent(self.folder(node.value, depth + 1), 0)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            index = node.slice.value if isinstance(node.slice, ast.Constant) else None
            found = self.folder(node.value.value, depth + 1)
            return _parent(found, index) if isinstance(index, int) and index >= 0 else None
        if is_division(node):
            found = self.folder(node.left, depth + 1)
            text = node.right.value if isinstance(node.right, ast.Constant) else None
            return found / text if found is not None and isinstance(text, str) else None
        return self._called(node, depth) if isinstance(node, ast.Call) else None

    def _called(self, node: ast.Call, depth: int) -> Path | None:
        function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        inner = node.args[0] if node.args else getattr(node.func, "value", None)
        if len(node.args) > 1 or function not in (*_SAME, "dirname"):
            return None
        found = self.folder(inner, depth + 1)
        return _parent(found, 0) if function == "dirname" else found

    def joined_to(self, node: ast.Call) -> Path | None:
        """The folder that a join begins with: os.path.join(HERE, "a"), HERE.joinpath("a")."""
        first = self.folder(node.args[0]) if node.args else None
        return first if first is not None else self.folder(getattr(node.func, "value", None))


def is_division(node: ast.AST) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _parent(path: Path | None, index: int) -> Path | None:
    above = [] if path is None else [*path.parents]
    return above[index] if index < len(above) else None
