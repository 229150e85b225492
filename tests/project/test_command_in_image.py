"""`confcontract init`: a command that only an installed project or its package manager has is started without them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from confcontract.cli import main
from confcontract.project.command_in_image import command_in_image
from confcontract.report.errors import UsageError
from tests.project.initialised import init, text
from tests.project.shapes import PYPROJECT, SHAPES, lay

SCRIPTS = '[project.scripts]\nshop = "app.cli:run"\nother = "elsewhere.cli:main"\n'
CLI = "import sys\nimport app.settings\n\ndef run():\n    print(sys.argv)\n    return 7\n"


def laid(folder: Path, **files: str) -> Path:
    return lay(folder, SHAPES["uv"] | {"pyproject.toml": PYPROJECT + SCRIPTS, "src/app/cli.py": CLI, **files}, "src/")


def command(folder: Path) -> list[str]:
    (line,) = [each for each in text(folder).splitlines() if each.startswith("CMD ")]
    words: list[str] = json.loads(line.removeprefix("CMD "))
    return words


@pytest.mark.parametrize(
    "said",
    ['["shop", "--once"]', '["/app/.venv/bin/shop", "--once"]', '["uv", "run", "--no-sync", "shop", "--once"]'],
)
def test_a_script_of_the_project_is_started_by_the_function_that_it_stands_for(said: str, tmp_path: Path) -> None:
    laid(tmp_path, Dockerfile=f"FROM x\nCMD {said}\n")
    assert init(tmp_path, "--yes", "--force") == 0
    assert "COPY src/app src/app\n" in text(tmp_path)
    words = command(tmp_path)
    assert words[0] == "python"
    environ = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    (tmp_path / "src/app/settings.py").write_text("")
    done = subprocess.run([sys.executable, *words[1:]], env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (7, "['shop', '--once']\n"), done.stderr


def test_a_script_that_is_named_as_the_command_gives_the_same_the_second_time(tmp_path: Path) -> None:
    assert init(laid(tmp_path), "--yes", "--command", "shop --once") == 0
    before = text(tmp_path)
    assert init(tmp_path, "--yes") == 0
    assert text(tmp_path) == before


@pytest.mark.parametrize(
    "said,message",
    [
        ("other", "other is a script of pyproject.toml for elsewhere.cli:main, which is not in the project"),
        ("uv run --with x shop", "the command is started by uv, which is not in the image"),
        ("poetry run", "the command is started by poetry"),
    ],
)
def test_what_can_not_be_started_in_the_image_is_refused(said: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        main(["init", str(laid(tmp_path)), "--yes", "--command", said])
    assert not (tmp_path / "Dockerfile").exists()


@pytest.mark.parametrize(
    "given,started",
    [
        (["uv", "run", "uvicorn", "app.main:app"], ["uvicorn", "app.main:app"]),
        (["uv", "run", "-m", "app"], ["python", "-m", "app"]),
        (["poetry", "run", "main.py"], ["python", "main.py"]),
        (["./shop"], ["./shop"]),
        (["tools/shop"], ["tools/shop"]),
        (["uvicorn", "app.main:app"], ["uvicorn", "app.main:app"]),
    ],
)
def test_other_commands_stay(given: list[str], started: list[str]) -> None:
    assert command_in_image(given, {"shop": "app.cli:run"}, {"app.cli"}) == started
