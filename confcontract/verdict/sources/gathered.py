"""The values that a settings class finds in its sources, and those that it could not decode there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping
    from typing import Any, Protocol

    from confcontract.host.projection import Stamp
    from confcontract.report.problem import Problem
    from confcontract.verdict.sources.origin import Entry, Where

    class Finder(Protocol):
        """The finder of a value: a source of variables, or one of configuration files."""

        @property
        def where(self) -> Where: ...
        @property
        def written(self) -> dict[str, str]: ...
        @property
        def lookup(self) -> Any: ...

    class ConfigFilesRead(Protocol):
        """Configuration files of a settings class, for the search for keys that are not read."""

        @property
        def data(self) -> Mapping[str, Any]: ...
        @property
        def fields(self) -> Mapping[str, tuple[str, str]]: ...
        def name_of(self, keys: tuple[Any, ...], /) -> str: ...
        def words_of(self, name: str, place: tuple[Any, ...] = ..., variable: str | None = ...) -> str: ...

    FileOf = Callable[[str], str | None]


Path = tuple[str, ...]


class DecodingFailure:
    """A value that could not be decoded; `path` is the field's, `name` the variable's as it was set.

    rule: pydantic's type of error, for a value that was decoded but is not valid, in a place that nothing else
    validates. inner: whether a nested settings class of the application read it.
    """

    __slots__ = ("inner", "name", "origin", "path", "reason", "rule")

    def __init__(self, path: Path, name: str, origin: Where, reason: str, rule: str | None = None) -> None:
        self.path = path
        self.name = name
        self.origin = origin
        self.reason = reason
        self.rule = rule
        self.inner = False


class Gathered:
    """The result of one program. `state` is validated; `origins` says which name gave which part of it.

    open: path and data of each settings class to which a source that boot can't read may add; see
    verdict/problems/unseen.py. order: the sources that were read, best first. broken: files that keep the application
    from starting, so that their content is unknown. doubtful: the place of a settings class, and its config files, if
    they may have keys that are not read. passed_over: warnings about things in the place of a file that are not files.
    watched: the files and directories of the class that were looked for, each with its earlier stamp; see
    host/projection.py. shadowed: name as it was set → another spelling of the same, which counts, and the name of the
    section whose JSON contains it.
    """

    __slots__ = (
        "_from_files",
        "_origins",
        "broken",
        "doubtful",
        "failures",
        "notes",
        "open",
        "order",
        "passed_over",
        "problems",
        "shadowed",
        "state",
        "watched",
    )

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.notes: list[tuple[Path, str, Finder]] = []  # path in the data, name as it is looked up, its source
        self._origins: dict[Path, tuple[str, Where]] | None = None
        self.failures: list[DecodingFailure] = []
        self.open: list[tuple[Path, dict[str, Any]]] = []
        self.problems: list[tuple[str, str]] = []
        self.order: list[Where] = []
        self.broken: list[Problem] = []
        self.passed_over: list[Problem] = []
        self.doubtful: list[tuple[Path, ConfigFilesRead]] = []
        self.shadowed: dict[str, tuple[str, str]] = {}
        self.watched: dict[str, Stamp] = {}
        self._from_files: list[tuple[list[tuple[Path, str, Finder]], int, int, FileOf]] = []

    def came_from_files(self, first: int, file_of: FileOf) -> None:
        """Remember that the notes from `first` on came from files of the class. file_of: name → file or directory;
        called only on demand."""
        self._from_files.append((self.notes, first, len(self.notes), file_of))

    def forget(self, path: Path, other: str, source: Finder) -> None:
        """Remove the notes of a source about a place and everything within it: another spelling, in the JSON of a
        section, counts instead."""
        within = [note for note in self.notes if note[2] is source and note[0][: len(path)] == path]
        if not within:
            return
        self.notes[:] = [note for note in self.notes if note[2] is not source or note[0][: len(path)] != path]
        around = [note for note in self.notes if note[2] is source and note[0] == path[: len(note[0])]]
        holding = max(around, key=lambda note: len(note[0]))[1] if around else ""
        for _, name, _ in within:
            self.shadowed[source.written.get(name, name)] = other, source.written.get(holding, holding)

    def counting(self, entry: Entry | None) -> Entry | None:
        """The value that was set by a name of its own; None if it has no effect, because it is shadowed."""
        return None if entry is not None and entry.name in self.shadowed else entry

    def take_files_of(self, inner: Gathered) -> None:
        """Add the files of a nested settings class."""
        self.watched |= inner.watched
        self.passed_over += inner.passed_over
        self._from_files += inner._from_files

    def giving(self) -> Iterator[str]:
        """The files and directories of the class that have given values, including overridden ones."""
        for notes, first, last, file_of in self._from_files:
            yield from filter(None, {file_of(name) for _, name, _ in notes[first:last]})

    @property
    def origins(self) -> dict[Path, tuple[str, Where]]:
        """Path in the data → (name as it was set, where); for explanations."""
        if self._origins is None:
            self._origins = {}
            for path, name, source in self.notes:
                self._origins.setdefault(path, (source.written.get(name, name), source.where))
        return self._origins


def place_beside(key: str, members: Container[str]) -> str:
    """The name of a place under a key that leads to no field, even if the key has a field's name."""
    return f"{key}\0" if key in members else key
