"""The configuration files that a settings class names itself: TOML, YAML and JSON, read as its sources read them.

A file gives typed values, by the names of fields. Nothing is handed over, because the application reads the file again.
A faulty file keeps the application from starting, even if higher sources override its values.
"""

from __future__ import annotations

import os

from confcontract.host.folder import at, left
from confcontract.host.projection import remember
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.problem import Problem
from confcontract.verdict.sources.arguments import as_arguments
from confcontract.verdict.sources.decoding import deep_update, fields_of
from confcontract.verdict.sources.documents.parsed import TOO_DEEP, is_too_deep
from confcontract.verdict.sources.gathered import place_beside
from confcontract.verdict.sources.origin import Where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from confcontract.host.projection import Stamp
    from confcontract.verdict.sources.documents import Document, Format
    from confcontract.verdict.sources.gathered import Gathered

    Path = tuple[Any, ...]

KINDS = ("toml", "yaml", "json", "pyproject")
_DEEPEST = 200  # levels of nested sections, mappings and lists; pydantic_core can write 255 as JSON
_UTF_8 = ("utf-8", "utf8", "UTF-8", "UTF8")
_TOP = {"toml": "table", "pyproject": "table", "yaml": "mapping", "json": "object"}


def read_operator_files(
    compiled: Mapping[str, Any], program: Mapping[str, Any], plan: Mapping[str, Any], result: Gathered
) -> dict[str, Any]:
    """The data of a source of configuration files, under the names that validation expects."""
    where = InConfigFiles(plan, result.watched, result.passed_over)
    result.order.append(where)
    first = len(result.notes)
    try:
        found = where.read()
        if not isinstance(found, dict):
            raise _Wrong(where.words_of(""), f"has no {_TOP[plan['kind']]} {_under(plan)}")
        if not all(isinstance(key, str) for key in found):
            name = next(where.name_of((key,)) for key in found if not isinstance(key, str))
            raise _Wrong(where.words_of(name), "is a key that is not text", hint="put it in quotes")
    except _Wrong as wrong:
        result.broken.append(wrong.problem)
        return {}
    sensitive = plan.get("caseSensitive", program["caseSensitive"])
    data, fields = as_arguments(program, found, sensitive=sensitive)
    nodes: dict[str, int] = {field["name"]: field["node"] for field in program["fields"] if field.__class__ is dict}
    waiting: list[tuple[Path, Path, Any, int | None]] = []
    doubtful = len(fields) < len(data)  # whether there may be keys that are not read
    called = {field["name"] for field in fields_of(program)} if doubtful else ()
    for key, value in data.items():
        field, written = fields[key] if key in fields else (place_beside(key, called), key)
        waiting.append(((field,), (written,), value, nodes.get(field)))
    while waiting:
        path, keys, value, index = waiting.pop()
        node = {} if index is None else compiled["nodes"][index]
        if "next" in node and "other" not in node and isinstance(value, dict) and value:
            known, taken = node["next"], _taken(node)
            doubtful = doubtful or not value.keys() <= taken
            unread = known.keys() - taken  # the names of fields that only their aliases give
            waiting += [
                ((*path, place_beside(str(k), unread)), (*keys, k), each, known.get(_folded(k, known)))
                for k, each in value.items()
            ]
        else:  # also a mapping, whose keys may be secret
            result.notes.append((path, where.name_of(keys), where))
            doubtful = doubtful or (isinstance(value, list) and any(map(_is_dict, value)))
            doubtful = doubtful or ("other" in node and isinstance(value, dict) and any(map(_is_dict, value.values())))
    result.came_from_files(first, where.file_of)
    if doubtful:
        where.data, where.fields = data, fields
        result.doubtful.append(((), where))
    return data


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def _taken(node: Mapping[str, Any]) -> Any:
    """The keys that the model of a node takes."""
    renames = node.get("renames", True)
    return node["next"].keys() if renames is True else {key for key, _ in renames.values()}


def _folded(key: Any, known: Mapping[str, int]) -> Any:
    """A key in the plan's spelling: in lower case if the environment's case does not matter."""
    return key.lower() if isinstance(key, str) and key not in known else key


def _under(plan: Mapping[str, Any]) -> str:
    if "section" in plan:
        return f"at {plan['section']}"
    return f"at [{'.'.join(plan['header'])}]" if plan.get("header") else "at the top level"


class _Wrong(Exception):
    """A file that the application can't read."""

    def __init__(self, source: str, what: str, *, code: str = "source-malformed", hint: str = "") -> None:
        super().__init__(what)
        hint = hint or "correct the file: the application fails on it, too"
        self.problem = Problem(code, f"{source}: {what}", source=source, hint=hint, source_said=True)


