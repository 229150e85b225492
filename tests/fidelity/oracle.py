"""What `Settings()` itself does with an environment: its verdict and its values as JSON data."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path, PurePath
from typing import Any
from unittest import mock

import pydantic
from pydantic_core import to_jsonable_python

from .spec import Built, Environment


class Bag(list[Any]):
    """A set: its order means nothing."""


@dataclasses.dataclass(frozen=True, eq=False)
class Opaque:
    """Something that is not data."""

    thing: Any


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The class's own answer; `reason` says why it does not start."""

    accepted: bool
    values: Any = None
    reason: str = ""


@functools.cache
def _nowhere() -> str:
    """A directory that is and stays empty: there are tens of thousands of environments without a file."""
    made = tempfile.mkdtemp(prefix="fidelity-")
    atexit.register(os.rmdir, made)
    return made


@contextlib.contextmanager
def surroundings(environment: Environment, *, variables: bool) -> Iterator[None]:
    """A working directory with the environment's files; `os.environ` is its variables, or nothing."""
    before = os.getcwd()
    own = tempfile.TemporaryDirectory(prefix="fidelity-") if environment.files else contextlib.nullcontext(_nowhere())
    with own as place:
        for name, content in environment.files:
            file = Path(place, name)
            file.parent.mkdir(exist_ok=True, parents=True)
            file.write_text(content, encoding="utf-8", errors="surrogateescape", newline="")
        os.chdir(place)
        try:
            with mock.patch.object(os, "environ", environment.mapping() if variables else {}):
                yield
        finally:
            os.chdir(before)
            assert environment.files or not os.listdir(place)


def settings_verdict(settings: type[Any], environment: Environment) -> Verdict:
    """Start the class as an application would."""
    with surroundings(environment, variables=True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = settings()
        except pydantic.ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors(include_url=False))
            inside = "" if error.title == settings.__name__ else f"ValidationError in {error.title}: "
            return Verdict(False, reason=inside + told)
        except Exception as error:  # whatever it is, the application does not start
            cause = f" <- {type(error.__cause__).__name__}: {error.__cause__}" if error.__cause__ else ""
            return Verdict(False, reason=f"{type(error).__name__}: {error}{cause}")
        try:
            return Verdict(True, project(made))
        except RecursionError:  # a value that contains itself, as YAML can have it, is not data
            return Verdict(True, Opaque(made))


def program_verdict(settings: type[Any], source: str, environment: Environment) -> Verdict:
    """Start the program as a user does: its module is imported in that environment too.

    It matters only where the source makes a settings object while it declares the class; elsewhere
    the class that is already there does.
    """
    if source.count("(BaseSettings") < 2:
        return settings_verdict(settings, environment)
    with surroundings(environment, variables=True):
        built = Built(source, environ=environment.mapping())
        try:
            again = built.__enter__()
        except Exception as error:  # it fails on import, so it does not start
            return Verdict(False, reason=f"{type(error).__name__}: {error}")
    try:
        return settings_verdict(again, environment)
    finally:
        built.__exit__()


def project(value: Any) -> Any:
    """The JSON data of a validated value: field names, secrets revealed, enums by value."""
    if isinstance(value, Enum):
        return project(value.value)
    if value is None or isinstance(value, bool | str):
        return value if value is None or isinstance(value, bool) else str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, pydantic.SecretStr | pydantic.SecretBytes | pydantic.Secret):
        return project(value.get_secret_value())
    if isinstance(value, pydantic.RootModel):
        return project(value.root)
    if isinstance(value, pydantic.BaseModel):
        fields = {name: project(getattr(value, name)) for name in type(value).model_fields}
        return {key: project(extra) for key, extra in (value.model_extra or {}).items()} | fields
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: project(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): project(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return Bag(project(inner) for inner in value)
    if isinstance(value, bytes | bytearray):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return Opaque(value)
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "__iter__"):
        if type(value).__name__.endswith(("Url", "Dsn")) or "ipaddress" in type(value).__module__:
            return str(value)
        return [project(inner) for inner in value]
    if type(value).__name__.endswith(("Url", "Dsn")) or "ipaddress" in type(value).__module__:
        return str(value)
    try:
        return to_jsonable_python(value)
    except (TypeError, ValueError):  # a module, a function: nothing that JSON has, so equal to nothing
        return Opaque(value)


def _key(key: Any) -> str:
    if isinstance(key, Enum):
        return _key(key.value)
    if isinstance(key, pydantic.SecretStr | pydantic.SecretBytes):
        return str(project(key))
    if isinstance(key, PurePath) or type(key).__name__.endswith(("Url", "Dsn")) or "ipaddress" in type(key).__module__:
        return str(key)
    try:
        return str(next(iter(to_jsonable_python({key: None}))))
    except (TypeError, ValueError):
        return repr(key)


def same(theirs: Any, ours: Any) -> bool:
    """Equal as JSON data; true is not 1 and 1 is not 1.0; a set in any order; NaN is NaN."""
    if isinstance(theirs, Bag):
        if not isinstance(ours, list) or len(ours) != len(theirs):
            return False
        rest = list(ours)
        for each in theirs:
            found = next((index for index, other in enumerate(rest) if same(each, other)), None)
            if found is None:
                return False
            del rest[found]
        return True
    if isinstance(theirs, list):
        return isinstance(ours, list) and len(theirs) == len(ours) and all(map(same, theirs, ours))
    if isinstance(theirs, dict):
        return (
            isinstance(ours, dict)
            and theirs.keys() == ours.keys()
            and all(same(value, ours[key]) for key, value in theirs.items())
        )
    if type(theirs) is not type(ours):
        return False
    return bool(theirs == ours or (theirs != theirs and ours != ours))
