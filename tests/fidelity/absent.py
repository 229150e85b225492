"""Packages that are not installed, while another one is imported that wants them: modules that have every name."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any, get_args

from pydantic_core import core_schema
from pydantic_settings import BaseSettings

_KEPT = ("pydantic", "pydantic_core", "pydantic_settings", "typing_extensions", "confcontract", "tests")


class _Stranger:
    """What takes part in whatever is done with it on import: as a class, a parent, a decorator, a number, a type."""

    def __init__(self, name: str = "") -> None:
        self.__name__ = self.__qualname__ = name

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return ()

    def __call__(self, *given: Any, **named: Any) -> Any:
        decorates = len(given) == 1 and not named and callable(given[0]) and not isinstance(given[0], _Stranger)
        return given[0] if decorates else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __instancecheck__(self, instance: Any) -> bool:
        return False

    def __subclasscheck__(self, cls: Any) -> bool:
        return False

    def __or__(self, other: Any) -> Any:
        return Any

    __ror__ = __or__

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __getitem__(self, key: Any) -> Any:
        return self

    def __add__(self, other: Any) -> Any:
        return other if isinstance(other, (str, int, float)) else self

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __add__

    def __lt__(self, other: Any) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *raised: object) -> None:
        pass

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.any_schema()


class _Module(ModuleType):
    __path__ = ()  # type: ignore[assignment]  # it has modules of its own
    __version__ = "1.0.0"
    __file__ = "absent.py"
    __all__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__impl__":
            raise AttributeError(name)
        made = _Stranger(name)
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, kept: frozenset[str]) -> None:
        self._kept = kept

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname.partition(".")[0] in self._kept:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def stand_in(kept: Iterable[str]) -> None:
    """From here on, to import what is not there gives a module. kept: the packages of which nothing is stood in for."""
    sys.meta_path.append(_Finder(sys.stdlib_module_names | {*kept, *_KEPT}))


def stands_in(cls: type[BaseSettings]) -> bool:
    """Whether a field has a type that is not there."""
    return any(_is_absent(field.annotation) for field in cls.model_fields.values())


def _is_absent(annotation: Any) -> bool:
    return isinstance(annotation, _Stranger) or any(map(_is_absent, get_args(annotation)))
