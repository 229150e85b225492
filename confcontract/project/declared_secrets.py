"""Finds the environment variables that the settings classes read, and which of them are secret, from the source code.

The rules are those of bake, but nothing is imported. What the source does not show, such as a computed prefix or a type
of another package, is left undecided.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from confcontract.contract.secretnames import is_secret_name
from confcontract.project.settings_classes import BASE, parsed
from confcontract.project.source_classes import MOST_NESTED, SourceClass, SourceClasses, aliases, last_name

# Types and markers of secrets, and opaque types, which are hidden as a whole.
_SECRET = ("SecretStr", "SecretBytes", "Secret", "Vault", "FromStore", "Generate", "Any", "object", "JsonValue")
_TEXT = ("str", "bytes", "bytearray", "UUID", "StrictStr", "StrictBytes", "EmailStr", "constr", "conbytes")
# Whatever their names, these are not secret as a whole; a password in a URL is found by its value.
_PLAIN_TEXT = """
    int float bool complex Decimal Fraction date datetime time timedelta Path PurePath PosixPath Literal Pattern
    StrictInt StrictBool StrictFloat PositiveInt NegativeInt NonNegativeInt NonPositiveInt PositiveFloat NegativeFloat
    NonNegativeFloat NonPositiveFloat FilePath DirectoryPath NewPath ByteSize IPv4Address IPv6Address IPvAnyAddress
    IPvAnyNetwork IPvAnyInterface AnyUrl AnyHttpUrl HttpUrl FileUrl FtpUrl WebsocketUrl AnyWebsocketUrl PostgresDsn
    CockroachDsn AmqpDsn RedisDsn MongoDsn KafkaDsn NatsDsn MySQLDsn MariaDBDsn ClickHouseDsn SnowflakeDsn
    Enum StrEnum IntEnum Flag IntFlag conint confloat condecimal condate
