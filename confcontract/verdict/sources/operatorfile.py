"""Config files: TOML, YAML or JSON with the structure of the settings, as variables of the environment.

A section becomes the JSON value of its variable, so that its members keep their types for validation. A secret in it, a
reference to Vault and a pointer (`password_file`) become variables of their own. `null` counts as not given.
"""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.contract.envtext import Number, ValueUnusable, as_typed, to_text
from confcontract.contract.reference import is_reference
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.sources.documents import ENDINGS, format_of, read
from confcontract.verdict.sources.documents.parsed import TOO_DEEP, Fault, is_too_deep
from confcontract.verdict.sources.envfile import EnvFile
from confcontract.verdict.sources.filekeys import TopKey
from confcontract.verdict.sources.unknown_keys import Stranger, dotted, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from confcontract.verdict.sources.documents import Document
    from confcontract.verdict.sources.documents.parsed import Position
    from confcontract.verdict.sources.filekeys import FileKeys
    from confcontract.verdict.sources.places import Place
    from confcontract.verdict.sources.unknown_keys import Keys

MAX_BYTES = 1024 * 1024  # the maximum that Kubernetes keeps in one ConfigMap
_DEEPEST = 200  # levels; pydantic_core can write 255 as JSON
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # has no meaning here, but some editors write it
_ITEMS = 10_000  # of lists in one variable, whose positions are recorded one by one
_POINTER = "_file"
_UNREADABLE = (Fault.ENCODING, Fault.MISSING_PARSER)


class OperatorFile(EnvFile):
    """The content of a config file, by names of the environment. columns: of each name, like lines. parts: name → line
    and column by place in the settings document, for members of JSON. strangers: unknown keys."""

    __slots__ = ()
    columns: dict[str, int]
    parts: dict[str, dict[Place, Position]]
    strangers: list[Problem]

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.columns = {}
        self.parts = {}
        self.strangers = []


def read_operator_file(path: str, keys: FileKeys) -> OperatorFile:
    """path: its name ends in .toml, .yaml, .yml or .json, or it has the prefix "toml=", "yaml=" or "json=", since a
    pipe has no ending."""
    file = OperatorFile(path)
    said, equals, rest = path.partition("=")
    named = ENDINGS.get(f".{said}") if equals else None
    kind = named or format_of(path)
    if kind is None:
        hint = "rename it, write toml=FILE, yaml=FILE or json=FILE, or pass an env file with --env-file"
        file.problems.append(_problem(path, "its name does not end in .toml, .yaml, .yml or .json", hint))
        return file
    try:
        raw = read_source(rest if named else path, limit=MAX_BYTES)
    except Unreadable as error:
        file.problems.append(_problem(path, str(error), error.hint))
        return file
    document = read(raw.removeprefix(_BYTE_ORDER_MARK), kind, as_written=True)
    file.problems.extend(_of_fault(path, fault) for fault in document.faults)
    if document.readable and document.value is not None:
        if is_too_deep(document.value, _DEEPEST):
            hint = f"{_DEEPEST} levels of sections and lists are the most"
            file.problems.append(_problem(path, TOO_DEEP, hint, "source-malformed"))
        elif isinstance(document.value, dict):
            _Reading(file, document, keys).take(document.value)
        else:
            what = f"is {_called(document.value)} at the top level, not a mapping of settings"
            file.problems.append(_problem(path, what, "write NAME: value, or in TOML NAME = value", "source-malformed"))
    return file


