"""The files that a settings class names itself: its `env_file` and its `secrets_dir`.

The application reads them again at start, with pydantic-settings; boot reads them the same way to
give the same verdict. They are not handed over: the application has them.
"""

from __future__ import annotations

import os

from confcontract.host.folder import at, left
from confcontract.host.projection import remember
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.verdict.sources.decoding import fields_of, head_of, looked_up
from confcontract.verdict.sources.envfile import read_env_file
from confcontract.verdict.sources.order import SECRET_FILE
from confcontract.verdict.sources.origin import Entry, InEnvFiles, Source, in_secrets_dir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.host.projection import Stamp
    from confcontract.report.problem import Problem
    from confcontract.verdict.sources.merged import Merged

Problems = list[tuple[str, str]]  # (path in words, the fault)


def read_dotenv(
    plan: Mapping[str, Any],
    program: Mapping[str, Any],
    environ: Mapping[str, str],
    problems: Problems,
    watched: dict[str, Stamp],
    warnings: list[Problem],
) -> tuple[dict[str, str | None], InEnvFiles]:
    """The merged content of the files, by names as they were set: all spellings that are equal for the application
    become one name, the last one. As in the application, each file is read separately first, and empty values are
    dropped if they do not count as values. Also returns the position of each value. warnings: about anything other than
    a file in the place of one."""
    merged: dict[str, tuple[str, str | None]] = {}  # name as it is looked up → name as it was set, value
    places: dict[str, tuple[str, int]] = {}
    for name in plan["files"]:
        path = _find(name, plan["depth"], watched)
        if path is None:
            if os.path.lexists(at(os.path.expanduser(name))):
                from confcontract.verdict.sources.passed_over import passed_over

                warnings += passed_over(os.path.expanduser(name))
            continue
        found = read_env_file(path, environ, encoding=plan["encoding"])
        for problem in found.problems:
            if problem.code == "source-unreadable":
                problems.append((path, problem.message))
        for written, value in found.assigned.items():
            if value != "" or not program["ignoreEmpty"]:
                key = written if program["caseSensitive"] else written.lower()
                merged[key] = written, value
                places[key] = path, found.lines.get(written, 0)
    return dict(merged.values()), InEnvFiles(places, sensitive=program["caseSensitive"])


def _find(name: str, depth: int, watched: dict[str, Stamp]) -> str | None:
    path = os.path.expanduser(name)
    remember(watched, path)
    if _readable_kind(path):
        return path
    if os.path.isabs(path) or depth <= 0:
        return None
    try:
        parent = left() or os.getcwd()
    except OSError:  # it was deleted
        return None
    for _ in range(depth):
        parent = os.path.dirname(parent)
        candidate = os.path.join(parent, path)
        remember(watched, candidate)
        if _readable_kind(candidate):
            return candidate
    return None


def _readable_kind(path: str) -> bool:
    import stat

    try:
        mode = os.stat(at(path)).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode)


def with_extras(
    data: dict[str, Any], values: Mapping[str, str | None], program: Mapping[str, Any], filtering: str | None
) -> dict[str, Any]:
    """Names in an env file that belong to no field are data too; `extra="forbid"` refuses them."""
    if filtering == "only_existing":
        return data
    prefix = head_of(program)
    as_written = "prefix-as-written" in program.get("habits", ())
    cut = len(program["prefix"] if as_written else prefix)
    if filtering == "match_prefix":
        return _matching_prefix(data, values, prefix, cut, program["delimiter"])
    names = {field["name"] for field in fields_of(program)}
    claimed = _Claims(program)
    for name, value in values.items():
        if not value or name in data or (program["prefix"] and name in names) or name in claimed:
            continue
        if not program["extraForbid"] and name.startswith(program["prefix"] if as_written else prefix):
            data[name[cut:]] = value
        else:
            data[name] = value
    return data


def _matching_prefix(
    data: dict[str, Any], values: Mapping[str, str | None], prefix: str, cut: int, delimiter: str | None
) -> dict[str, Any]:
    for name, value in values.items():
        if not name.startswith(prefix):
            continue
        rest = name[cut:]
        if delimiter and delimiter in rest and rest.partition(delimiter)[0] in data:
            continue
        data.setdefault(rest, value)
    return data


