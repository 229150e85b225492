"""pydantic_core's extension, without the package around it.

Importing the package `pydantic_core` executes typing-heavy modules that its compiled extension does not need: a boot
takes 24 ms of CPU time without them, 54 ms with them. The extension is entered in `sys.modules` under its own name, so
a later `import pydantic_core` in the same process finds and shares it.

The extension in turn imports modules of the standard library only to look at one class in them. `Lent` replaces these
modules while the extension needs them, and so avoids the imports.
"""

from __future__ import annotations

import sys
from _frozen_importlib_external import PathFinder  # importlib.machinery's, without its imports (0.7 ms)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_EXTENSION = "pydantic_core._pydantic_core"


class Lent:
    """While this context is active, `import name` gives a stand-in. It does nothing if the real module is already
    imported.

    A stand-in must work for any code that imports it meanwhile, on any thread: it has or finds every member of the real
    module, and its classes are the real ones.
    """

    def __init__(self, name: str, stand_in: object) -> None:
        self._name = name
        self._stand_in: Any = stand_in

    def __enter__(self) -> None:
        sys.modules.setdefault(self._name, self._stand_in)

    def __exit__(self, *_: object) -> None:
        if sys.modules.get(self._name) is self._stand_in:
            del sys.modules[self._name]


class _LazyRe:
    """`re` with its `Pattern` and a `compile` that calls the real one. Any other attribute comes from the real module.

    pydantic_core looks these two up for each string schema with a pattern: it calls `compile` only for
    `regex_engine="python-re"`, and uses `Pattern` to see whether a pattern is compiled already. Importing `re` and its
    dependencies costs 4.5 ms of a boot's 24, a fifth of its instructions.
    """

    def compile(self, *arguments: Any) -> Any:
        return _real_re().compile(*arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # the import system reads these
        if name == "Pattern":
            import _sre  # type: ignore[import-not-found]

            return type(_sre.compile("", 0, [1], 0, {}, ()))  # the program of one instruction: success
        return getattr(_real_re(), name)


def _real_re() -> Any:
    if isinstance(sys.modules.get("re"), _LazyRe):
        del sys.modules["re"]
    import re

    return re


def without_re() -> Lent:
    """Active while validators are built, where every millisecond counts."""
    return Lent("re", _LazyRe())


class _Types:
    """`types` with the one class that pydantic_core asks for. Any other attribute comes from the real module."""

    SimpleNamespace = type(sys.implementation)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # the import system reads these
        if isinstance(sys.modules.get("types"), _Types):
            del sys.modules["types"]
        import types

        return getattr(types, name)


def _load() -> ModuleType:
    found = sys.modules.get(_EXTENSION)
    if found is not None:
        return found
    package = PathFinder.find_spec("pydantic_core")
    locations = package.submodule_search_locations if package is not None else None
    spec = PathFinder.find_spec(_EXTENSION, locations) if locations else None
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("pydantic_core is not installed", name="pydantic_core")
    module = spec.loader.create_module(spec)
    if module is None:  # there is no extension loader: use the ordinary import
        import pydantic_core._pydantic_core as ordinary

        return ordinary
    sys.modules[_EXTENSION] = module
    with Lent("types", _Types()):
        if sys.version_info >= (3, 12):
            spec.loader.exec_module(module)
        else:  # 3.11's datetime.py runs its Python versions (2.1 ms of a boot's 24), then takes all from _datetime
            import _datetime  # type: ignore[import-not-found]

            with Lent("datetime", _datetime):
                spec.loader.exec_module(module)
    return module


_core = _load()

try:
    VERSION: str = _core.__version__
    SchemaValidator: Any = _core.SchemaValidator
    SchemaError: Any = _core.SchemaError
    PydanticCustomError: Any = _core.PydanticCustomError
    ValidationError: Any = _core.ValidationError
    from_json: Any = _core.from_json
    to_json: Any = _core.to_json
    to_jsonable_python: Any = _core.to_jsonable_python
except AttributeError as error:  # an old release
    raise ImportError(f"pydantic_core has no {error.name}", name="pydantic_core") from None


class Panicked(Exception):
    """pydantic_core's own code failed. In Rust that is a panic; in Python it is a BaseException, which nothing else
    catches."""


class Validator:
    """A `SchemaValidator` whose failures are exceptions. Raises SchemaError, Panicked, or whatever the schema's code
    raises."""

    __slots__ = ("_core",)

    def __init__(self, schema: Any) -> None:
        try:
            self._core = _core.SchemaValidator(schema)
        except BaseException as error:
            raise _as_exception(error) from None

    def validate_python(self, value: Any) -> Any:
        """Raises ValidationError and Panicked."""
        try:
            return self._core.validate_python(value)
        except Exception:
            raise
        except BaseException as error:
            raise _as_exception(error) from None


def _as_exception(error: BaseException) -> BaseException:
    return Panicked("pydantic_core panicked") if type(error).__name__ == "PanicException" else error
