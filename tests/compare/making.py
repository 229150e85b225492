"""Contracts for these tests, baked once for each class."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from confcontract import Contract, bake, declare
from confcontract.compare.diff import diff
from confcontract.compare.finding import Finding
from confcontract.findings.direction import Direction
from confcontract.findings.severity import REVIEW


@cache
def fixture(rule: str, which: str) -> Contract:
    """The contract of tests/compare/rules/RULE/WHICH.py. `edited` there changes what was baked."""
    module = importlib.import_module(f"tests.compare.rules.{rule}.{which}")
    contract = baked(getattr(module, "declared", None) or module.Settings)
    if hasattr(module, "edited"):
        return Contract(module.edited(contract.data))
    return contract


def where(rule: str) -> str | None:
    """The variable that the fixture says is told of; "" for the whole contract, None where the two sides differ."""
    return getattr(importlib.import_module(f"tests.compare.rules.{rule}.new"), "WHERE", None)


def baked(settings: Any, version: str = "1.0") -> Contract:
    declared = settings if not isinstance(settings, type) else declare(settings)
    return bake(declared, name=declared.name or "shop", version=version)


def blocking(old: Contract, new: Contract, direction: Direction) -> list[Finding]:
    """The findings of a direction that somebody has to look at, if not to mend."""
    found = diff(old, new, "full", verified=True).of(direction)
    return [each for each in found if each.severity.reaches(REVIEW)]
