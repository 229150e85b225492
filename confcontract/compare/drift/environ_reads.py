"""Find where a Python module reads the environment, by literal names and by other expressions.

Only the syntax tree is examined; nothing is imported.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from confcontract.compare.drift.name_scopes import Kind, evaluated_outside, scopes_of

_WRITING = ("update", "clear", "__setitem__", "__delitem__")
_SHOWN = 60  # characters of an expression


@dataclass(frozen=True)
class EnvironRead:
    """name: the variable, None if the text does not determine it. expression: the source, shortened."""

    name: str | None
    line: int
    expression: str


class NotParsed(Exception):
    """Why a module's text can't be examined, in words."""


def environ_reads(source: bytes) -> list[EnvironRead]:
    """All reads, in the order of their lines. Raises NotParsed."""
    if b"environ" not in source and b"getenv" not in source:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes that will be errors in a later Python
            tree = ast.parse(source)
        found = _Module(tree).reads
    except SyntaxError as error:
        line = f"line {error.lineno}: " if error.lineno else ""
        raise NotParsed(f"{line}{error.msg}") from None
    except ValueError as error:  # a NUL
        raise NotParsed(str(error)) from None
    except (RecursionError, MemoryError):
        raise NotParsed("its expressions are nested too deeply") from None
    return sorted(found, key=lambda read: read.line)


class _Module(ast.NodeVisitor):
    """Collects the reads in each scope."""

    def __init__(self, tree: ast.Module) -> None:
        self.reads: list[EnvironRead] = []
        self._scopes = scopes_of(tree)
        self._scope = self._scopes.pop(tree)
        self._accounted: set[ast.expr] = set()
        self.generic_visit(tree)

    def visit(self, node: ast.AST) -> None:
        inner = self._scopes.get(node)
        if inner is None:
            super().visit(node)
            return
        for each in evaluated_outside(node):
            self.visit(each)
        before, self._scope = self._scope, inner
        outside = set(map(id, evaluated_outside(node)))
        for child in ast.iter_child_nodes(node):
            self._visit_inside(child, outside)
        self._scope = before

    def _visit_inside(self, node: ast.AST, outside: set[int]) -> None:
        if id(node) in outside:
            return
        if isinstance(node, (ast.arguments, ast.comprehension)):
            for child in ast.iter_child_nodes(node):
                self._visit_inside(child, outside)
        else:
            self.visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if self._is_environ(node.value):
            self._accounted.add(node.value)
            if isinstance(node.ctx, ast.Load):
                self._read(node.slice, node)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Subscript) and self._is_environ(node.target.value):
            self._read(node.target.slice, node.target)  # it is read before it is written
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if self._scope.evaluate(node.func) is Kind.GETENV:
            self._account(node.func)
            keys = [*node.args[:1], *(each.value for each in node.keywords if each.arg == "key")]
            if keys and not isinstance(keys[0], ast.Starred):
                self._read(keys[0], node)
            else:
                self._undecided(node)
        elif isinstance(node.func, ast.Attribute) and self._is_environ(node.func.value):
            if node.func.attr in (*_WRITING, "copy"):
                self._accounted.add(node.func.value)
        elif self._scope.evaluate(node) is Kind.ENVIRON:  # dict(os.environ)
            self._accounted.update(node.args)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            if isinstance(operator, (ast.In, ast.NotIn)) and self._is_environ(right):
                self._accounted.add(right)
                self._read(left, node)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._assigned(node.value, node.targets)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assigned(node.value, [node.target])
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._assigned(node.value, [node.target])
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._whole(node)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self._whole(node)

    def _assigned(self, value: ast.expr, targets: Sequence[ast.expr]) -> None:
        """Aliases of the environment are followed; other assigned values are not."""
        if isinstance(self._scope.evaluate(value), Kind) and all(isinstance(each, ast.Name) for each in targets):
            self._account(value)

    def _account(self, node: ast.expr) -> None:
        self._accounted.add(node)
        match node:
            case ast.Attribute(value=value):
                self._accounted.add(value)
            case ast.IfExp() | ast.BoolOp() | ast.NamedExpr():
                self._accounted.update(each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))

    def _whole(self, node: ast.Attribute | ast.Name) -> None:
        """The environment as a value, which is not followed any further."""
        if node in self._accounted or not isinstance(node.ctx, ast.Load):
            return
        if self._scope.evaluate(node) in (Kind.ENVIRON, Kind.GETENV):
            if isinstance(node, ast.Attribute):
                self._accounted.add(node.value)  # environ in environ.get
            self._undecided(node)

    def _is_environ(self, node: ast.expr) -> bool:
        return self._scope.evaluate(node) is Kind.ENVIRON

    def _read(self, key: ast.expr, node: ast.expr) -> None:
        name = self._scope.evaluate(key)
        if isinstance(name, str):
            self.reads.append(EnvironRead(name, node.lineno, name))
        else:
            self.reads.append(EnvironRead(None, node.lineno, f"by the name {_short(key)}"))

    def _undecided(self, node: ast.expr) -> None:
        self.reads.append(EnvironRead(None, node.lineno, f"as a whole: {_short(node)}"))


def _short(node: ast.expr) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