class _Reading:
    def __init__(self, file: OperatorFile, document: Document, keys: FileKeys) -> None:
        self._file = file
        self._document = document
        self._keys = keys
        self._given: dict[str, Keys] = {}  # by name in the environment

    def take(self, tree: Mapping[Any, Any]) -> None:
        if self._keys.is_of_classes:
            self._tell([stranger for key, value in tree.items() for stranger in self._take_class(key, value)])
            return
        unknown: list[Stranger] = []
        fields = self._keys.fields_at_top()
        found = {key: self._keys.at_top(str(key)) for key in tree}
        best: dict[str, Any] = {}  # for each field the key that counts
        for key, top in found.items():
            if top is not None and tree[key] is not None:
                other = found[best[top.field]] if top.field in best else None
                if other is None or top.rank < other.rank:
                    best[top.field] = key
        for key, top in found.items():
            if top is None:
                if not self._takes_pointer((), str(key), tree[key], (key,)):
                    unknown.append(Stranger((key,), fields))
            elif tree[key] is None:
                continue
            elif best[top.field] is not key:
                self._is_twice((key,), (best[top.field],), top.variable)
            else:
                unknown += self._take((key,), top, tree[key])
        self._tell(sorted(unknown, key=lambda each: self._position(each.keys)))

    def _take_class(self, key: Any, members: object) -> list[Stranger]:
        """Each of several classes has a section, which is not a variable: its members are."""
        top = self._keys.at_top(f"\0{key}")
        if top is None:
            return [Stranger((key,), self._keys.fields_at_top())]
        if not isinstance(members, dict):
            if members is not None:
                message = f"{key} is {_called(members)}, but must be a section"
                told = self._problem((key,), "value-invalid", message, "write a section", None)
                self._file.problems.append(told)
            return []
        unknown: list[Stranger] = []
        fields = self._keys.fields(top.place)
        for each, value in members.items():
            place = self._keys.inside(top.place, str(each))
            variable = self._keys.variables.get(place)
            if variable is not None and value is not None:
                unknown += self._take((key, each), TopKey(variable["name"], place[-1], 0, place, variable), value)
            elif variable is None and not self._takes_pointer(top.place, str(each), value, (key, each)):
                unknown.append(Stranger((key, each), fields))
        return unknown

    def _take(self, at: Keys, found: TopKey, value: object) -> list[Stranger]:
        """Returns the unknown keys in it."""
        if not isinstance(value, dict):
            self._give(found.name, value, at, found.variable)
            if isinstance(value, list) and self._given.get(found.name) == at:
                self._note_items(found.name, value, found.place, at)
            return [*self._keys.strangers(value, found.place, at)]
        self._file.parts[found.name] = {}
        section = self._section(value, found.place, at, found.name)
        if section is None and found.needed:
            section = {}
        if section is not None:
            self._give(found.name, section, at, found.variable)
        return [*self._keys.strangers(value, found.place, at)]

    def _section(self, value: Mapping[Any, Any], place: Place, at: Keys, name: str) -> dict[Any, Any] | None:
        """The content of a section's JSON; None if all members became variables of their own."""
        keys = self._keys
        left: dict[Any, Any] = {}
        is_section = bool(keys.fields(place))
        for key, given in value.items():
            path = (*at, key)
            inside = keys.inside(place, str(key)) if is_section else (*place, str(key))
            variable = keys.variables.get(inside)
            inner = given
            if given is None and is_section:
                continue
            if isinstance(given, dict):
                inner = self._section(given, inside, path, name)
                if inner is None:
                    continue
            elif variable is not None and _stands_alone(given, variable) and keys.has_one_way(inside):
                self._give(keys.name_beside(name, variable), given, path, variable)
                continue
            elif is_section and self._takes_pointer(place, str(key), given, path, name):
                continue
            try:
                left[key] = inner if variable is None else as_typed(inner, variable["type"], nested=True)
            except ValueUnusable as unusable:
                self._is_unusable(path, unusable, variable)
            self._file.parts[name][inside] = self._position(path)
            if isinstance(given, list):
                self._note_items(name, given, inside, path)
        return left if left or not value else None

    def _note_items(self, name: str, value: object, place: Place, at: Keys) -> None:
        """The positions of a list's items, and of everything in them; for a long list only its beginning."""
        parts = self._file.parts.setdefault(name, {})
        if not isinstance(value, (list, dict)) or len(parts) + len(value) > _ITEMS:
            return
        steps: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in steps:
            parts[(*place, step)] = self._position((*at, step))
            self._note_items(name, inner, (*place, step), (*at, step))

    def _takes_pointer(self, place: Place, key: str, value: object, at: Keys, within: str = "") -> bool:
        """`password_file`: the file that holds the password. Returns whether the key is such a pointer. within: the
        name of the section."""
        keys = self._keys
        if key[-len(_POINTER) :].lower() != _POINTER or not isinstance(value, str):
            return False
        base = key[: -len(_POINTER)]
        if place:
            variable = None if key in keys.fields(place) else keys.variables.get(keys.inside(place, base))
            name = keys.name_beside(within, variable) if variable is not None else None
        else:
            found = keys.at_top(base)
            name = found.name if found is not None else None
        if name is None:
            return False
        self._give(f"{name}_FILE", value, at, None)
        return True

    def _give(self, name: str, value: object, at: Keys, variable: Mapping[str, Any] | None) -> None:
        file = self._file
        if name in file.values:
            self._is_twice(at, self._given[name], variable)
            return
        self._given[name] = at
        kind = variable["type"]["kind"] if variable is not None else ""
        if kind == "string" and isinstance(value, (dict, list)):
            message = f"{dotted(at)} is {_called(value)}, but must be text"
            file.problems.append(self._problem(at, "value-invalid", message, "write text, in quotes", variable))
            return
        try:
            file.values[name] = to_text(value if variable is None else as_typed(value, variable["type"]))
            file.lines[name], file.columns[name] = self._position(at)
        except ValueUnusable as unusable:
            self._is_unusable(at, unusable, variable)

    def _is_unusable(self, at: Keys, why: ValueUnusable, variable: Mapping[str, Any] | None) -> None:
        message = f"{dotted(at)} can't be an environment variable: {why}"
        self._file.problems.append(self._problem(at, "value-invalid", message, "correct it", variable))

    def _is_twice(self, at: Keys, used: Keys, variable: Mapping[str, Any] | None) -> None:
        message = f"{dotted(at)} and {dotted(used)} are the same setting; {dotted(used)} is used"
        self._file.problems.append(self._problem(at, "name-twice", message, "keep one of them", variable, WARNING))

    def _tell(self, unknown: list[Stranger]) -> None:
        """In the order of the file."""
        self._file.strangers += tell(unknown, self._keys, self._words, self._file.name)

    def _position(self, at: Keys) -> tuple[int, int]:
        return self._document.position(at) or (0, 0)

    def _words(self, at: Keys) -> str:
        line, column = self._position(at)
        return f"{self._file.name}, line {line}, column {column}"

    def _problem(
        self,
        at: Keys,
        code: str,
        message: str,
        hint: str,
        variable: Mapping[str, Any] | None,
        severity: str = "error",
    ) -> Problem:
        source = self._words(at)
        name = variable["name"] if variable is not None else None
        return Problem(code, message, variable=name, source=source, hint=hint, severity=severity)


def _stands_alone(value: object, variable: Mapping[str, Any]) -> bool:
    """Whether a value in a section is given by a variable of its own: JSON would hide that it is a secret or a
    reference."""
    if isinstance(value, (list, dict)) or value is None or "within" in variable:
        return False
    return is_hidden(variable) or (isinstance(value, str) and not isinstance(value, Number) and is_reference(value))


def _called(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "text" if isinstance(value, str) and not isinstance(value, Number) else "a single value"


def _of_fault(path: str, fault: Fault) -> Problem:
    code = "source-unreadable" if fault.kind in _UNREADABLE else "source-malformed"
    severity = "error"
    if fault.kind == Fault.TWICE:
        code, severity = "name-twice", WARNING
    hint = fault.hint or "correct the file there"
    return Problem(code, f"{path}: {fault.message}", source=f"{path}{fault.place}", hint=hint, severity=severity)


def _problem(path: str, what: str, hint: str, code: str = "source-unreadable") -> Problem:
    return Problem(code, f"{path}: {what}", source=path, hint=hint)
