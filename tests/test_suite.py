"""What the suite itself does for whoever runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.support import measured
from tests.support.measured import UNMEASURED

ROOT = Path(__file__).parent.parent


def test_what_each_test_costs_is_shown_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "test_dear.py").write_text(
        "import subprocess, sys\n"
        "from tests.support.forks import plain_environ, server\n"
        "def test_a_process():\n    subprocess.run([sys.executable, '-c', 'sum(range(5_000_000))'])\n"
        "def test_a_fork():\n    assert server().run(['--version'], plain_environ(), '/')[0] == 0\n"
        "def test_nothing():\n    pass\n"
    )
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "--cpu",
        "-p",
        "tests.conftest",
        "-n",
        "1",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    done = subprocess.run([*argv, str(tmp_path)], cwd=ROOT, env=UNMEASURED, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    by_processor = done.stdout.partition("-- tests by processor time")[2].partition("--")[0]
    costs = {name: float(cost) for cost, name in re.findall(r"([\d.]+) \S+::(\w+)", by_processor)}
    assert sorted(costs) == ["test_a_fork", "test_a_process", "test_nothing"]
    assert costs["test_nothing"] < min(costs["test_a_fork"], costs["test_a_process"])


def test_what_is_measured_is_there_and_named_once() -> None:
    for table in (measured.UNCOUNTED, measured.STARTED_BY):
        for name in table:
            place, _, test = name.partition("::")
            assert (ROOT / "tests" / place).exists(), name
            assert not test or f"def {test}" in (ROOT / "tests" / place).read_text(), name
        assert [
            name for name in table if any(f"{name}/".startswith(f"{other}/") for other in table if other != name)
        ] == []
    assert set(measured.UNCOUNTED) & set(measured.STARTED_BY) == set()
