"""The reference page names what there is, and the benchmark of probes measures probes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import probes
from benchmarks.scene import Scene
from confcontract.boot.health.metrics import FAMILIES
from confcontract.boot.health.request import PATHS
from tests.support.pages import ROOT

PAGE = (ROOT / "docs/reference/health.md").read_text(encoding="utf-8")


def test_the_page_has_every_metric_with_its_labels_and_no_other() -> None:
    rows = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `confcontract_")]
    wanted = [each.name + (f"{{{','.join(each.labels)}}}" if each.labels else "") for each in FAMILIES]
    assert rows == wanted


@pytest.mark.parametrize("path", [*PATHS, "/metrics"])
def test_the_page_has_every_path(path: str) -> None:
    assert f"| `{path}` |" in PAGE


def test_the_contestants_of_the_benchmark_are_probes_that_find_something_up(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    with probes.contestants(tmp_path, scene.contract) as contestants:
        for what, each in contestants.items():
            done = subprocess.run(each.argv, env=dict(each.environ), capture_output=True, text=True)
            assert (done.returncode, done.stdout) == (0, f"{what.split()[1].rstrip(',')}: UP\n")
