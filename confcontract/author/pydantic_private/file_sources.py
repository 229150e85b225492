"""The sources of configuration files, without a file being opened."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    JsonConfigSettingsSource,
    NestedSecretsSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract.author import release_check
from confcontract.author.pydantic_private.private_names import (
    ConfigFileSourceMixin,
)


class Picked(type(Path())):  # type: ignore[misc]
    """Stands for the pyproject.toml that a source would have looked for. named: the path that it was given, if any."""

    named: Path | None = None


@contextmanager
def unread_files(found: Mapping[str, Any]) -> Iterator[None]:
    """While it lasts, sources of configuration files find the same in any file, and nothing is opened.

    What a source was configured with is kept in it for `files_of`. found: under a header or a section, too.

    Raises BakeRefused where a release opens files in another way.
    """
    _look_at_sections()
    with _replaced(found):
        yield


@contextmanager
def _replaced(found: Mapping[str, Any], *, traversed: bool = True) -> Iterator[None]:
    """traversed: a section need not be there."""

    def read_files(self: Any, files: Any, deep_merge: bool = False) -> dict[str, Any]:
        vars(self)[_TOLD] = files, deep_merge
        inner = dict(found)
        if isinstance(self, PyprojectTomlConfigSettingsSource):
            for key in reversed(tuple(self.toml_table_header)):
                inner = {key: inner}
        return inner

    def pick(provided: Any, _depth: int) -> Path:
        made = Picked(provided.resolve() if provided else "pyproject.toml")
        made.named = provided or None
        return made

    replaced: tuple[tuple[type, str, Any], ...] = (
        (ConfigFileSourceMixin, "_read_files", read_files),
        (TomlConfigSettingsSource, "_any_file_exists", classmethod(lambda *_: False)),
        (YamlConfigSettingsSource, "_traverse_nested_section", lambda _, data, *_more: data),
        (PyprojectTomlConfigSettingsSource, "_pick_pyproject_toml_file", staticmethod(pick)),
        (NestedSecretsSettingsSource, "validate_secrets_path", lambda *_: None),
        (NestedSecretsSettingsSource, "load_secrets", staticmethod(lambda *_: {})),
    )
    replaced = tuple(each for each in replaced if traversed or each[1] != "_traverse_nested_section")
    before = [(owner, name, vars(owner)[name]) for owner, name, _ in replaced if name in vars(owner)]
    try:
        for owner, name, function in replaced:
            if name in vars(owner):
                setattr(owner, name, function)
        yield
    finally:
        for owner, name, was in before:
            setattr(owner, name, was)


@functools.cache
def _look_at_sections() -> None:
    """That a source asks for a table or a section by what was replaced: with a file that is there, and has none."""

    class AskedForSections(BaseSettings):
        model_config = SettingsConfigDict(
            toml_table_header=("section",), yaml_config_section="section", pyproject_toml_table_header=("section",)
        )

    sources: tuple[tuple[Any, str], ...] = (
        (TomlConfigSettingsSource, "_any_file_exists"),
        (YamlConfigSettingsSource, "_traverse_nested_section"),
        (PyprojectTomlConfigSettingsSource, "toml_table_header"),
    )
    with _replaced({}):
        for source, name in sources:
            try:
                source(AskedForSections, Path(__file__))
            except (AttributeError, KeyError, TypeError):
                raise release_check.lacking(release_check.SETTINGS, f"{source.__name__}.{name}") from None


class _NoFile:
    """An empty file, which notes the encoding in which it was opened."""

    encoding: str | None = None

    def open(self, encoding: str | None = None) -> io.StringIO:
        self.encoding = encoding
        return io.StringIO("")


@functools.cache
def reading_of_files() -> tuple[str, bool, bool]:
    """What this release does with files: the encoding where none is named; whether an empty JSON file is refused;
    whether an empty section of a YAML file is."""
    file = _NoFile()
    try:
        JsonConfigSettingsSource._read_file(SimpleNamespace(json_file_encoding=None), file)  # type: ignore[arg-type]
        empty_refused = False
    except ValueError:
        empty_refused = True
    with _replaced({"section": None}, traversed=False):
        try:
            YamlConfigSettingsSource(BaseSettings, "file", yaml_config_section="section")
            section_refused = False
        except (AttributeError, TypeError):
            section_refused = True
    return file.encoding or "locale", empty_refused, section_refused


def walks_trees() -> bool:
    """Whether this release reads trees of secret files as boot does: earlier ones follow links out of them."""
    return hasattr(NestedSecretsSettingsSource, "_iter_secret_files")


_TOLD = "confcontract: files, deep_merge"


class ToldFiles(NamedTuple):
    """What a source of configuration files reads: paths as it was given them, or None; whether sections of several are
    put together."""

    paths: Any
    deep_merge: bool


def files_of(source: Any) -> ToldFiles | None:
    """Of a source that was made while `unread_files` lasted; None if it reads none, in a way of its own."""
    told = vars(source).get(_TOLD)
    return None if told is None else ToldFiles(*told)


def takes_arguments(source: Any, found: Mapping[str, Any]) -> bool:
    """Whether a source of files gives all that it finds, as pydantic-settings does: a constructor, or the hook, may
    have taken some of it away. Made while `unread_files(found)` lasted."""
    return bool(source.init_kwargs == InitSettingsSource(source.settings_cls, dict(found)).init_kwargs)
