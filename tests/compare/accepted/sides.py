"""Pairs of annotations as pairs of sides."""

from __future__ import annotations

from typing import Any

from pydantic import create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract.author.bake import bake
from confcontract.compare.accepted import Difference, IndexedPlan, Side, differences


def side(annotation: Any, *, default: Any = ..., **config: Any) -> Side:
    """The one variable of a settings class with this annotation."""
    base = type("Base", (BaseSettings,), {"model_config": SettingsConfigDict(**config)})  # type: ignore[typeddict-item]
    cls: type[BaseSettings] = create_model("Settings", __base__=base, value=(annotation, default))
    contract = bake(cls, name="shop", version="1")
    return Side(IndexedPlan(contract), contract.variables[0])


def compared(old: Any, new: Any, *, default: Any = ...) -> tuple[Difference, ...]:
    return differences(side(old, default=default), side(new, default=default))


def found(old: Any, new: Any) -> list[tuple[str, str]]:
    """Aspect and relation of each difference."""
    return [(each.aspect.name, each.relation.name) for each in compared(old, new)]