"""
_PLAIN = frozenset(_PLAIN_TEXT.split())
_OF_TYPES = ("NewType", "conlist", "conset", "confrozenset")  # calls whose arguments are types


@dataclass(frozen=True)
class DeclaredSecrets:
    """variables: name, in lower case → whether it is secret. delimiters: the separators before the name of a nested
    field."""

    variables: Mapping[str, bool] = field(default_factory=dict)
    delimiters: frozenset[str] = frozenset()

    def is_secret(self, name: str) -> bool | None:
        """None if no class has a variable of that name, or if the source does not show it."""
        lower = name.lower()
        whole = [known for known in self.variables if any(lower.startswith(known + each) for each in self.delimiters)]
        return self.variables.get(lower, self.variables[max(whole, key=len)] if whole else None)

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(name for name, secret in self.variables.items() if secret)


def declared_secrets(modules: Mapping[str, Path], settings: Iterable[str]) -> DeclaredSecrets:
    """modules: dotted name to file. settings: MODULE:OBJECT each: a class, the result of declare(), or an object."""
    trees = {name: tree for name, file in modules.items() if (tree := parsed(file)) is not None}
    walk = _Walk(SourceClasses(trees))
    for target in settings:
        module, _, name = target.partition(":")
        for cls in walk.source.behind(module, name.partition(".")[0]):
            if f"{cls.module}:{cls.node.name}" == target or BASE in walk.source.parents(cls):
                walk.settings(cls, 0)
    known = {name: secret for name, secret in walk.found.items() if secret is not None}
    return DeclaredSecrets(known, frozenset(walk.delimiters))


@dataclass(frozen=True)
class _Said:
    """What a type shows. secret: it has a secret part. cleared: `Secret(False)`. plain: its values are not secrets."""

    secret: bool = False
    cleared: bool = False
    plain: bool = False
    text: bool = False

    def __or__(self, other: _Said) -> _Said:
        secret, cleared = self.secret or other.secret, self.cleared or other.cleared
        return _Said(secret, cleared, self.plain or other.plain, self.text or other.text)


class _Walk:
    """found: name of a variable, in lower case → whether it is secret, or None."""

    def __init__(self, source: SourceClasses) -> None:
        self.source = source
        self.found: dict[str, bool | None] = {}
        self.delimiters = {"__"}

    def settings(self, cls: SourceClass, depth: int) -> None:
        options = self.source.options(cls)
        delimiter = (options.get("env_nested_delimiter") or "").lower()
        self.delimiters |= {delimiter} - {""}
        self._fields(cls, options.get("env_prefix", ""), delimiter, depth)

    def _fields(self, cls: SourceClass, prefix: str | None, delimiter: str, depth: int) -> None:
        """prefix: None if it is not known; then only fields with explicit names are known."""
        for name, (module, node) in self.source.fields(cls).items():
            own = aliases(node)
            names = [each.lower() for each in [*own, *([] if prefix is None else [prefix + name])]]
            secret = self._is_secret(module, node, [name, *own], depth)
            for each in names:  # if two classes have the variable, it is secret if one of them declares that
                self.found[each] = self.found.get(each) or secret
            for inner in self._sections(module, node.annotation) if depth < MOST_NESTED else ():
                if BASE in self.source.parents(inner):
                    self.settings(inner, depth + 1)  # a nested settings class also reads its own variables
                for each in names if delimiter else ():
                    self._fields(inner, each + delimiter, delimiter, depth + 1)

    def _sections(self, module: str, annotation: ast.expr) -> Iterator[SourceClass]:
        for node in _parts(annotation):
            yield from (each for each in self.source.named(module, last_name(node)) if self.source.fields(each))

    def _is_secret(self, module: str, field: ast.AnnAssign, names: list[str], depth: int) -> bool | None:
        said = self._said(module, field.annotation, depth)
        if said.secret or said.cleared:
            return said.secret
        return any(map(is_secret_name, names)) if said.text else False if said.plain else None

    def _said(self, module: str, annotation: ast.expr, depth: int) -> _Said:
        found = _Said()
        for node in _parts(annotation):
            call = isinstance(node, ast.Call)
            name = self.source.original(module, last_name(node.func if isinstance(node, ast.Call) else node))
            if isinstance(node, ast.Call) and name == "Secret" and _is_denied(node):
                found |= _Said(cleared=True)
            elif name in _SECRET:
                found |= _Said(secret=True)
            elif name in _TEXT or name in _PLAIN:
                found |= _Said(text=name in _TEXT, plain=name in _PLAIN)
            elif name and not call and depth < MOST_NESTED:
                found |= self._said_by(module, name, depth + 1)
        return found

    def _said_by(self, module: str, name: str, depth: int) -> _Said:
        """Decides by a class of the project, or by the value of a name: Password = Annotated[str, Secret()]."""
        found = _Said()
        for cls in self.source.named(module, name):
            parents = self.source.parents(cls)
            found |= _Said(secret=not parents.isdisjoint(_SECRET), plain=not parents.isdisjoint(_PLAIN))
            for inner_name, (place, node) in self.source.fields(cls).items():
                secret = self._is_secret(place, node, [inner_name, *aliases(node)], depth)
                found |= _Said(secret=secret is True, plain=secret is False)
        for place, value in self.source.values(module, name):
            said = self._said(place, value, depth)
            found |= said
            found |= _Said(secret=said.text and not said.cleared and is_secret_name(name))
        return found


def _parts(annotation: ast.expr) -> Iterator[ast.expr]:
    """The names and calls in a type. The arguments of a call are included only if they are types."""
    node = _read(annotation)
    if isinstance(node, ast.Name | ast.Attribute):
        yield node
        return
    if isinstance(node, ast.Subscript) and last_name(node) == "Literal":
        inner = [node.value]  # the values of a Literal are not types
    elif isinstance(node, ast.Call):
        yield node
        inner = [*node.args] if last_name(node.func) in _OF_TYPES else []
    else:
        inner = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
    for each in inner:
        yield from _parts(each)


def _read(annotation: ast.expr) -> ast.expr:
    """Parses a quoted annotation."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            return annotation
    return annotation


def _is_denied(call: ast.Call) -> bool:
    given = [*call.args, *(each.value for each in call.keywords)]
    return any(isinstance(each, ast.Constant) and each.value is False for each in given)
