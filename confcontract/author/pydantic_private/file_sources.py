"""The sources of configuration files, without opening a file."""

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
    """Stands in for the pyproject.toml that a source would have searched. named: the path that it was given, if any."""

    named: Path | None = None


@contextmanager
def unread_files(found: Mapping[str, Any]) -> Iterator[None]:
    """Inside it, sources of configuration files find the same content in any file, and nothing is opened.

    The source keeps its configuration for `files_of`. found: that content, also under a header or a section.

    Raises BakeRefused if a release opens files in another way.
    """
    _look_at_sections()
    with _replaced(found):
        yield


@contextmanager
def _replaced(found: Mapping[str, Any], *, traversed: bool = True) -> Iterator[None]:
    """traversed: the section may be missing."""

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
    """Check that a source looks a table or a section up through the replaced functions: with a file that exists, and
    has none.
    """

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
    """An empty file, which notes the encoding with which it was opened."""

    encoding: str | None = None

    def open(self, encoding: str | None = None) -> io.StringIO:
        self.encoding = encoding
        return io.StringIO("")


@functools.cache
def reading_of_files() -> tuple[str, bool, bool]:
    """How this release treats files: the encoding if none is named; whether it refuses an empty JSON file; whether it
    refuses an empty section of a YAML file.
    """
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
    """What a source of configuration files reads: the paths as given, or None; whether it merges sections of several
    files.
    """

    paths: Any
    deep_merge: bool


def files_of(source: Any) -> ToldFiles | None:
    """The files of a source that was made inside `unread_files`; None if it reads none, in a way of its own."""
    told = vars(source).get(_TOLD)
    return None if told is None else ToldFiles(*told)


def takes_arguments(source: Any, found: Mapping[str, Any]) -> bool:
    """Whether a source of files returns everything that it finds, as pydantic-settings does: a constructor, or the
    hook, may have removed some. Made inside `unread_files(found)`.
    """
    return bool(source.init_kwargs == InitSettingsSource(source.settings_cls, dict(found)).init_kwargs)
