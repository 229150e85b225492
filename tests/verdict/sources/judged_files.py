"""A file, and what is found of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from confcontract import Contract, resolve
from confcontract.report.problem import Problem
from confcontract.verdict.resolution import Resolution

CANARY = "canary-4e1f"


def given(contract: Contract, folder: Path, text: str | bytes, name: str = "shop.toml", **more: Any) -> Resolution:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return resolve(contract, environ=more.pop("environ", {}), conf_files=[path], **more)


def source(result: Resolution, variable: str) -> str:
    return str(result.sources[variable])


def problem(result: Resolution, code: str) -> Problem:
    (found,) = [each for each in result.problems if each.code == code]
    return found
