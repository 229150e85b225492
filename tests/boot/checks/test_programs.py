"""Programs and functions, each in a process of its own: what they answer, and that no secret of theirs is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from confcontract.boot.checks.attempt import TIMED_OUT
from confcontract.boot.checks.run import run_checks
from confcontract.checks import Check, Command, Python
from confcontract.report.problem import Problem
from tests.support.stage import CANARY, FAST, HUNG, Recorder, Times, patiently, within

SLOW_START: Times = {"timeout": 60, "interval": 0.05, "deadline": 60}
ONE: Times = {"timeout": 600, "interval": 600, "deadline": 3}  # an interpreter starts within this, once
VARIABLES: list[dict[str, Any]] = [
    {"name": "KEY", "path": ["key"], "secret": True},
    {"name": "DB", "path": ["db"], "credentials": True},
    {"name": "HOST", "path": ["host"]},
]
FUNCTIONS = """
import os, sys, time
from types import SimpleNamespace

def fine():
    print(os.environ["KEY"]); print(os.environ["KEY"], file=sys.stderr)

def of(value):
    return f"got {value}"

def optional(value="nothing"):
    return f"got {value}"

async def later(value):
    return f"later {value}"

def long():
    return "x" * 1_000_000

def no():
    return False

def raises():
    raise ValueError(f"no licence for {os.environ['KEY']} at {os.environ['DB']}")

def leaves():
    raise SystemExit(3)

def dies():
    os.abort()

def hangs():
    time.sleep(3600)

def argv():
    return " ".join(open("/proc/self/cmdline").read().split(chr(0)))

def found_at_the_start():
    # the kernel's copy of the environment, which others can read; the process itself has the rest as well
    return os.environ["KEY"] not in open("/proc/self/environ").read() and "KEY" in os.environ

