"""The sources of a settings class, best first: which of them boot runs itself, and which only the application can run.

A subclass of one of pydantic-settings' sources that does not change how it reads is run as that source, with the
prefix, the delimiter and the files of its instance. The hook that assembles the sources is the application's, and is
called here as `Settings()` calls it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    JsonConfigSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SecretsSettingsSource,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract.author.applicationcode import (
    Standard,
    asks_for_files,
    ordered_sources,
    surrounded,
    whatever_file_is_there,
    whatever_is_asked,
)
from confcontract.author.config_files import JSON, PYPROJECT, SECRET_TREE, TOML, YAML, as_plan, dotenv_plan, paths_of
from confcontract.author.pydantic_private.file_sources import takes_arguments, unread_files
from confcontract.author.pydantic_private.variable_sources import (
    env_files_like_environment,
    env_names,
    has_arguments,
    left_out,
    naming_of,
    option_of,
    reading_of,
    settings_class_of,
)
from confcontract.report.errors import BakeRefused

INIT, ENVIRONMENT, DOTENV, SECRETS, FOREIGN = "init", "environment", "dotenv", "secrets", "foreign"

_BUILT_IN: dict[type, str] = {
    InitSettingsSource: INIT,
    EnvSettingsSource: ENVIRONMENT,
    DotEnvSettingsSource: DOTENV,
    SecretsSettingsSource: SECRETS,
    TomlConfigSettingsSource: TOML,
    YamlConfigSettingsSource: YAML,
    JsonConfigSettingsSource: JSON,
    PyprojectTomlConfigSettingsSource: PYPROJECT,
    NestedSecretsSettingsSource: SECRET_TREE,
}
_NOTHING = ""  # a source without files, of a kind that the order already has
_OF_FILES = (TOML, YAML, JSON, PYPROJECT, SECRET_TREE)
# Members that a subclass may define without changing how it reads.
_HARMLESS = frozenset(
    ("__init__", "__repr__", "__str__", "__doc__", "__module__", "__qualname__", "__annotations__", "__slots__")
    + ("__abstractmethods__", "_abc_impl", "__dict__", "__weakref__", "__orig_bases__", "__parameters__", "__hash__")
    + ("__static_attributes__", "__firstlineno__", "__annotate_func__", "__annotate__", "__type_params__")
)
_FILES = {DOTENV: ("env_file", "env_file_encoding", "env_file_depth", "dotenv_filtering"), SECRETS: ("secrets_dir",)}


@dataclass
class More:
    """A source in addition to the first environment, the first env file and the first secrets directory.

    plan: its form in the contract. reader: a source of variables with other names than those of the environment.
    """

    plan: dict[str, Any]
    reader: EnvSettingsSource | None = None


@dataclass
class Sources:
    """order: the kind of each source, best first; a number is an index into `more`. names: the environment's source, or
    the one that replaces it, with which names are worked out. files: those of the class's own env files and secrets
    directories, the first of each. foreign: the types of sources that only the application can run. hidden: names that
    the sources of variables leave out, in the form used for lookup. types: of all sources of the class.
    """

    names: EnvSettingsSource
    order: list[str | int] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    more: list[More] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    hidden: frozenset[str] = frozenset()
    types: list[type] = field(default_factory=list)


def sources_of(cls: type[BaseSettings]) -> Sources:
    """The sources of a class. Raises BakeRefused if its hook fails."""
    with unread_files({}):
        standard = _standard(cls)
        given = ordered_sources(cls, standard)
    kinds = [_kind(source, cls) for source in given]
    hidden: frozenset[str] = frozenset()
    if any(_has_constructor(source, kind) for source, kind in zip(given, kinds, strict=True)):
        kinds, hidden = _on_trial(cls, given, kinds)
    if any(kind in _OF_FILES for kind in kinds):
        kinds = _on_another_machine(cls, given, kinds)
    if asks_for_files(cls.settings_customise_sources):
        given, kinds = _where_files_are(cls, standard, given, kinds)
    first: dict[str | None, Any] = {kind: source for source, kind in reversed(list(zip(given, kinds, strict=True)))}
    names: Any = first.get(ENVIRONMENT) or first.get(DOTENV) or standard[1]
    found = Sources(names, hidden=hidden, types=[*map(type, given)])
    for source, kind in zip(given, kinds, strict=True):
        place = None if kind is None else _place(source, kind, found, standard)
        if place is None:
            found.foreign.append(type(source).__name__)
        if place != _NOTHING:
            found.order.append(FOREIGN if place is None else place)
    if cls.model_config.get("cli_parse_args"):
        found.foreign.append("CliSettingsSource")
        found.order.insert(0, FOREIGN)
    return found


def _standard(cls: type[BaseSettings]) -> Standard:
    return (
        InitSettingsSource(cls, {}),
        EnvSettingsSource(cls),
        DotEnvSettingsSource(cls, env_file=None),  # nothing is read on the machine that bakes
        SecretsSettingsSource(cls, secrets_dir=None),
    )


def _place(source: Any, kind: str, found: Sources, standard: Standard) -> str | int | None:
    """The entry of a source in the order; None if boot can't read it."""
    if kind == INIT:
        return kind
    if kind in _OF_FILES:
        plan = as_plan(source, kind)
        if plan is None:
            return None
        sensitive = bool(settings_class_of(source).model_config.get("case_sensitive"))
        if kind != SECRET_TREE and sensitive != bool(naming_of(found.names).case_matters):
            plan["caseSensitive"] = sensitive
        found.more.append(More(plan, source if kind == SECRET_TREE else None))
        return len(found.more) - 1
    files = _files(source, kind, standard)
    if kind == SECRETS and files is not None and found.hidden:
        return None  # a secrets directory would not hide these names
    same_names = naming_of(source) == naming_of(found.names)
    if kind != SECRETS:
        same_names = same_names and reading_of(source) == reading_of(found.names)
    if files is None and kind in _FILES:
        return kind if kind not in found.order else _NOTHING
    if files is None and same_names:
        return kind
    if files is None:
        if not _splits_alike(source, found.names):
            return None
        found.more.append(More({"kind": kind, "files": []}, source))
        return len(found.more) - 1
    if same_names and kind not in found.order:
        found.files[kind] = files
        return kind
    plan = dotenv_plan(files) if kind == DOTENV else {"files": paths_of(files["secrets_dir"])}
    found.more.append(More({"kind": kind, **plan}, None if same_names else _as_variables(source)))
    return len(found.more) - 1


