"""What importing these parts of the boot lane pulls in: next to nothing, and nothing heavy before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    *("argparse", "collections", "dataclasses", "dotenv", "enum", "functools", "http", "hvac", "inspect", "json"),
    *("jsonschema", "logging", "pathlib", "pydantic", "pydantic_settings", "re", "rich", "select"),
    *("socket", "ssl", "subprocess", "threading", "typer", "typing", "urllib"),
)
PARTS = (
    *("verdict.sources.envfile", "verdict.sources.secretfile", "host.sourcefile", "verdict.policy.overlays"),
    *("verdict.policy.parts", "verdict.policy.broken_rules", "boot.checks.run", "boot.checks.http", "checks"),
)


def heavy_modules_after(program: str) -> set[str]:
    """Run without site packages' start-up hooks, so that what is loaded is ours."""
    program = f"import sys; sys.path[:] = {sys.path!r}; {program}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in ran.stdout.split()} & set(HEAVY)


@pytest.mark.parametrize("module", [f"confcontract.{part}" for part in PARTS])
def test_a_module_alone_imports_nothing_heavy(module: str) -> None:
    assert heavy_modules_after(f"import {module}") == set()


def test_ordinary_env_files_are_read_without_python_dotenv() -> None:
    text = "A=1\nexport B='x y' # c\nC=${A}/${HOME:-x}\n"
    program = f"from confcontract.verdict.sources.envfile import read_env_text; read_env_text({text!r}, 'f', {{}})"
    assert heavy_modules_after(program) == set()


def test_no_overlays_and_no_checks_cost_nothing() -> None:
    program = (
        "from confcontract.verdict.policy.overlays import check_policies, find_overlays; "
        "from confcontract.boot.checks.run import run_checks; "
        "check_policies({}, find_overlays('/nowhere'), str, bool); run_checks([], {}, {}, None, None)"
    )
    assert heavy_modules_after(program) == set()


def test_tls_is_only_loaded_for_https() -> None:
    program = (
        "from confcontract.boot.checks.run import run_checks; "
        "run_checks([{'name': 'a', 'kind': 'tcp', 'target': '127.0.0.1:1', 'deadline': 0.01}], {}, {}, None, None)"
    )
    assert heavy_modules_after(program).isdisjoint({"ssl", "http", "urllib", "json", "typing"})


def test_boot_attempts_a_check_without_what_declares_it() -> None:
    check = {"name": "a", "kind": "tcp", "target": "127.0.0.1:1", "deadline": 0.01, "critical": ["startup"]}
    program = (
        f"import sys; sys.path[:] = {sys.path!r}; from confcontract.boot.checks.run import run_checks; "
        f"assert run_checks([{check!r}], {{}}, {{}}, None, None); "
        "print(*(name for name in sys.modules if name.startswith('confcontract.checks.')))"
    )
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) == {"confcontract.checks.defaults", "confcontract.checks.kinds"}
