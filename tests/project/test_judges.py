"""What `init` writes, as the programs of those who build images read it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import dockerfile as buildkit  # type: ignore[import-not-found, unused-ignore]
import pytest

from confcontract.cli import main
from tests.integrations.tools import run_tool
from tests.project.shapes import SHAPES, lay

VARIANTS = {shape: SHAPES[shape] for shape in SHAPES} | {
    "a wheel and container.env": {"requirements.txt": "uvicorn==1 --hash=sha256:0\n", "container.env": "PORT=1\n"},
}


@pytest.fixture(params=VARIANTS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    lay(tmp_path, VARIANTS[request.param], "src/" if request.param == "uv" else "")
    main(["init", str(tmp_path), "--yes"])
    return tmp_path


def test_hadolint_finds_nothing(project: Path) -> None:
    done = run_tool("hadolint", "--no-color", "--failure-threshold", "style", "Dockerfile", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_would_find_a_package_without_a_release(project: Path) -> None:
    with (project / "Dockerfile").open("a", encoding="utf-8") as file:
        file.write("RUN pip install requests\n")
    done = run_tool("hadolint", "--no-color", "Dockerfile", cwd=project)
    assert "DL3013" in done.stdout


def test_the_parser_of_buildkit_reads_every_instruction(project: Path) -> None:
    read = buildkit.parse_file(str(project / "Dockerfile"))
    names = [each.cmd.lower() for each in read]
    assert names.count("from") == 4
    last = read[-1]
    assert last.cmd.lower() == "copy"
    assert last.flags == ("--from=named",), "the contract, in the last layer"
    forms = {each.cmd.lower(): each.json for each in read}
    assert forms["entrypoint"]
    assert forms["cmd"]


def test_make_reads_the_makefile(project: Path) -> None:
    done = run_tool_make(project, "--dry-run", "contract", "BASE=python:3.12@sha256:0", "BUILDER=buildah")
    assert "buildah build --layers --timestamp" in done
    assert "--build-arg 'BASE=python:3.12@sha256:0'" in done


def run_tool_make(project: Path, *words: str) -> str:

    (project / "dist").mkdir(exist_ok=True)
    done = subprocess.run(
        ["make", *words, "SOURCE_DATE_EPOCH=1", "VERSION=1", "SOURCE_COMMIT=0", "SOURCE_URL=x"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_actionlint_and_zizmor_find_nothing_in_the_workflow(project: Path) -> None:
    path = ".github/workflows/image.yml"
    read = run_tool("actionlint", "-no-color", path, cwd=project)
    assert (read.returncode, read.stdout) == (0, "")
    done = run_tool("zizmor", "--offline", "--no-progress", "--strict-collection", path, cwd=project)
    assert done.returncode == 0, done.stdout


def test_the_shell_reads_the_smoke_test_and_it_asks_for_the_image(project: Path) -> None:
    done = subprocess.run([str(project / "image-smoke.sh")], capture_output=True, text=True)
    assert done.returncode != 0
    assert "usage: image-smoke.sh IMAGE" in done.stderr


def test_values_for_the_smoke_test_stay(project: Path) -> None:
    (project / "smoke.env").write_text("KEY=mine\n", encoding="utf-8")
    main(["init", str(project), "--yes", "--force"])
    assert (project / "smoke.env").read_text(encoding="utf-8") == "KEY=mine\n"
