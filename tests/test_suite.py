"""What the suite itself does for whoever runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.support import measured
from tests.support.measured import UNMEASURED

ROOT = Path(__file__).parent.parent


def suite(*arguments: str, **environ: str) -> str:
    """What a run of pytest says that has what ours has."""
    argv = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", str(ROOT / "pyproject.toml"), *arguments]
    done = subprocess.run(argv, cwd=ROOT, env=UNMEASURED | environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Run:
    said: str
    counted: frozenset[str]  # modules with lines that were come to


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of all that the tests below look at: to start one takes 2 s of a processor."""
    folder = tmp_path_factory.mktemp("suite")
    files = [_dear(folder), *_counted_or_not(folder), _cases(folder), _processes_of_cases(folder)]
    (folder / "coverage.toml").write_text(
        "[tool.coverage.run]\nbranch = true\nparallel = true\npatch = ['subprocess', 'execv', '_exit']\n"
        f"source = ['{folder}']\ndata_file = '{folder}/data'\n"
    )
    asked = ("--cpu", "-n", "1", f"--rootdir={folder}", "-v", *map(str, files))
    said = suite(*asked, COVERAGE_PROCESS_START=f"{folder}/coverage.toml")
    counted: set[str] = set()
    for part in folder.glob("data.*"):
        data = CoverageData(str(part))
        data.read()
        counted |= {Path(name).stem for name in data.measured_files() if data.arcs(name)}
    return Run(said, frozenset(counted))


def _dear(folder: Path) -> Path:
    file = folder / "test_dear.py"
    file.write_text(
        "import subprocess, sys\n"
        "from tests.support.forks import plain_environ, server\n"
        "def test_a_process():\n    subprocess.run([sys.executable, '-c', 'sum(range(5_000_000))'])\n"
        "def test_a_fork():\n    assert server().run(['--version'], plain_environ(), '/')[0] == 0\n"
        "def test_nothing():\n    pass\n"
    )
    return file


def _counted_or_not(folder: Path) -> list[Path]:
    names = ("test_first", "test_second", "test_then")
    uncounted = folder / "rewording"  # called like a folder that is not counted
    uncounted.mkdir()
    files = [(uncounted if name == "test_second" else folder) / f"{name}.py" for name in names]
    for name, file in zip(names, files, strict=True):
        traced = "is None" if file.parent == uncounted else "is not None"
        file.with_stem(f"{name}_lines").write_text("def lines():\n    return 1\n")
        file.write_text(
            "import os, sys, pytest\n"
            "sys.path.append(os.path.dirname(__file__))\n"
            "def now(): return [os._exit, os.execv, os.execve]\n"
            "before = now()\n"
            "@pytest.fixture(scope='module')\n"
            f"def traced():\n    assert sys.gettrace() {traced}\n"
            "@pytest.mark.parametrize('number', [1, 2])\n"
            "def test_it(traced, number):\n"
            f"    import {name}_lines\n"
            f"    assert sys.gettrace() {traced} and {name}_lines.lines() == 1\n"
            "    assert {each.__module__ for each in before} == {'posix'} and now() == before\n"
        )
    return files


def _cases(folder: Path) -> Path:
    file = folder / "test_cases.py"
    file.write_text(
        "import sys, pytest\n"
        f"@pytest.mark.parametrize('number', range({measured.CASES + 2}))\n"
        "def test_it(number):\n"
        f"    assert (sys.gettrace() is not None) is (number < {measured.CASES})\n"
        "def test_another():\n"
        "    assert sys.gettrace() is not None\n"
    )
    return file


def _processes_of_cases(folder: Path) -> Path:
    file = folder / "inspection/test_processes.py"  # called like a folder whose processes are measured
    file.parent.mkdir()
    file.write_text(
        "import os, pytest\n"
        "from tests.support.measured import measured\n"
        f"@pytest.mark.parametrize('number', range({measured.OF_PROCESSES + 1}))\n"
        "def test_it(number):\n"
        f"    wanted = number < {measured.OF_PROCESSES}\n"
        "    assert [bool(measured()), 'COVERAGE_PROCESS_START' in os.environ] == [wanted, wanted]\n"
    )
    return file


def passed(run: Run, file: str) -> int:
    return len(re.findall(rf"PASSED (?:\S*/)?{file}::", run.said))


def test_what_each_test_costs_is_shown_where_it_is_asked_for(whole: Run) -> None:
    by_processor = whole.said.partition("-- tests by processor time")[2].partition("--")[0]
    costs = {name: float(cost) for cost, name in re.findall(r"([\d.]+) test_dear\.py::(\w+)", by_processor)}
    assert sorted(costs) == ["test_a_fork", "test_a_process", "test_nothing"]
    assert costs["test_nothing"] < min(costs["test_a_fork"], costs["test_a_process"])


def test_a_test_that_is_not_counted_is_not_traced_and_those_after_it_are_counted_as_those_before(whole: Run) -> None:
    names = ("test_first", "test_second", "test_then")
    assert [passed(whole, f"{name}.py") for name in names] == [2, 2, 2]
    assert {name for name in names if f"{name}_lines" in whole.counted} == {"test_first", "test_then"}


def test_of_the_cases_of_one_test_the_first_are_counted(whole: Run) -> None:
    assert passed(whole, "test_cases.py") == measured.CASES + 3


def test_of_the_processes_that_cases_of_one_test_start_those_of_the_first_are_measured(whole: Run) -> None:
    assert passed(whole, "test_processes.py") == measured.OF_PROCESSES + 1


def test_what_is_measured_is_there_and_named_once() -> None:
    for table in (measured.UNCOUNTED, measured.OF_ITS_OWN, measured.STARTED_BY):
        for name in table:
            place, _, test = name.partition("::")
            assert (ROOT / "tests" / place).exists(), name
            if test:
                text = (ROOT / "tests" / place).read_text()
                assert re.search(rf"(def|class) {re.escape(test.rpartition('::')[2])}", text), name
        assert [
            name for name in table if any(f"{name}/".startswith(f"{other}/") for other in table if other != name)
        ] == []
    assert set(measured.UNCOUNTED) & set(measured.STARTED_BY) == set()
