"""pydantic_core's extension, and nothing around it.

Importing the package `pydantic_core` executes typing-heavy modules (about 25 ms); the compiled
extension inside it needs none of them (about 4 ms). It is entered in `sys.modules` under its
own name, so a later `import pydantic_core` in the same process finds and shares it.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_EXTENSION = "pydantic_core._pydantic_core"


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
    if module is None:  # no extension loader: the ordinary import does it
        import pydantic_core._pydantic_core as ordinary

        return ordinary
    sys.modules[_EXTENSION] = module
    spec.loader.exec_module(module)
    return module


_core = _load()

VERSION: str = _core.__version__
SchemaValidator: Any = _core.SchemaValidator
SchemaError: Any = _core.SchemaError
PydanticCustomError: Any = _core.PydanticCustomError
ValidationError: Any = _core.ValidationError
from_json: Any = _core.from_json
to_jsonable_python: Any = _core.to_jsonable_python
