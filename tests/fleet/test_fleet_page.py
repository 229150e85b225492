"""The page on fleets: its commands print what it says, and its Job does what a shard does."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from confcontract.manifests.read_manifests import read_manifests
from tests.support.inprocess import run_here
from tests.support.pages import ROOT, Typed, blocks, commands_of, environ, run_console, write_files
from tests.support.tools import valid_for_kubernetes

PAGE = ROOT / "docs/how-to/fleet.md"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Typed]]:
    folder = tmp_path_factory.mktemp("page")
    write_files(PAGE, folder)
    found = commands_of(PAGE)
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(usable)})  # so that no command starts workers: other tests have several
    try:
        run_console(found, folder)
    finally:
        os.sched_setaffinity(0, usable)
    return folder, found


@pytest.mark.parametrize("number", range(len(commands_of(PAGE))), ids=[each.command[:50] for each in commands_of(PAGE)])
def test_each_command_prints_what_the_page_says(told: tuple[Path, list[Typed]], number: int) -> None:
    each = told[1][number]
    assert each.as_promised, f"$ {each.command}\n{each.said}"


@pytest.fixture
def job(tmp_path: Path) -> Path:
    (text,) = [block.text for block in blocks(PAGE) if block.language == "yaml"]
    (tmp_path / "job.yaml").write_text(text)
    return tmp_path / "job.yaml"


def test_the_job_is_one_for_kubernetes(job: Path) -> None:
    valid_for_kubernetes(job)


def test_the_pods_of_the_job_write_parts_that_are_the_whole(
    told: tuple[Path, list[Typed]], job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its command, as kubelet starts it, for the first and the last index; what it runs there, for the others."""
    (workload,) = read_manifests([job]).workloads
    (container,) = workload.containers
    assert container.command is not None
    shutil.copytree(told[0] / "fleet", tmp_path / "fleet")
    (tmp_path / "parts").mkdir()
    for index in (0, 7):
        own = {"FLEET": str(tmp_path), "JOB_COMPLETION_INDEX": str(index)}
        done = subprocess.run(container.command, env=environ(**own), cwd="/", capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sorted(os.listdir(tmp_path / "parts")) == ["1.part", "8.part"]
    monkeypatch.chdir(tmp_path)
    for number in range(2, 8):
        run_here("fleet", "fleet", "--jobs", "1", "--shard", f"{number}/8", "-o", f"parts/{number}.part")
    merged = run_here("fleet", "merge", *(f"parts/{number}.part" for number in range(1, 9)))
    single = run_here("fleet", "fleet", "--jobs", "1")
    assert (merged.returncode, merged.stdout) == (single.returncode, single.stdout)
    assert merged.returncode == 1