class InConfigFiles(Where):
    """The places where a source of configuration files found its values, and the files as they were read.

    It looks up its values like the sources of variables: by name, here the path of keys joined with dots. data, fields:
    its content, see `as_arguments`; only if the files may have keys that are not read. watched: is notified of each
    file that is read. warnings: about anything other than a file in the place of one.
    """

    is_file = True
    __slots__ = (
        "_documents",
        "_files",
        "_passed_over",
        "_paths",
        "_plan",
        "_prefix",
        "_watched",
        "data",
        "fields",
        "written",
    )

    def __init__(self, plan: Mapping[str, Any], watched: dict[str, Stamp], warnings: list[Problem]) -> None:
        super().__init__(" or ".join(plan["files"]) or "pyproject.toml")
        self._plan = plan
        self._watched = watched
        self._passed_over = warnings
        self._files: list[tuple[str, bytes, Any]] = []  # lowest first: path, content, value
        self._documents: dict[str, Document] = {}
        self._prefix: Path = ()  # the keys that lead to the header or section
        self._paths: dict[str, Path] = {}
        self.written: dict[str, str] = {}
        self.data: Mapping[str, Any] = {}
        self.fields: Mapping[str, tuple[str, str]] = {}

    # -- reading ---------------------------------------------------------------------------------

    def read(self) -> Any:
        """The source's data: that of all files, under the header or in the section. Raises _Wrong."""
        merged: dict[str, Any] = {}
        for path in self._existing():
            value = self._read(path)
            try:
                if "deepMerge" in self._plan:
                    merged = deep_update(merged, value)
                else:
                    merged.update(value)
            except (AttributeError, TypeError, ValueError):
                raise _Wrong(path, f"has no {_TOP[self._plan['kind']]} at the top level") from None
        return self._inner(merged)

    def _existing(self) -> Iterator[str]:
        kind, files = self._plan["kind"], self._plan["files"]
        if kind == "pyproject":
            files = [os.path.abspath(at(path)) for path in files] or [_pyproject(self._plan["depth"])]
        for name in files:
            path = name if kind == "pyproject" else os.path.expanduser(name)
            if path[:1] == "~":
                words = "begins with ~ and a user whose home directory is not known"
                raise _Wrong(name, words, code="source-unreadable")
            remember(self._watched, path)
            try:
                if _is_file(path):
                    yield path
                elif os.path.lexists(at(path)):
                    from confcontract.verdict.sources.passed_over import passed_over

                    self._passed_over += passed_over(path)
            except OSError as error:
                raise _Wrong(path, f"can't be looked for: {error.strerror}", code="source-unreadable") from None

    def _read(self, path: str) -> Any:
        try:
            raw = read_source(path)
        except Unreadable as error:
            raise _Wrong(path, str(error), code="source-unreadable", hint=error.hint) from None
        kind, encoding = self._plan["kind"], self._plan.get("encoding", "utf-8")
        value = None
        if encoding in _UTF_8 and kind != "yaml":
            value = _plainly(raw, kind)
        if value is None:
            value = self._thoroughly(path, raw)
        if is_too_deep(value, _DEEPEST):
            raise _Wrong(path, TOO_DEEP, hint=f"{_DEEPEST} levels are the most that boot reads")
        self._files.append((path, raw, value))
        return value

    def _thoroughly(self, path: str, raw: bytes) -> Any:
        document = self._documents[path] = _parsed(raw, self._plan)
        for fault in document.faults:
            if fault.fatal:
                code = "release-unsupported" if fault.kind == fault.MISSING_PARSER else "source-malformed"
                raise _Wrong(f"{path}{fault.place}", fault.message, code=code, hint=fault.hint)
        if document.empty and self._plan["kind"] == "json" and "refusesEmpty" in self._plan:
            raise _Wrong(path, "is empty, which is not JSON to this release of pydantic-settings")
        return {} if document.empty or (self._plan["kind"] == "yaml" and not document.value) else document.value

    def _inner(self, data: Any) -> Any:
        kind = self._plan["kind"]
        try:
            if "section" in self._plan:
                prefix: list[str] = []
                data = _section(data, self._plan["section"], prefix)
                self._prefix = tuple(prefix)
                return {} if data is None and "refusesEmpty" not in self._plan else data
            if kind == "toml" and not self._files:
                return data
            for key in self._plan.get("header", ()):
                data = data.get(key, {}) if kind == "pyproject" else data[key]
            self._prefix = tuple(self._plan.get("header", ()))
        except (KeyError, TypeError, AttributeError, ValueError):
            raise _Wrong(self.words_of(""), f"has no {_TOP[kind]} {_under(self._plan)}") from None
        return data

    # -- positions --------------------------------------------------------------------------------

    def name_of(self, keys: Path) -> str:
        name = ".".join(map(str, keys))
        self._paths.setdefault(name, keys)
        return name

    @property
    def where(self) -> Where:
        return self

    def file_of(self, name: str) -> str:
        """The file that a name came from."""
        return self._file_of(name)[0]

    def lookup(self, name: str) -> str | None:
        """The value as text, for people."""
        found, value = _at(self._keys(name), self._file_of(name)[2])
        return _as_text(value) if found else None

    @property
    def looked_for(self) -> str:
        """The files and the part of them that counts, in words."""
        below = self._plan.get("section") or ".".join(self._plan.get("header", ()))
        return f"{self}, below {below}" if below else str(self)

    def is_single(self, name: str, place: Path) -> bool:
        """Whether the value at a place is neither null, a section nor a list."""
        keys = (*self._keys(name), *place[len(self._paths.get(name, (name,))) :])
        found, value = _at(keys, self._file_of(name)[2])
        return found and value is not None and not isinstance(value, (dict, list))

    def words_of(self, name: str, place: Path = (), variable: str | None = None) -> str:
        path, line, column = self._position_of(name, place)
        return f"{path}, line {line}, column {column}" if line else path

    def place_of(self, name: str, place: Path = ()) -> tuple[str, int]:
        """The file that a name came from, and the line in it; 0 if the line is not known. place: in the settings."""
        return self._position_of(name, place)[:2]

    def _position_of(self, name: str, place: Path) -> tuple[str, int, int]:
        if not self._files:
            return str(self), 0, 0
        path, raw, _ = self._file_of(name)
        if name not in self._paths:
            return path, 0, 0
        if path not in self._documents:
            self._documents[path] = _parsed(raw, self._plan)
        keys = (*self._keys(name), *place[len(self._paths[name]) :])
        position = None
        while position is None and keys:
            position = self._documents[path].position(keys)
            keys = keys[:-1]
        return path, *(position or (0, 0))

    def _keys(self, name: str) -> Path:
        return (*self._prefix, *self._paths.get(name, (name,)))

    def _file_of(self, name: str) -> tuple[str, bytes, Any]:
        """The highest file that has a name, or the section around it, which replaces that of lower files."""
        keys = self._keys(name)
        wanted = keys if "deepMerge" in self._plan else keys[:1]
        return next((each for each in reversed(self._files) if _at(wanted, each[2])[0]), self._files[-1])


