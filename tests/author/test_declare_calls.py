"""declare() in a module of which the class is baked by its own name: bake says that it has no effect."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from confcontract import declare
from confcontract.author.baked_files import bake_named
from confcontract.report.problem import Problem

CLASS = """
from confcontract import declare
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    port: int = 8000

"""


def warned(
    folder: Path, monkeypatch: pytest.MonkeyPatch, declared: str, baked: str = "Settings"
) -> tuple[str, list[Problem]]:
    """The module's name, and what bake warned of."""
    module = f"declared_{folder.name}"
    (folder / f"{module}.py").write_text(CLASS + declared, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return module, [*bake_named([f"{module}:{baked}"], environ={}).warnings]


def test_a_declaration_without_a_name_is_warned_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, (problem,) = warned(tmp_path, monkeypatch, 'declare(Settings, name="shop")\n')
    assert problem.message == (
        f"Settings: has a declare() in {module}.py, line 8, which has no effect: {module}:Settings is the class alone"
    )
    assert problem.hint == f"assign its result to a name, NAME = declare(...), and bake {module}:NAME"
    assert problem.severity == "warning"


def test_where_it_has_a_name_that_is_what_to_bake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'web = declare(Settings, name="shop")\nworker = declare(Settings, name="shop-worker")\n'
    module, (problem,) = warned(tmp_path, monkeypatch, text)
    assert problem.hint == f"bake {module}:web or {module}:worker"


@pytest.mark.parametrize(
    ("text", "baked"),
    [
        ("web = declare(Settings)\n", "web"),
        ("", "Settings"),
        ("class Other(BaseSettings):\n    name: str = ''\n\ndeclare(Other)\n", "Settings"),
    ],
    ids=["what it returned", "no call", "another class"],
)
def test_nothing_is_said_where_nothing_is_lost(
    text: str, baked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert warned(tmp_path, monkeypatch, text, baked)[1] == []


def test_what_declare_returns_is_gone_with_its_last_name() -> None:
    class Settings(BaseSettings):
        port: int = 8000

    gc.disable()
    try:
        returned = weakref.ref(declare(Settings, name="shop"))
    finally:
        gc.enable()
    assert returned() is None
