"""Small projects of each shape, as their package managers lay them out."""

from __future__ import annotations

from pathlib import Path

SETTINGS = """\
from pydantic import SecretStr
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    port: int = 9000
    key: SecretStr
"""
MAIN = "from fastapi import FastAPI\nfrom app.settings import Settings\napp = FastAPI()\n"
HASHED = "confcontract==0.1 --hash=sha256:0\nfastapi==0.110 --hash=sha256:0\nuvicorn==0.30 --hash=sha256:0\n"
PYPROJECT = (
    '[project]\nname = "Web_Shop"\nrequires-python = ">=3.12"\ndependencies = ["fastapi", "uvicorn", "confcontract"]\n'
)
LOCKED = '[[package]]\nname = "confcontract"\n\n[[package]]\nname = "uvicorn"\n'

SHAPES: dict[str, dict[str, str]] = {
    "uv": {"pyproject.toml": PYPROJECT, "uv.lock": LOCKED},
    "Poetry": {
        "pyproject.toml": '[tool.poetry]\nname = "Web_Shop"\n[tool.poetry.dependencies]\npython = "^3.12"\n',
        "poetry.lock": LOCKED,
    },
    "PDM": {"pyproject.toml": PYPROJECT, "pdm.lock": LOCKED},
    "pip-tools": {"requirements.in": "fastapi\nuvicorn\nconfcontract\n", "requirements.txt": HASHED},
    "requirements": {"requirements.txt": "fastapi\nuvicorn\nconfcontract\n"},
}


def lay(folder: Path, files: dict[str, str], root: str = "") -> Path:
    """A project with these files, and a package `app` with settings and an application object."""
    package = {f"{root}app/__init__.py": "", f"{root}app/settings.py": SETTINGS, f"{root}app/main.py": MAIN}
    for name, text in {**package, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