inner = SimpleNamespace(fine=fine)
"""


@pytest.fixture
def app(tmp_path: Path) -> dict[str, str]:
    """The environment of an application whose functions can be imported."""
    (tmp_path / "app_checks.py").write_text(FUNCTIONS)
    (tmp_path / "app_broken.py").write_text(f"raise RuntimeError('{CANARY}')")
    (tmp_path / "app_needs.py").write_text("import no_such_module_anywhere")
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    database = f"postgresql://u:{CANARY}@h/x"
    return {"PATH": os.environ["PATH"], "PYTHONPATH": path, "KEY": CANARY, "DB": database, "HOST": "localhost"}


def asked(environ: dict[str, str], *checks: Check, may_say: Sequence[str] = ()) -> tuple[list[Problem], list[str]]:
    """may_say: as in `patiently`."""
    recorder = Recorder()
    values: dict[str, Any] = {"key": environ["KEY"], "db": environ["DB"], "host": environ["HOST"]}

    def ask(longer: int) -> list[Problem]:
        recorder.changes.clear()
        return run_checks(within(checks, longer), environ, values, None, recorder, variables=VARIABLES)

    problems = patiently(ask, may_say)
    assert CANARY not in str([problem.as_dict() for problem in problems]) + str(recorder.lines)
    return problems, recorder.lines


def why(environ: dict[str, str], check: Check, may_say: Sequence[str] = ()) -> str:
    [problem] = asked(environ, check, may_say=may_say)[0]
    return problem.message.partition(" s: ")[2]


@pytest.mark.parametrize(
    ("function", "found"),
    [
        (Python("app_checks:fine", **SLOW_START), "s"),
        (Python("app_checks:inner.fine", **SLOW_START), "s"),
        (Python("app_checks:of", target="HOST", **SLOW_START), "(got localhost)"),
        (Python("app_checks:of", target="KEY", **SLOW_START), "(got ***)"),
        (Python("app_checks:optional", **SLOW_START), "(got nothing)"),
        (Python("app_checks:later", target="HOST", **SLOW_START), "(later localhost)"),
        (Command(["true"], target="HOST", **SLOW_START), "s"),
        (Command(["sh", "-c", 'test "$HOST" = localhost'], **SLOW_START), "s"),
    ],
)
def test_what_does_not_fail_is_ready(app: dict[str, str], function: Check, found: str) -> None:
    problems, lines = asked(app, function)
    assert problems == []
    assert lines[-1].endswith(found)


@pytest.mark.parametrize(
    ("environ", "values", "found"),
    [
        ({"COUNT": "0x10"}, {"count": 16}, "(got 0x10)"),
        ({}, {"count": 16}, "(got 16)"),
        ({}, {"count": False}, "(got false)"),
        ({}, {"count": [1, 2]}, "(got [1, 2])"),
        ({}, {"count": ["a", "b"]}, "(got a,b)"),
    ],
)
def test_a_function_gets_any_value_as_text(
    app: dict[str, str], environ: dict[str, str], values: dict[str, Any], found: str
) -> None:
    recorder = Recorder()
    check = Python("app_checks:of", target="COUNT", **SLOW_START).as_data()
    variables = [{"name": "COUNT", "path": ["count"]}]
    assert run_checks([check], {**app, **environ}, values, None, recorder, variables=variables) == []
    assert recorder.lines[-1].endswith(found)


def test_what_the_linker_and_the_interpreter_say_is_not_taken_for_the_answer(app: dict[str, str]) -> None:
    noisy = {**app, "LD_PRELOAD": "/no/such/library.so", "PYTHONVERBOSE": "1"}
    assert asked(noisy, Python("app_checks:fine", **SLOW_START))[0] == []
    long = asked(noisy, Python("app_checks:long", **SLOW_START))[1]
    assert "xxxxx" in long[-1]


def test_the_value_is_in_no_argument_that_other_processes_can_read(app: dict[str, str]) -> None:
    problems, lines = asked(app, Python("app_checks:argv", target="KEY", **SLOW_START))
    assert problems == []
    assert "app_checks:argv" in lines[-1]
    assert "***" not in lines[-1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no", "returned False"),
        ("raises", "raised ValueError: no licence for *** at postgresql://u:***@h/x"),
        ("leaves", "raised SystemExit: 3"),
        ("dies", "ended by signal 6 before it had an answer"),
    ],
)
def test_a_function_that_fails_says_how(app: dict[str, str], name: str, words: str) -> None:
    assert why(app, Python(f"app_checks:{name}", **ONE)) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("app_checks:nothing", "app_checks has no nothing"),
        ("app_nowhere:x", "there is no module app_nowhere"),
        ("app_needs:x", "there is no module no_such_module_anywhere"),
    ],
)
def test_what_will_never_be_there_is_not_waited_for(app: dict[str, str], name: str, words: str) -> None:
    never: Times = {"timeout": 3600, "interval": 3600, "deadline": 3600}
    assert why(app, Python(name, **never)) == words


def test_a_module_that_can_not_be_imported_says_why(app: dict[str, str]) -> None:
    assert why(app, Python("app_broken:x", **ONE)) == "app_broken can't be imported: RuntimeError: ***"


def test_what_hangs_is_killed_and_told(app: dict[str, str]) -> None:
    told = (TIMED_OUT, HUNG)  # whichever side is heard first
    assert why(app, Python("app_checks:hangs", timeout=3, interval=0.05, deadline=3), told) in told
    assert why(app, Command(["sleep", "3600"], **FAST), told) in told
    assert why(app, Command(["yes"], **FAST), told) in told


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["sh", "-c", "read key; echo one; echo no $key >&2; echo; exit 3"], "ended with exit code 3: no ***"),
        (["sh", "-c", "kill -9 $$"], "ended by signal 9"),
        (["false"], "ended with exit code 1"),
        (["sh", "-c", "yes | head -c 1000000; echo; echo the last; exit 3"], "ended with exit code 3: the last"),
    ],
)
def test_a_program_that_fails_says_how(app: dict[str, str], argv: list[str], words: str) -> None:
    assert why(app, Command(argv, target="KEY", **ONE)) == words


def test_the_environment_of_a_program_holds_no_secret(app: dict[str, str]) -> None:
    argv = ["sh", "-c", f"! grep -q {CANARY[:-1]} /proc/self/environ /proc/$$/environ"]
    assert asked(app, Command(argv, **SLOW_START))[0] == []
    assert asked(app, Python("app_checks:found_at_the_start", **SLOW_START))[0] == []


def test_a_program_that_is_not_there_is_not_waited_for(app: dict[str, str]) -> None:
    never: Times = {"timeout": 3600, "interval": 3600, "deadline": 3600}
    assert why(app, Command(["/nowhere/to/be/found"], **never)) == "can't be started: no such file or directory"
    script = Path(app["PYTHONPATH"].partition(os.pathsep)[0]) / "script"
    script.write_text("exit 0\n")
    script.chmod(0o755)
    assert why(app, Command([str(script)], **never)) == "can't be started: exec format error"
    [problem] = asked(app, Command(["/nowhere/to/be/found"], **never))[0]
    assert problem.hint == "correct the check where it is declared, and bake again"


def test_what_belongs_to_a_variable_that_is_not_set_is_skipped(app: dict[str, str]) -> None:
    recorder = Recorder()
    check = Command(["false"], target="OTHER").as_data()
    variables = [{"name": "OTHER", "path": ["other"]}]
    assert run_checks([check], app, {}, None, recorder, variables=variables) == []
    assert recorder.lines == ["false: skipped, OTHER is not set"]


def test_a_function_is_asked_in_the_application_s_folder_and_nothing_there_stands_in_for_a_module_of_ours(
    app: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "application"
    here.mkdir()
    (here / "own_checks.py").write_text("def fine(): return True\n")
    for name in ("json", "inspect", "selectors", "signal"):
        (here / f"{name}.py").write_text("raise ImportError\n")
    monkeypatch.chdir(here)
    environ = app | {"PYTHONIOENCODING": "utf-16"}
    problems, _ = asked(environ, Python("own_checks:fine", target="HOST", **SLOW_START))
    assert problems == []
