"""What the suite itself does for whoever runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.support import measured
from tests.support.measured import UNMEASURED

ROOT = Path(__file__).parent.parent


def suite(*arguments: str, **environ: str) -> str:
    """What a run of pytest says that has what ours has."""
    argv = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", str(ROOT / "pyproject.toml"), *arguments]
    done = subprocess.run(argv, cwd=ROOT, env=UNMEASURED | environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_each_test_costs_is_shown_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "test_dear.py").write_text(
        "import subprocess, sys\n"
        "from tests.support.forks import plain_environ, server\n"
        "def test_a_process():\n    subprocess.run([sys.executable, '-c', 'sum(range(5_000_000))'])\n"
        "def test_a_fork():\n    assert server().run(['--version'], plain_environ(), '/')[0] == 0\n"
        "def test_nothing():\n    pass\n"
    )
    by_processor = (
        suite("--cpu", "-n", "1", str(tmp_path)).partition("-- tests by processor time")[2].partition("--")[0]
    )
    costs = {name: float(cost) for cost, name in re.findall(r"([\d.]+) \S+::(\w+)", by_processor)}
    assert sorted(costs) == ["test_a_fork", "test_a_process", "test_nothing"]
    assert costs["test_nothing"] < min(costs["test_a_fork"], costs["test_a_process"])


def test_what_coverage_puts_in_place_of_exit_and_exec_is_there_once_however_many_tests_are_not_counted(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_patched.py").write_text(
        "import os, pytest\n"
        "def now(): return [os._exit, os.execv, os.execve]\n"
        "before = now()\n"
        "@pytest.mark.no_cover\n@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_uncounted(number):\n    pass\n"
        "def test_patched_once():\n    assert {each.__module__ for each in before} == {'coverage.patch'} and now() == before\n"
    )
    report = f"--cov-report=json:{tmp_path}/report"
    suite(
        "-n",
        "1",
        "--cov=confcontract.report",
        report,
        "--cov-fail-under=0",
        str(tmp_path),
        COVERAGE_FILE=f"{tmp_path}/data",
    )


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
