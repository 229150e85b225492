"""The origin of a value, and the text that was given there."""

from __future__ import annotations

from confcontract.verdict.sources.order import (
    CODE,
    COMPUTED,
    CONF_FILE,
    CONFIG_FILE,
    DEFAULT,
    ENV_FILE,
    ENVIRONMENT,
    SECRET_FILE,
    SETTINGS_FILE,
    UNSEEN,
    VAULT,
    level_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.verdict.sources.envfile import EnvFile


__all__ = [
    "CODE",
    "COMPUTED",
    "CONFIG_FILE",
    "CONF_FILE",
    "DEFAULT",
    "ENVIRONMENT",
    "ENV_FILE",
    "IN_DEFAULT",
    "IN_ENVIRONMENT",
    "IN_ENV_FILE",
    "IN_SECRETS_DIR",
    "SECRET",
    "SECRET_FILE",
    "SETTINGS_FILE",
    "UNSEEN",
    "VAULT",
    "Entry",
    "InSecretsDirs",
    "Layer",
    "Source",
    "Where",
    "as_named",
    "in_secrets_dir",
    "level_of",
    "with_secret_parts",
]


class Where:
    """The place where a settings class found a value: one of the constants below, or a source of configuration files.
    Compared by identity. words: for people. is_file: whether it does not use names of variables."""

    __slots__ = ("words",)
    is_file = False
    is_env_file = False
    is_secrets_dir = False

    def __init__(self, words: str) -> None:
        self.words = words

    def __str__(self) -> str:
        return self.words

    def __repr__(self) -> str:
        return f"<Where: {self.words}>"

    @property
    def looked_for(self) -> str:
        """The names that are looked up there, in words."""
        return self.words

    def is_single(self, name: str, place: tuple[Any, ...]) -> bool:
        """Whether the value at a place has a type of its own, and is neither null, a section nor a list. A variable
        never has one."""
        return False

    def words_of(self, name: str, place: tuple[Any, ...] = (), variable: str | None = None) -> str:
        """The position of one of its values, as exactly as it is known. place: of a part of it, in the settings
        document. variable: see `as_named`."""
        return as_named(self.words, name, variable)

    def place_of(self, name: str, place: tuple[Any, ...] = ()) -> tuple[str, int]:
        """The same as file and line; 0 if the line is not known."""
        return self.words, 0


class InEnvFiles(Where):
    """The env files of a settings class, read together. places: name as it is looked up → file and line."""

    __slots__ = ("_places", "_sensitive")
    is_env_file = True

    def __init__(self, places: Mapping[str, tuple[str, int]] | None = None, *, sensitive: bool = True) -> None:
        super().__init__("the application's env file")
        self._places = places or {}
        self._sensitive = sensitive

    def file_of(self, name: str) -> str | None:
        return self._place(name)[0] or None

    def words_of(self, name: str, place: tuple[Any, ...] = (), variable: str | None = None) -> str:
        path, line = self._place(name)
        return as_named(f"{self.words} {path}, line {line}" if line else self.words, name, variable)

    def place_of(self, name: str, place: tuple[Any, ...] = ()) -> tuple[str, int]:
        path, line = self._place(name)
        return f"{self.words} {path}".rstrip(), line

    def _place(self, name: str) -> tuple[str, int]:
        return self._places.get(name if self._sensitive else name.lower(), ("", 0))


class InSecretsDirs(Where):
    """The secrets directories of a settings class, read together. paths: name as it is looked up → file; it may be
    filled during reading."""

    __slots__ = ("_paths",)
    is_secrets_dir = True

    def __init__(self, paths: Mapping[str, str] | None = None) -> None:
        super().__init__("the application's secrets directory")
        self._paths = {} if paths is None else paths

    def source(self, name: str) -> Source:
        return Source(SECRET_FILE, name, in_secrets_dir(self._path(name) or name))

    def words_of(self, name: str, place: tuple[Any, ...] = (), variable: str | None = None) -> str:
        path = self._path(name)
        return in_secrets_dir(path) if path is not None else super().words_of(name, place, variable)

    def place_of(self, name: str, place: tuple[Any, ...] = ()) -> tuple[str, int]:
        return self._path(name) or self.words, 0

    def _path(self, name: str) -> str | None:
        return self._paths.get(name) or self._paths.get(name.lower())


def as_named(words: str, name: str, variable: str | None) -> str:
    """A source in words, with the name that is set there unless it is the name of the variable in question."""
    return words if name == variable else f"{words}, as {name}"


def in_secrets_dir(path: str) -> str:
    return f"{path} in the application's secrets_dir"


IN_ENVIRONMENT = Where("environment")
IN_ENV_FILE = InEnvFiles()
IN_SECRETS_DIR = InSecretsDirs()
IN_DEFAULT = Where("default")

SECRET = frozenset({SECRET_FILE, VAULT})  # a value from there is secret, whatever its variable's type

_WORDS = {
    DEFAULT: "default in the image",
    CODE: "default in the application's code",
    COMPUTED: "computed at start",
    UNSEEN: "not checked: {}",
    SETTINGS_FILE: "{}",
    CONF_FILE: "{}",
    CONFIG_FILE: "config file {}",
    ENV_FILE: "env file {}",
    SECRET_FILE: "secret file {}",
    ENVIRONMENT: "environment",
}


_NO_PARTS: Mapping[tuple[str, ...], Source] = {}


class Source:
    """One place that gave a value. `kind`: see above; `name`: the variable's name as it was used there; `detail`: file
    and line, or the reference in Vault; `overrides`: the sources that this one overrides; `hides`: whether all or a
    part of the value comes from a secret store or file: then the value is secret, whatever its type."""

    __slots__ = ("_column", "_file", "_line", "_place", "hides", "kind", "name", "overrides")

    def __init__(
        self,
        kind: str,
        name: str = "",
        place: str = "",
        line: int = 0,
        column: int = 0,
        file: EnvFile | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self._place = place
        self._line = line
        self._column = column
        self._file = file
        self.hides = kind in SECRET
        self.overrides: Sequence[Source] = ()

    def joined_by(self, other: Source) -> Source:
        """The source of a value that has parts from another source as well."""
        both = Source(self.kind, self.name, self._place, self._line, self._column)
        both.hides = self.hides or other.hides
        both.overrides = self.overrides
        return both

    @property
    def place(self) -> str:
        """The file, without the line."""
        return self._place

    @property
    def line(self) -> int:
        """0 if the line is not known."""
        return self._line

    @property
    def line_text(self) -> str:
        """The line itself, of an env file; it may hold a secret. Empty elsewhere."""
        lines = self._file.text.split("\n", self._line) if self._file is not None and self._line else []
        return lines[self._line - 1] if 0 < self._line <= len(lines) else ""

    @property
    def detail(self) -> str:
        return f"{self._place}, line {self._line}" if self._line else self._place

    def __str__(self) -> str:
        if self.kind == ENVIRONMENT and self._place:
            return f"{_WORDS[ENVIRONMENT]}, {self._place}"
        if self.kind == VAULT:
            from confcontract.contract.schemes import place

            return place(self.detail)
        return _WORDS[self.kind].format(self.detail)

    @property
    def container(self) -> str:
        """Without the line; "a secret file" for every secret file: the same words for all values from one place."""
        if self.kind == SECRET_FILE:
            return "a secret file"
        return str(Source(self.kind, self.name, self._place)) if self._line else str(self)

    @property
    def exactly(self) -> str:
        """With the column, if there is one: for faults in the value."""
        return f"{self}, column {self._column}" if self._column else str(self)

    def __repr__(self) -> str:
        return f"Source({self.kind!r}, {self.name!r}, {self.detail!r})"


class Entry:
    """One value of one name.

    level: a higher level overrides a lower one. below: the entries of the next lower source, if any. parts: if parts of
    a section's JSON came from a lower source, their places in the settings document and their source.
    """

    __slots__ = ("_origin", "below", "level", "name", "parts", "value")

    def __init__(self, name: str, value: str, origin: Source | Layer, level: int | None = None) -> None:
        self.name = name
        self.value = value
        self.below: list[Entry] | None = None
        self.parts: Mapping[tuple[str, ...], Source] = _NO_PARTS
        self.level = level_of(origin.kind) if level is None else level
        self._origin = origin

    @property
    def source(self) -> Source:
        if isinstance(self._origin, Layer):
            self._origin = self._origin.source(self.name)
        return self._origin

    def source_of(self, place: tuple[str, ...]) -> Source:
        """The source of the value's part at a place of the settings document."""
        if self.parts:
            for size in range(len(place), 0, -1):
                if place[:size] in self.parts:
                    return self.parts[place[:size]]
        return self.source

    @property
    def kind(self) -> str:
        """The kind of source."""
        return self._origin.kind

    @property
    def public(self) -> bool:
        """Whether the value may be an unresolved reference."""
        return self._origin.kind != SECRET_FILE


class Layer:
    """One whole source. The sources of its values are made only on access: for 5,000 variables this saves a tenth of
    boot's time. `file`: None for the process environment. `number`: among the sources of its kind."""

    __slots__ = ("_file", "kind", "level")

    def __init__(self, kind: str, file: EnvFile | None = None, number: int = 0) -> None:
        self.kind = kind
        self.level = level_of(kind, number)
        self._file = file

    def source(self, name: str) -> Source:
        if self._file is None:
            return Source(self.kind, name)
        file = self._file
        return Source(self.kind, name, file.name, file.lines[name], file.columns.get(name, 0), file)

    def entries(self, values: Mapping[str, str]) -> list[Entry]:
        level = self.level
        return [Entry(name, value, self, level) for name, value in values.items()]


def with_secret_parts(variables: Sequence[Mapping[str, Any]], found: Mapping[str, Source]) -> set[str]:
    """The names of the sections with a part that came from a secret store or file: their JSON holds it."""
    outer = {
        tuple(variable["path"][:depth])
        for variable in variables
        if variable["name"] in found and found[variable["name"]].hides
        for depth in range(1, len(variable["path"]))
    }
    return {variable["name"] for variable in variables if tuple(variable["path"]) in outer}