class _Claims:
    """The names that belong to a field, and the beginnings of names that belong to a part of one."""

    def __init__(self, program: Mapping[str, Any]) -> None:
        self._delimiter: str | None = program["delimiter"]
        fields = fields_of(program)
        self._names = {env_name for field in fields for _, env_name, _ in looked_up(field)}
        self._heads = {env_name for field in fields if field.get("claims") for _, env_name, _ in looked_up(field)}
        self._beginnings = tuple(self._heads) if "claims-beginnings" in program.get("habits", ()) else ()

    def __contains__(self, name: str) -> bool:
        if name in self._names or name.startswith(self._beginnings):
            return True
        at = name.find(self._delimiter) if self._delimiter else -1
        while at >= 0:
            if name[:at] in self._heads:
                return True
            at = name.find(self._delimiter or "", at + 1)
        return False


class SecretsDirs:
    """Files named like variables, as Docker mounts them. The last directory wins. watched: is notified of each file
    that is read."""

    def __init__(
        self,
        directories: list[str],
        case_sensitive: bool,
        problems: Problems,
        watched: dict[str, Stamp],
        *,
        follows_links: bool = False,
    ) -> None:
        self._files: dict[str, list[tuple[str, str]]] = {}  # name → [path, the directory that must contain it], …
        self.came_from: dict[str, str] = {}  # name that was read → path
        self._sensitive = case_sensitive
        self._follows_links = follows_links
        self._problems = problems
        self._watched = watched
        for directory in directories:
            self._list(os.path.dirname(os.path.join(at(os.path.expanduser(directory)), "")))

    def _list(self, directory: str) -> None:
        remember(self._watched, directory)
        if not os.path.lexists(directory):
            return
        if not os.path.isdir(directory):
            self._problems.append((directory, "is the application's secrets_dir, but not a directory"))
            return
        inside = "" if self._follows_links else os.path.realpath(directory) + os.sep
        try:
            names = os.listdir(directory)
        except OSError as error:
            self._problems.append((directory, f"can't be read: {error.strerror}"))
            return
        found: dict[str, str] = {}
        for name in names:  # in the directory's order: the first spelling wins
            found.setdefault(name if self._sensitive else name.lower(), name)
        for key, name in found.items():  # read only on request: there may be any number of others
            self._files.setdefault(key, []).append((os.path.join(directory, name), inside))

    def read(self, name: str) -> str | None:
        path = next((path for path, inside in reversed(self._files.get(name, ())) if _lies_in(path, inside)), None)
        if path is None:
            return None
        self.came_from[name] = path
        remember(self._watched, path)
        try:
            return _as_text(read_source(path)).strip()
        except Unreadable as error:
            self._problems.append((path, str(error)))
        except UnicodeDecodeError:
            self._problems.append((path, "is not UTF-8"))
        return None


def _lies_in(path: str, directory: str) -> bool:
    return os.path.isfile(path) and os.path.realpath(path).startswith(directory)


def _as_text(raw: bytes) -> str:
    """Decoded like `open`: every kind of line end becomes \\n."""
    return raw.decode().replace("\r\n", "\n").replace("\r", "\n")


def lay_secrets_dirs(merged: Merged, program: Mapping[str, Any]) -> None:
    """Files in the class's own secrets_dir override env files, like all secret files. The application reads them
    itself, but with a lower priority than its environment. So other values from env files must be removed here."""
    declared = merged.declared
    directories = SecretsDirs(program["secretsDirs"], program["caseSensitive"], [], merged.watched)
    spellings = merged.spellings
    in_parts = spellings.fields([entry.name for entries in merged.laid.values() for entry in entries])
    layer = []
    for identity, names in declared.names.items():
        if identity not in merged.entries and in_parts.isdisjoint(spellings.fields(names)):
            continue
        for name in names:
            value = directories.read(declared.normal(name))
            if value is not None:
                source = Source(SECRET_FILE, name, in_secrets_dir(directories.came_from[declared.normal(name)]))
                layer.append(Entry(name, value, source))
                break
    merged.lay(layer)
