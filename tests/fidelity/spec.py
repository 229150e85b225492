"""A settings class to try, and environments to try on it; both print themselves as Python source."""

from __future__ import annotations

import linecache
import os
import sys
import textwrap
import types
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from unittest import mock

import pydantic
import pydantic_core

from .shapes import Field

PRELUDE = """\
import re
from collections import OrderedDict, defaultdict, deque
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from dataclasses import field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum
from ipaddress import (IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network)
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar, Generic, List, Literal, NewType, Optional, TypeVar, Union
from uuid import UUID

from pydantic import *
from pydantic import AnyUrl, AwareDatetime, Base64Str, Base64UrlBytes, FutureDatetime, ImportString, IPvAnyAddress
from pydantic import IPvAnyNetwork, NaiveDatetime, PlainValidator, PydanticDeprecatedSince20
from pydantic import computed_field, field_validator, model_validator
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_settings import BaseSettings, ForceDecode, NoDecode, SettingsConfigDict
from typing_extensions import NamedTuple, TypeAliasType, TypedDict

from confcontract.contract.markers import Separated

T = TypeVar("T")


def to_shouting(name):
    return "X_" + name.upper()


def split_commas(value):
    return value.split(",") if isinstance(value, str) else value


def refuse_long(value):
    if len(str(value)) > 12:
        raise ValueError("too long")
    return value
"""

_prelude: dict[str, Any] = {}


def _known() -> dict[str, Any]:
    if not _prelude:
        exec(compile(PRELUDE, "<prelude>", "exec"), _prelude)
    return _prelude


_serial = count(1)


@dataclass(frozen=True)
class Environment:
    """Variables in their order, and files of the working directory."""

    variables: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    def mapping(self) -> dict[str, str]:
        return dict(self.variables)


@dataclass(frozen=True, repr=False)
class SettingsSpec:
    """A settings class: what it declares before, its configuration, its fields."""

    fields: tuple[Field, ...]
    config: tuple[str, ...] = ()
    prefix: str = ""
    delimiter: str = ""
    inherited: int = 0  # how many of the fields a base class declares
    generic: bool = False
    hooks: tuple[tuple[str, str], ...] = ()  # (tag, source) of methods and other members

    def source(self) -> str:
        """The class, without the imports of PRELUDE."""
        declares: dict[str, None] = {}
        for each in self.fields:
            declares.update(dict.fromkeys(each.shape.declares))
        configured = ""
        if self.config:
            configured = f"    model_config = SettingsConfigDict({', '.join(self.config)})\n"
        lines = [each.line() + "\n" for each in self.fields]
        hooks = "".join("\n" + textwrap.indent(text, "    ") for _, text in self.hooks)
        if self.generic:
            lines[0] = f"    {self.fields[0].name}: T\n"
            of = self.fields[0].shape.text
            own = f"class Base(BaseSettings, Generic[T]):\n{configured}{''.join(lines)}\n\nclass Settings(Base[{of}]):\n    pass\n{hooks}"
        elif self.inherited:
            base, rest = lines[: self.inherited], lines[self.inherited :]
            own = f"class Base(BaseSettings):\n{configured}{''.join(base)}\n\nclass Settings(Base):\n{''.join(rest) or '    pass' + chr(10)}{hooks}"
        else:
            own = f"class Settings(BaseSettings):\n{configured}{''.join(lines)}{hooks}"
        return "\n\n".join([*declares, own])

    def tags(self) -> set[str]:
        found = {tag for each in self.fields for tag in each.shape.tags()}
        found |= {each.tag for each in self.fields if each.tag}
        found |= {"config:" + each.split("=")[0] for each in self.config}
        found |= {tag for tag, _ in self.hooks}
        found |= {"default-factory"} if any(each.factory for each in self.fields) else set()
        found |= {"inherited"} if self.inherited else set()
        found |= {"generic-settings"} if self.generic else set()
        return found

    def __repr__(self) -> str:
        return f"\n{self.source()}\n"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # hypothesis prints what it found with this
        printer.text(repr(self))

    def flaws(self) -> set[str]:
        """Why bake may refuse the class."""
        found = {each.default.flaw for each in self.fields if each.default is not None and each.default.flaw}
        return found | _inner_flaws(tuple(self.fields))


def _inner_flaws(fields: tuple[Field, ...]) -> set[str]:
    found: set[str] = set()
    for each in fields:
        if each.default is not None and each.default.flaw:
            found.add(each.default.flaw)
        found |= _inner_flaws(each.shape.members())
        for part in each.shape.parts:
            found |= _inner_flaws(part.members())
    return found


class NoProgram(Exception):
    """pydantic refuses the source, or a default that it makes: a program that never starts, so nothing to compare."""


class Built:
    """A class made from source, in a module of its own and an empty environment; use as a context manager."""

    def __init__(self, source: str, name: str = "", environ: Mapping[str, str] | None = None) -> None:
        self.source = source
        self.environ = dict(environ or {})
        self.module = types.ModuleType(name or f"fidelity_case_{next(_serial)}")

    def __enter__(self) -> type[Any]:
        name = self.module.__name__
        file = f"{name}.py"
        self.module.__dict__.update({key: value for key, value in _known().items() if not key.startswith("__")})
        self.module.__file__ = file
        sys.modules[name] = self.module
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(keepends=True), file)
        try:
            with warnings.catch_warnings(), mock.patch.object(os, "environ", self.environ):
                warnings.simplefilter("ignore")
                exec(compile(self.source, file, "exec"), self.module.__dict__)
            settings: type[Any] = self.module.__dict__["Settings"]
        except (pydantic.ValidationError, pydantic.PydanticUserError, pydantic_core.SchemaError) as error:
            self.__exit__()
            raise NoProgram(str(error)) from None
        except BaseException:
            self.__exit__()
            raise
        return settings

    def __exit__(self, *_: object) -> None:
        sys.modules.pop(self.module.__name__, None)
        linecache.cache.pop(f"{self.module.__name__}.py", None)


def script(source: str, environment: Environment) -> str:
    """A program that shows boot's verdict, and with any argument that of `Settings()`."""
    lines = ["import os", "import pathlib", "import sys", "import tempfile", "", "os.chdir(tempfile.mkdtemp())"]
    for name, content in environment.files:
        lines.append(f"pathlib.Path({name!r}).parent.mkdir(exist_ok=True, parents=True)")
        lines.append(f"pathlib.Path({name!r}).write_text({content!r}, encoding='utf-8')")
    lines += [
        f"environ = {environment.mapping()!r}",
        "os.environ.clear()",
        "os.environ.update(environ if sys.argv[1:] else {})",
        PRELUDE,
        "",
        source,
        "",
        "if sys.argv[1:]:",
        "    print(repr(Settings()))",
        "else:",
        "    from confcontract import bake, resolve",
        "",
        "    result = resolve(bake(Settings, name='case', version='1'), environ=environ)",
        "    print(result.ok, result.values, result.problems, result.deferred)",
    ]
    return "\n".join(lines) + "\n"
