"""Contracts on disk, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from confcontract import bake
from tests.compare import shops


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with old.json, new.json, newest.json and elsewhere.json."""
    folder = tmp_path_factory.mktemp("contracts")
    versions: tuple[type[BaseSettings], ...] = (shops.Old, shops.New, shops.Newest)
    for number, settings in enumerate(versions):
        bake(settings, name="shop", version=f"1.{number}").dump(folder / f"{settings.__name__.lower()}.json")
    bake(shops.Elsewhere, name="store", version="7").dump(folder / "elsewhere.json")
    return folder
