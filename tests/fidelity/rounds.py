"""Where else a field stands whose class contains itself: a deferral names it by the first of its places."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

Path = tuple[str | int, ...]


def in_each_round(settings: type[Any], path: Path, depth: int) -> list[Path]:
    """The path itself, and the paths of at most `depth` names to the same field in further rounds of its classes."""
    found = [path]
    for each in found:
        for longer in _one_round_more(settings, each):
            if len(longer) <= depth and longer not in found:
                found.append(longer)
    return found


def depth_of(value: Any) -> int:
    """How many names lead to the innermost value."""
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, (list, tuple, set, frozenset)):
        return max(map(depth_of, value), default=0)
    return 0


def _one_round_more(settings: type[Any], path: Path) -> Iterator[Path]:
    models = [settings]
    for size, name in enumerate(path):
        models = [inner for model in models for inner in _fields(model).get(name, ())]
        for model in models:
            for way in _ways(model, model, ()):
                yield (*path[: size + 1], *way, *path[size + 1 :])


def _ways(model: type[Any], to: type[Any], seen: tuple[type[Any], ...]) -> Iterator[Path]:
    """The names that lead from a class to another, through no class twice."""
    for name, inner in _fields(model).items():
        for each in inner:
            if each is to:
                yield (name,)
            elif each not in seen:
                yield from ((name, *way) for way in _ways(each, to, (*seen, each)))


def _fields(model: type[Any]) -> dict[str | int, list[type[Any]]]:
    if issubclass(model, BaseModel):
        return {name: list(_models(field.annotation)) for name, field in model.model_fields.items()}
    hints = get_type_hints(model)
    return {field.name: list(_models(hints[field.name])) for field in dataclasses.fields(model)}


def _models(annotation: Any) -> Iterator[type[Any]]:
    """Classes with fields: of pydantic, or dataclasses of any kind."""
    has_fields = isinstance(annotation, type) and (
        issubclass(annotation, BaseModel) or dataclasses.is_dataclass(annotation)
    )
    if has_fields and not get_args(annotation):
        yield annotation
    for argument in (*get_args(annotation), getattr(annotation, "__value__", None)):
        if argument is not None and argument is not annotation:
            yield from _models(argument)
