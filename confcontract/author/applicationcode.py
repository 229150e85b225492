"""Run the application code that bake needs: without our command line, and with plain messages for what it raises."""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType
from typing import Any, TypeAlias

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from confcontract.author.introspection import place_of
from confcontract.author.refusals import refuse
from confcontract.report.errors import BakeRefused

Standard: TypeAlias = tuple[PydanticBaseSettingsSource, ...]  # init, environment, dotenv, secrets


@contextlib.contextmanager
def quiet_arguments() -> Iterator[None]:
    """Hide our own arguments from the application (`cli_parse_args`)."""
    saved = sys.argv
    sys.argv = saved[:1]
    try:
        yield
    finally:
        sys.argv = saved


@contextlib.contextmanager
def surrounded(environ: Mapping[str, str]) -> Iterator[None]:
    """Replace the content of `os.environ` for code that takes no mapping."""
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


class _Whatever(dict[str, str]):
    """An environment in which every name has a value, although listing it does not show the names."""

    def __missing__(self, name: str) -> str:
        return "1"

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]

    def __contains__(self, name: object) -> bool:
        return True


@contextlib.contextmanager
def whatever_is_asked() -> Iterator[None]:
    """For code that asks `os.environ` for a variable: every name is set."""
    saved = os.environ
    os.environ = _Whatever()  # type: ignore[assignment]  # noqa: B003 - the code must ask this one
    try:
        yield
    finally:
        os.environ = saved  # noqa: B003


@contextlib.contextmanager
def whatever_file_is_there() -> Iterator[None]:
    """For code that asks whether a file exists: every path exists."""
    replaced: tuple[tuple[Any, str], ...] = (
        (Path, "exists"),
        (Path, "is_file"),
        (os.path, "exists"),
        (os.path, "isfile"),
    )
    before = [(owner, name, getattr(owner, name)) for owner, name in replaced]
    try:
        for owner, name in replaced:
            setattr(owner, name, lambda *_, **__: True)
        yield
    finally:
        for owner, name, was in before:
            setattr(owner, name, was)


def asks_for_files(function: Any) -> bool:
    """Whether code asks if a file exists, itself or in an inner function."""
    codes = [getattr(inspect.unwrap(getattr(function, "__func__", function)), "__code__", None)]
    while codes:
        code = codes.pop()
        if code is not None:
            if {"exists", "is_file", "isfile"} & {*code.co_names}:
                return True
            codes += [each for each in code.co_consts if isinstance(each, CodeType)]
    return False


def ordered_sources(cls: type[BaseSettings], standard: Standard) -> list[PydanticBaseSettingsSource]:
    """The sources of a class, best first, in the order of its own hook.

    Raises BakeRefused if the hook fails: the machine that bakes has neither the environment nor a network.
    """
    init, env, dotenv, secrets = standard
    try:
        with quiet_arguments():
            found: Any = cls.settings_customise_sources(
                cls, init_settings=init, env_settings=env, dotenv_settings=dotenv, file_secret_settings=secrets
            )
            return list(found)
    except (Exception, SystemExit) as error:
        place = place_of(cls.settings_customise_sources)
        what = f"settings_customise_sources fails with {type(error).__name__}" + (f" ({place})" if place else "")
        remedy = "bake runs without an environment: a source must read what it needs when called, not when created"
        raise BakeRefused(refuse(cls, (), what, remedy)) from None
