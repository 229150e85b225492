"""`confcontract init` where something can't be known, read or written: one message, and nothing is changed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from confcontract.cli import main
from confcontract.report.errors import UsageError
from tests.project.initialised import init
from tests.project.shapes import SETTINGS, SHAPES, lay


@pytest.mark.parametrize(
    "files,options,message",
    [
        ({"app/settings.py": ""}, [], "no settings class"),
        ({"app/main.py": ""}, [], "what starts the application"),
        ({"app/worker.py": SETTINGS.replace("class Settings", "class Worker")}, [], "app.settings:Settings, app.worker:Worker"),
        ({}, ["--base", "python:3.12"], "has no digest"),
        ({}, ["--command", "'"], "not complete"),
        ({"requirements.in": "", "requirements.txt": ""}, [], "depends on"),
    ],
)  # fmt: skip
def test_what_can_not_be_known_is_one_clear_message(
    files: dict[str, str], options: list[str], message: str, tmp_path: Path
) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | files)
    with pytest.raises(UsageError) as refused:
        main(["init", str(tmp_path), "--yes", *options])
    assert message in str(refused.value)
    assert not (tmp_path / "Dockerfile").exists()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        main(["init", str(tmp_path / "nowhere"), "--yes"])


@pytest.mark.parametrize("name", ["a:b; rm -rf /", "$(id):x", "nocolon", "a:b\nc", "a:"])
def test_a_settings_class_that_is_no_name_never_gets_into_a_line_for_a_shell(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not MODULE:OBJECT"):
        init(lay(tmp_path, SHAPES["uv"]), "--yes", "--settings", name)
    assert not (tmp_path / "Dockerfile").exists()


@pytest.mark.parametrize(
    "damaged",
    ['project = "x"\n', "tool = 3\n", f"[project]\nrequires-python = '3.{'9' * 5000}'\n", f"x = {'[' * 5000}"],
    ids=["project", "tool", "number", "nested"],
)
def test_a_pyproject_of_odd_types_is_passed_over(damaged: str, tmp_path: Path) -> None:
    lay(tmp_path, {**SHAPES["uv"], "pyproject.toml": damaged, "app/deep.py": f"x = {'(' * 3000}"})
    assert init(tmp_path, "--yes") == 0


def test_nothing_is_written_through_a_link_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    project = lay(tmp_path / "project", SHAPES["uv"])
    (project / ".github").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="points outside of the project"):
        init(project, "--yes")
    assert not any((tmp_path / "outside").rglob("*.yml"))


@pytest.mark.parametrize("name", ["Dockerfile", "Makefile", ".dockerignore", "smoke.env"])
@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_what_is_no_file_is_left_and_named(name: str, kind: str, tmp_path: Path) -> None:
    place = lay(tmp_path, SHAPES["pip-tools"]) / name
    if kind == "directory":
        place.mkdir()
    else:
        os.mkfifo(place)
    with pytest.raises(UsageError, match=re.escape(f"{place} can't be read or written: is not a file")):
        init(tmp_path, "--yes")


def test_files_to_look_at_that_would_never_end_are_passed_over(tmp_path: Path) -> None:
    lay(tmp_path, SHAPES["pip-tools"])
    for name in ("Procfile", "pyproject.toml"):
        os.mkfifo(tmp_path / name)
    assert init(tmp_path, "--yes") == 0


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {".github": "a file"})
    with pytest.raises(UsageError, match=re.escape(str(tmp_path / ".github"))):
        init(tmp_path, "--yes")


def test_nothing_is_written_where_one_of_the_files_can_not_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {".github/readme.md": ""})
    (tmp_path / ".github/workflows").symlink_to(tmp_path.parent)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="points outside of the project") as refused:
        init(tmp_path, "--yes")
    assert "no file was written" in str(refused.value.problems[0].hint)
    assert sorted(tmp_path.rglob("*")) == before
    assert "wrote" not in capsys.readouterr().out


def test_folders_that_were_made_are_removed_where_a_file_can_not_be_written(tmp_path: Path) -> None:
    project = lay(tmp_path / "project", SHAPES["pip-tools"])
    os.link(project / "requirements.in", project / "image-smoke.sh")  # in a folder where others may make such names
    project.chmod(0o777)
    with pytest.raises(UsageError, match="hard link to another file"):
        init(project, "--yes", "--force")
    assert not (project / ".github").exists()
    assert not (project / "Dockerfile").exists()


def test_a_function_that_needs_an_argument_is_no_factory(tmp_path: Path) -> None:
    factory = "from fastapi import FastAPI\ndef create_app(*, debug: bool) -> FastAPI:\n    return FastAPI()\n"
    with pytest.raises(UsageError, match="what starts the application"):
        init(lay(tmp_path, SHAPES["pip-tools"] | {"app/main.py": factory}), "--yes")


def test_settings_of_pydantic_1_are_named(tmp_path: Path) -> None:
    old = "from pydantic import BaseSettings\n\nclass Settings(BaseSettings):\n    port: int = 1\n"
    with pytest.raises(UsageError, match=r"settings\.py:3 derive from the BaseSettings of pydantic 1"):
        init(lay(tmp_path, SHAPES["pip-tools"] | {"app/settings.py": old}), "--yes")