def _as_variables(source: Any) -> EnvSettingsSource:
    """A source of variables with the names of a source of secrets."""
    if isinstance(source, EnvSettingsSource):
        return source
    case_matters, prefix, target = naming_of(source)
    cls: Any = settings_class_of(source)
    return EnvSettingsSource(cls, case_sensitive=case_matters, env_prefix=prefix, env_prefix_target=target)  # type: ignore[arg-type]


def _splits_alike(source: Any, names: EnvSettingsSource) -> bool:
    """Whether the names of two sources of variables can be distinguished and split in one way."""
    one, other = reading_of(source), reading_of(names)
    alike = (one.delimiter, one.max_split) == (other.delimiter, other.max_split)
    return alike and naming_of(source).case_matters == naming_of(names).case_matters


def _files(source: Any, kind: str, standard: Standard) -> dict[str, Any] | None:
    """The env files or secrets directories of a source; None if it has none."""
    if kind not in _FILES:
        return None
    own = source if source not in standard else None
    config = settings_class_of(source).model_config
    files = {name: option_of(own, name) if own is not None else config.get(name) for name in _FILES[kind]}
    return None if files[_FILES[kind][0]] is None else files


def _kind(source: Any, cls: type[BaseSettings]) -> str | None:
    """The kind of a source, or None if only the application can run it."""
    base = next((known for known in type(source).__mro__ if known in _BUILT_IN), None)
    if base is None or settings_class_of(source) is not cls or _changes_reading(source, base):
        return None
    kind = _BUILT_IN[base]
    if kind == INIT and has_arguments(source):
        return None  # values of the application
    if kind in (ENVIRONMENT, DOTENV) and left_out(source, base) is None:
        return None
    return kind


def _changes_reading(source: Any, base: type) -> bool:
    mine = type(source).__mro__[: type(source).__mro__.index(base)]
    own = {name for owner in mine for name in vars(owner)} - _HARMLESS
    shadows = {name for name in vars(source) if callable(getattr(type(source), name, None))}
    return bool(shadows) or any(hasattr(base, name) for name in own)


def _on_another_machine(
    cls: type[BaseSettings], given: list[PydanticBaseSettingsSource], kinds: list[str | None]
) -> list[str | None]:
    """The kinds in an environment that has every requested name, and with a value for every field in every file.

    A source of files that differs there is the application's own: a variable names its path, or its constructor leaves
    some values out.
    """
    found = dict.fromkeys(cls.model_fields, "x")
    try:
        with whatever_is_asked(), unread_files(found):
            again = ordered_sources(cls, _standard(cls))
    except BakeRefused:
        again = []
    if len(again) != len(given):
        return [None if kind in _OF_FILES else kind for kind in kinds]
    return [
        kind if kind not in _OF_FILES or (_kind(other, cls) == kind and _is_same(one, other, kind, found)) else None
        for one, other, kind in zip(given, again, kinds, strict=True)
    ]


