"""While bake imports the application, a settings object that can't be made is filled with its defaults.

`settings = Settings()` at the end of a module is common, and fails on a machine that has none of the values. bake needs
only the class, so the import continues with an instance that has the defaults, the arguments, and nothing for required
fields. Code that needs those on import still fails, and the message says why.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource

from confcontract.author.introspection import line_of
from confcontract.author.pydantic_private.class_parts import fill
from confcontract.author.pydantic_private.variable_sources import env_names, naming_of
from confcontract.report.problem import WARNING, Problem

_NOT_THE_APPLICATIONS = ("pydantic", "pydantic_core", "pydantic_settings", "confcontract", "functools", "contextlib")
_NAMED = 3  # a remedy names at most this many variables


@dataclass(frozen=True)
class StandIn:
    """A settings object that could not be made. place: file and line of the application that asked for it."""

    made: BaseSettings
    place: str

    @property
    def words(self) -> str:
        return f"{type(self.made).__qualname__}() at {self.place}"


@contextlib.contextmanager
def lenient_settings() -> Iterator[list[StandIn]]:
    """Inside it, `Settings()` never fails; the list collects the objects that would have failed."""
    original: Any = BaseSettings.__init__
    found: list[StandIn] = []

    @functools.wraps(original)
    def made(self: BaseSettings, /, *arguments: Any, **given: Any) -> None:
        try:
            original(self, *arguments, **given)
        except (Exception, SystemExit):  # also for its sources, its validators and its command line
            _fill(self, given)
            found.append(StandIn(self, _place()))

    cls: Any = BaseSettings
    cls.__init__ = made
    try:
        yield found
    finally:
        if cls.__init__ is made:  # not a replacement that other code put there meanwhile
            cls.__init__ = original


def warnings_of(found: Sequence[StandIn]) -> list[Problem]:
    """Warnings about an import that continued with defaults; one for each place, even if it ran several times."""
    return [
        Problem(
            "bake-doubtful",
            f"{words} can't be created here, because nothing is set; the import continued with its defaults",
            source=module,
            hint="create it where it is first needed, for example in a function with functools.cache",
            severity=WARNING,
        )
        for words, module in dict.fromkeys((each.words, type(each.made).__module__) for each in found)
    ]


def cause_of(error: BaseException, found: Sequence[StandIn], module: str) -> tuple[str, str] | None:
    """Why the import of a module failed, and what to do, if a stand-in may have caused it. Contains no value."""
    if not found:
        return None
    owner = getattr(error, "obj", None) if isinstance(error, AttributeError) else None
    blamed = [each for each in found if each.made is owner] or list(found)
    missing = error.name if isinstance(error, AttributeError) and owner is blamed[0].made else None
    needed = [pair for each in blamed for pair in _needed(type(each.made))]
    names = list(dict.fromkeys(name for _, name in sorted(needed, key=lambda pair: pair[0] != missing)))
    told = "; ".join(dict.fromkeys(each.words for each in blamed))
    lacks = f", and has no {missing}" if missing is not None else ""
    what = f"{told} could not be created, because nothing is set here{lacks}"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    example = f": {' '.join(f'{name}=…' for name in names[:_NAMED])}{more}" if names else ""
    remedy = f"create it in a function, where it is first needed; or bake with the values that it needs{example}"
    elsewhere = _importable(type(blamed[0].made), module)
    return what, f"bake {elsewhere}, whose module can be imported; or {remedy}" if elsewhere else remedy


def _fill(settings: BaseSettings, given: dict[str, Any]) -> None:
    """Set the fields of an instance without validation."""
    cls = type(settings)
    values: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        names = [each for each in (name, field.alias, field.validation_alias) if isinstance(each, str)]
        present = next((each for each in names if each in given), None)
        if present is not None:
            values[name] = given[present]
        elif not field.is_required():
            with contextlib.suppress(Exception):  # a factory that needs something missing here
                values[name] = field.get_default(call_default_factory=True, validated_data=values)
    fill(settings, values, set(given) & set(values))


def _importable(cls: type[BaseSettings], failed: str) -> str:
    """MODULE:CLASS, if the module that defines it was imported successfully, and another one failed."""
    parts = cls.__module__.split(".")
    packages = [".".join(parts[: number + 1]) for number in range(len(parts))]
    if cls.__module__ == failed or "<" in cls.__qualname__ or not all(each in sys.modules for each in packages):
        return ""  # Python removes modules whose import failed
    return f"{cls.__module__}:{cls.__qualname__}"


def _needed(cls: type[BaseSettings]) -> list[tuple[str, str]]:
    """The fields without which the class can't be made, each with its variable."""
    source = EnvSettingsSource(cls)
    required = [(name, field) for name, field in cls.model_fields.items() if field.is_required()]
    found = [(name, env_names(source, name, field)[0][1]) for name, field in required]
    return found if naming_of(source).case_matters else [(name, variable.upper()) for name, variable in found]


def _place() -> str:
    """File and line of the application that asked for the object."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        module = str(frame.f_globals.get("__name__", ""))
        generated = frame.f_code.co_filename.startswith("<")  # code that dataclasses generate, which has no file
        if module.partition(".")[0] not in _NOT_THE_APPLICATIONS and not generated:
            return line_of(module, frame.f_code, frame.f_lineno)
        frame = frame.f_back
    return "an unknown place"