def _is_file(path: str) -> bool:
    """Like `Path.is_file`: until Python 3.14, a folder without search permission raises an error."""
    import stat
    import sys
    from errno import EBADF, ELOOP, ENOENT, ENOTDIR

    try:
        return stat.S_ISREG(os.stat(at(path)).st_mode)
    except ValueError:
        return False
    except OSError as error:
        if error.errno in (ENOENT, ENOTDIR, EBADF, ELOOP) or sys.version_info >= (3, 14):
            return False
        raise


def _pyproject(depth: int) -> str:
    """The nearest one, from the working directory upwards."""
    here = left() or os.getcwd()
    first = os.path.join(here, "pyproject.toml")
    if os.path.isfile(first):
        return first
    for _ in range(depth):
        here = os.path.dirname(here)
        candidate = os.path.join(here, "pyproject.toml")
        if os.path.isfile(candidate):
            return candidate
    return first


def _plainly(raw: bytes, kind: str) -> Any:
    """The value by the short way; None if a full reading is needed."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    if kind == "json":
        from confcontract.contract.jsontext import loads

        try:
            return loads(text)
        except (ValueError, RecursionError):
            return None
    from confcontract.verdict.sources.plain_toml import read_plain

    return read_plain(text.replace("\r\n", "\n"))


def _parsed(raw: bytes, plan: Mapping[str, Any]) -> Document:
    from confcontract.verdict.sources.documents import read

    kind: Format = "toml" if plan["kind"] == "pyproject" else plan["kind"]
    return read(raw, kind, encoding=plan.get("encoding", "utf-8"))


def _section(data: Any, section: str, keys: list[str]) -> Any:
    """The value at a path with dots. Keys may contain dots, too: the longest existing key is taken."""
    if not section:
        raise ValueError(section)
    try:
        found = data[section]
        keys.append(section)
        return found
    except KeyError:
        pass
    parts = section.split(".")
    for size in range(len(parts) - 1, 0, -1):
        key = ".".join(parts[:size])
        if key in data:
            keys.append(key)
            return _section(data[key], ".".join(parts[size:]), keys)
    raise KeyError(section)


def _at(keys: Path, value: Any) -> tuple[bool, Any]:
    for key in keys:
        is_item = isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value)
        if not is_item and (not isinstance(value, dict) or key not in value):
            return False, None
        value = value[key]
    return True, value


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "replace")
    from confcontract.contract.jsontext import for_people

    return for_people(value)