def _where_files_are(
    cls: type[BaseSettings],
    standard: Standard,
    given: list[PydanticBaseSettingsSource],
    kinds: list[str | None],
) -> tuple[list[PydanticBaseSettingsSource], list[str | None]]:
    """The sources and kinds if the hook finds every file that it asks for. A source that exists only then is the
    application's own.
    """
    try:
        with unread_files({}), whatever_file_is_there():
            again = ordered_sources(cls, standard)
    except BakeRefused:
        return given, [None if kind in (DOTENV, *_OF_FILES) else kind for kind in kinds]
    if [type(each).__qualname__ for each in again] == [type(each).__qualname__ for each in given]:
        pairs = zip(given, again, kinds, strict=True)
        return given, [kind if _told(one, kind) == _told(other, kind) else None for one, other, kind in pairs]
    return again, [_kind(each, cls) if each in standard else None for each in again]


def _told(source: Any, kind: str | None) -> Any:
    """The files that a source was configured to read."""
    if kind in _OF_FILES:
        return as_plan(source, str(kind))
    return option_of(source, _FILES[kind][0]) if kind in _FILES else None


def _is_same(one: Any, other: Any, kind: str, found: Mapping[str, Any]) -> bool:
    """found: the content that the other source found in its files."""
    if type(one).__qualname__ != type(other).__qualname__ or as_plan(one, kind) != as_plan(other, kind):
        return False
    return kind == SECRET_TREE or takes_arguments(other, found)


def _has_constructor(source: Any, kind: str | None) -> bool:
    return kind in (ENVIRONMENT, DOTENV) and any("__init__" in vars(owner) for owner in _own_classes(source))


def _own_classes(source: Any) -> list[type]:
    mro = type(source).__mro__
    return list(mro[: next(number for number, owner in enumerate(mro) if owner in _BUILT_IN)])


def _on_trial(
    cls: type[BaseSettings], sources: list[PydanticBaseSettingsSource], kinds: list[str | None]
) -> tuple[list[str | None], frozenset[str]]:
    """The kinds in an environment that has something to leave out; the machine that bakes has nothing.

    Also returns the names that all sources of variables leave out. If these differ between sources, or include more
    than names of fields, the sources that leave names out are the application's own.
    """
    readers = [each for each in sources if isinstance(each, EnvSettingsSource)]
    fields = cls.model_fields.items()
    infos = [(each, found) for each in readers for name, field in fields for found in _names(each, name, field)]
    own = {name for _, name in infos}
    parts = [f"{name}{reading_of(each).delimiter or '__'}a_part" for each, name in infos]
    names = [name.upper() for name in ("a_name_of_no_field", *own, *parts)]
    try:
        with surrounded({**os.environ, **dict.fromkeys(names, "x")}), env_files_like_environment():
            given = ordered_sources(cls, _standard(cls))
            again = [_kind(each, cls) for each in given]
            left = [_left_out(each, kind) for each, kind in zip(given, again, strict=True)]
    except BakeRefused:
        again, left = [], []
    if len(again) != len(kinds):
        return [None if kind in (ENVIRONMENT, DOTENV) else kind for kind in kinds], frozenset()
    both = [kind if kind == other else None for kind, other in zip(kinds, again, strict=True)]
    of_variables = {each for each, kind in zip(left, both, strict=True) if kind in (ENVIRONMENT, DOTENV)}
    hidden = of_variables.pop() if len(of_variables) == 1 else frozenset()
    forbids = cls.model_config.get("extra") == "forbid"  # extra names in a file, not the names that were left out
    seen = {field for each in readers for field, info in fields if _names(each, field, info) - hidden}
    if not hidden <= own or (hidden and (forbids or len(seen) < len(cls.model_fields))):
        hidden = frozenset()
    return [kind if each == hidden or not each else None for kind, each in zip(both, left, strict=True)], hidden


def _names(source: EnvSettingsSource, name: str, field: FieldInfo) -> set[str]:
    return {env_name for _, env_name, _ in env_names(source, name, field)}


def _left_out(source: Any, kind: str | None) -> frozenset[str]:
    if kind not in (ENVIRONMENT, DOTENV):
        return frozenset()
    return left_out(source, next(known for known in type(source).__mro__ if known in _BUILT_IN)) or frozenset()
