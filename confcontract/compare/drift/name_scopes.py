"""What the names of a Python module mean in each scope, as far as the environment is concerned.

`os.environ`, `os.getenv` and similar objects are recognized under any imported or assigned name, and so are texts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from enum import Enum


class Kind(Enum):
    """What an expression means, as far as the environment is concerned."""

    OS = "the module os"
    ENVIRON = "a mapping of the environment"
    GETENV = "a function that reads one name"


Value = Kind | str | None  # a text, if the expression is a known one
_MEMBERS = {"environ": Kind.ENVIRON, "environb": Kind.ENVIRON, "getenv": Kind.GETENV, "getenvb": Kind.GETENV}
_READING = ("get", "setdefault", "pop", "__getitem__", "__contains__")


class Scope:
    """Names that are bound in a module, a class, a function or a comprehension, and their meanings."""

    def __init__(self, outer: Scope | None, *, of_class: bool = False) -> None:
        self.outer = outer
        self.of_class = of_class
        self.bound: dict[str, list[ast.expr | Kind | None]] = {}
        self.globals: set[str] = set()
        self._resolving: set[str] = set()

    def bind(self, name: str, value: ast.expr | Kind | None) -> None:
        place = self._module() if name in self.globals else self
        place.bound.setdefault(name, []).append(value)

    def value_of(self, name: str, *, asked_within: bool = False) -> Value:
        """asked_within: by a function in this scope, which does not see the names of a class."""
        if name in self.bound and name not in self.globals and not (self.of_class and asked_within):
            return self._own(name)
        if self.outer is None:
            return None
        if name in self.globals:
            return self._module().value_of(name)
        return self.outer.value_of(name, asked_within=asked_within or not self.of_class)

    def _own(self, name: str) -> Value:
        """The meaning of a name that is bound in this scope. With several bindings, one is enough for the environment;
        for a text, all must be equal.
        """
        if name in self._resolving:
            return None
        self._resolving.add(name)
        try:
            values = [self.evaluate(each) if isinstance(each, ast.expr) else each for each in self.bound[name]]
        finally:
            self._resolving.discard(name)
        kinds = [each for each in values if isinstance(each, Kind)]
        if kinds:
            return kinds[0]
        return values[0] if len(set(values)) == 1 else None

    def _module(self) -> Scope:
        return self if self.outer is None else self.outer._module()

    def evaluate(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Constant(value=bytes() as raw):
                return raw.decode("utf-8", "surrogateescape")
            case ast.Name(id=name):
                return self.value_of(name)
            case ast.NamedExpr(value=value):
                return self.evaluate(value)
            case ast.Attribute(value=value, attr=attr):
                return self._attribute(self.evaluate(value), attr)
            case ast.Call():
                return self._called(node)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self.evaluate(left), self.evaluate(right)])
            case ast.JoinedStr(values=parts):
                return _joined([self._part(part) for part in parts])
            case ast.IfExp(body=body, orelse=other):
                return self._either([body, other])
            case ast.BoolOp(values=values):
                return self._either(values)
        return None

    def _either(self, nodes: Sequence[ast.expr]) -> Value:
        values = [self.evaluate(each) for each in nodes]
        kinds = [each for each in values if isinstance(each, Kind)]
        return kinds[0] if kinds else None

    def _part(self, part: ast.expr) -> Value:
        if isinstance(part, ast.FormattedValue):
            return self.evaluate(part.value) if part.conversion == -1 and part.format_spec is None else None
        return self.evaluate(part)

    def _attribute(self, value: Value, attr: str) -> Value:
        if value is Kind.OS:
            return _MEMBERS.get(attr)
        return Kind.GETENV if value is Kind.ENVIRON and attr in _READING else None

    def _called(self, call: ast.Call) -> Value:
        """A copy of the environment is treated like the environment."""
        match call:
            case ast.Call(func=ast.Attribute(value=value, attr="copy"), args=[]):
                copied = value
            case ast.Call(func=ast.Name(id="dict"), args=[value]):
                copied = value
            case _:
                return None
        return Kind.ENVIRON if self.evaluate(copied) is Kind.ENVIRON else None


def _joined(parts: Sequence[Value]) -> Value:
    return "".join(map(str, parts)) if all(isinstance(part, str) for part in parts) else None


def scopes_of(tree: ast.Module) -> dict[ast.AST, Scope]:
    """One scope for the module, and one for each class, function and comprehension in it."""
    scopes: dict[ast.AST, Scope] = {tree: Scope(None)}
    _Bindings(scopes[tree], scopes).visit_all(tree.body)
    return scopes


_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def evaluated_outside(node: ast.AST) -> list[ast.AST]:
    """The parts of a node with its own scope that are evaluated in the scope around it."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            of_arguments = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
            return [*getattr(node, "decorator_list", ()), *of_arguments]
        case ast.ClassDef():
            return [*node.decorator_list, *node.bases, *node.keywords]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return [node.generators[0].iter]
    return []


class _Bindings(ast.NodeVisitor):
    """Collects the names that a scope binds, and makes a scope for each function, class and comprehension in it."""

    def __init__(self, scope: Scope, scopes: dict[ast.AST, Scope]) -> None:
        self._scope = scope
        self._scopes = scopes

    def visit_all(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            if isinstance(node, ast.Global):
                self._scope.globals.update(node.names)
        for node in nodes:
            self.visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            is_os = top == "os" and (alias.name == "os" or alias.asname is None)
            self._scope.bind(alias.asname or top, Kind.OS if is_os else None)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        of_os = node.module == "os" and not node.level
        for alias in node.names:
            if alias.name == "*" and of_os:
                for name, kind in _MEMBERS.items():
                    self._scope.bind(name, kind)
            else:
                self._scope.bind(alias.asname or alias.name, _MEMBERS.get(alias.name) if of_os else None)

    def visit_Global(self, node: ast.Global) -> None:
        self._scope.globals.update(node.names)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._bind(target, node.value)
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._bind(node.target, node.value)
            self.visit(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._bind(node.target, node.value)
        self.visit(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):  # for, with, del, augmented: the text is unknown
            self._scope.bind(node.id, None)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._scope.bind(node.name, None)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._scope.bind(node.name, None)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._scope.bind(node.name, None)
        self._function(node, node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._scope.bind(node.name, None)
        self._function(node, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope.bind(node.name, None)
        self._open(node, Scope(self._scope, of_class=True), node.body)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, [node.key, node.value])

    def _function(self, node: _Function, body: Sequence[ast.AST]) -> None:
        inner = Scope(self._scope)
        for argument in _arguments(node.args):
            inner.bind(argument.arg, None)
        self._open(node, inner, body)

    def _comprehension(self, node: ast.expr, made: Sequence[ast.AST]) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        inside = [each.target for each in generators] + [each.iter for each in generators[1:]]
        inside += [condition for each in generators for condition in each.ifs]
        self._open(node, Scope(self._scope), [*inside, *made])

    def _open(self, node: ast.AST, inner: Scope, body: Sequence[ast.AST]) -> None:
        for each in evaluated_outside(node):
            self.visit(each)
        self._scopes[node] = inner
        _Bindings(inner, self._scopes).visit_all(body)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._scope.bind(target.id, value)
        else:
            self.visit(target)


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (each for each in (arguments.vararg, arguments.kwarg) if each is not None)
