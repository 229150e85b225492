"""Published packages are looked at as they are: here one that was made for it, so that no network is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.pages import ROOT

SETTINGS = """
import missing_package
from missing_package.part import Base, decorated
from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

class Plain(BaseSettings):
    port: int
    token: SecretStr = SecretStr("default")

class Checked(Plain):
    @field_validator("port")
    def even(cls, value):
        if value % 2:
            raise ValueError("odd")
        return value

class Before(BaseSettings):
    port: int = 1

    @model_validator(mode="before")
    def all_of_it(cls, values):
        return values

class Strange(Base, BaseSettings):
    other: missing_package.Type | None = None

settings = Plain()
"""
RENAMED = """
from pydantic import field_validator
from pydantic_settings import BaseSettings as Base

class Renamed(Base):
    size: int = 1

    @field_validator("size")
    def even(cls, value):
        return value
"""


def test_every_class_of_a_package_is_baked_and_compared(tmp_path: Path) -> None:
    package = tmp_path / "unpacked" / "shop" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "settings.py").write_text(SETTINGS, encoding="utf-8")
    (package / "broken.py").write_text("from .settings import Plain\nclass X(Plain): pass\n1 / 0\n", encoding="utf-8")
    (package / "renamed.py").write_text(RENAMED, encoding="utf-8")
    command = [sys.executable, "-m", "tests.fidelity.packages", "--folder", str(tmp_path), "shop"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "shop: shop.settings:Checked: in part: validator Checked.even" in lines
    assert "shop: shop.settings:Before: wholly: model-validator Before.all_of_it" in lines
    assert "not imported: shop.broken: ZeroDivisionError: division by zero" in lines
    counts = dict(line.strip().split(": ") for line in lines if line.startswith("  "))
    assert counts["refused"] == "0"
    assert (counts["wholly"], counts["not checked"]) == ("1", "0")
    assert "shop: shop.renamed:Renamed: in part: validator Renamed.even" in lines
    assert int(counts["nothing deferred"]) + int(counts["in part"]) >= 3
    assert "0 classes disagree" in lines[-1]
