"""Settings classes out of source text, as modules of their own, so that bake finds their lines."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

PRELUDE = """\
import functools, os, re
from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union
from uuid import UUID
from pydantic import *
from pydantic import Secret as Wrapped
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from typing_extensions import TypedDict
from confcontract import Deprecated, Example, File, Http, Secret, Separated, Tcp, Unit, Vault, declare
"""

_serial = count(1)


@contextmanager
def module(source: str, folder: Path) -> Iterator[ModuleType]:
    name = f"made_settings_{next(_serial)}"
    (folder / f"{name}.py").write_text(PRELUDE + source, encoding="utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop(name, None)


def line_of(source: str, text: str) -> int:
    """The line of the module in which `text` stands."""
    lines = (PRELUDE + source).splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def the_settings(made: ModuleType) -> Any:
    return getattr(made, "DECLARED", None) or made.Settings
