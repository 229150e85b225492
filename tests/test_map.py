"""The page on architecture names every module where it is, and nothing else; and where to change what."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path

import pytest

from tests.support.pages import ROOT

CODE = ROOT / "confcontract"
TESTS = ROOT / "tests"
PAGE = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
MAP = PAGE.partition("## Where things live")[2].partition("\n## ")[0]
TABLES = dict(re.findall(r"^\| in `(\w+)/` \| \|\n\|---\|---\|\n((?:\|.*\n)+)", MAP, re.MULTILINE))
TASKS = re.findall(r"^\| ([^|]+) \| `([^`]+)`: `([^`]+)` \|$", PAGE, re.MULTILINE)
PACKAGES = sorted(place.name for place in CODE.iterdir() if (place / "__init__.py").exists())


def modules_of(package: str) -> set[str]:
    """Modules and packages within, by their last names; a package with a slash."""
    places = [place for place in (CODE / package).rglob("*.py") if place.name != "__init__.py"]
    inner = {f"{place.parent.name}/" for place in (CODE / package).rglob("*/__init__.py")} - {f"{package}/"}
    documented_elsewhere = {"vault/reader"} if package == "boot" else set()  # the name that stays
    names = {place.stem for place in places if f"{place.parent.name}/{place.stem}" not in documented_elsewhere}
    alike = {place.stem for place in places if place.parent.name == "drivers"}  # a service each
    rules = (CODE / "compare/rules", CODE / "audit/rules")
    alike |= {place.stem for place in places if place.parent in rules}  # called like their ids
    return (names - alike) | inner


def test_there_is_a_table_for_every_package() -> None:
    assert sorted(TABLES) == PACKAGES


@pytest.mark.parametrize("package", PACKAGES)
def test_the_table_of_a_package_names_its_modules_and_nothing_else(package: str) -> None:
    named = set(re.findall(r"`(\w+/?)`", TABLES[package]))
    assert modules_of(package) - named == set(), "not in the table"
    # what is not a module is a name of something else, which a table may mention
    assert {name for name in named if name.endswith("/") or "_" in name} <= modules_of(package), "not in the package"


FORWARDING = {"damage", "errors", "markers", "problem", "reader"}  # documented names of before there were packages
COMMANDS = {place.stem for place in (CODE / "cli").glob("*.py")}  # a command is called like what it calls
KINDS = {place.stem for place in (CODE / "checks").glob("*.py")}  # a kind of check is declared here, attempted in boot


def test_no_two_modules_have_one_name() -> None:
    names = Counter(place.stem for place in CODE.rglob("*.py") if place.name != "__init__.py")
    assert {name for name, count in names.items() if count > 1} <= FORWARDING | COMMANDS | KINDS


def test_no_two_classes_have_one_name() -> None:
    code = "\n".join(place.read_text(encoding="utf-8") for place in CODE.rglob("*.py"))
    names = Counter(re.findall(r"^ *class ([A-Z]\w*)", code, re.MULTILINE))
    assert {name for name, count in names.items() if count > 1} == set()


# No package of tests is called like a module of Python: tests/test_project.py.
OTHERWISE = {"secrets": "stores"}
ACROSS = {"faults", "fidelity", "install", "integrations", "leak", "rewording", "support", "typing"}


def test_every_package_has_its_folder_of_tests_and_every_folder_its_package() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    of_packages = {folder for folder in folders if folder.parts and folder.parts[0] not in ACROSS}
    packages = {path.parent.relative_to(CODE) for path in CODE.rglob("__init__.py")}
    mirrored = {
        Path(OTHERWISE.get(package.parts[0], package.parts[0]), *package.parts[1:])
        for package in packages
        if package.parts
    }
    assert of_packages <= mirrored, "tests of no package"
    assert {package for package in mirrored if len(package.parts) == 1} <= of_packages, "a package without tests"


def make_check(part: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Nothing is installed for it."""
    command = ["make", "--assume-old=.venv/.installed", *options, "check", f"PART={part}"]
    environ = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("package", PACKAGES)
def test_make_check_finds_the_tests_of_every_package(package: str) -> None:
    told = make_check(package, "--dry-run")
    assert told.returncode == 0, told.stderr
    (folder,) = set(re.findall(r"browser\" (\S+)", told.stdout))
    assert folder == f"tests/{OTHERWISE.get(package, package)}"
    assert list((ROOT / folder).rglob("test_*.py"))


@pytest.mark.parametrize("part", ["", "nothing"])
def test_make_check_says_what_a_part_is(part: str) -> None:
    told = make_check(part)
    assert told.returncode == 2
    assert "PART is a package" in told.stdout


@pytest.mark.parametrize("task,place,name", TASKS, ids=[task for task, _, _ in TASKS])
def test_what_is_to_be_changed_is_where_the_page_says(task: str, place: str, name: str) -> None:
    path = ROOT / place if place.startswith("schemas/") else CODE / place
    assert name in path.read_text(encoding="utf-8"), f"to {task}: {place} has no {name}"


def test_there_are_tasks() -> None:
    assert len(TASKS) >= 20


@pytest.mark.parametrize(
    "package,without",
    [
        ("report", {"host", "contract", "checks", "verdict", "secrets", "boot", "docs", "author", "cli"}),
        ("contract.artifact", {"checks", "verdict", "secrets", "boot", "docs", "author", "cli"}),
        ("verdict.resolve", {"secrets", "boot", "docs", "author", "cli"}),
        ("verdict.explain", {"secrets", "boot", "docs", "author", "cli"}),
    ],
)
def test_a_package_is_imported_without_those_above_it(package: str, without: set[str]) -> None:
    program = f"import sys, confcontract.{package}; print(*(name for name in sys.modules if 'confcontract.' in name))"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    loaded = {name.split(".")[1] for name in ran.stdout.split()}
    assert package.partition(".")[0] in loaded
    assert loaded & without == set()


@pytest.mark.parametrize(
    "place,name",
    [
        ("contract", "Contract"),
        ("contract", "canonical"),
        ("contract", "digest_of"),
        ("damage", "damage_of"),
        ("errors", "BakeRefused"),
        ("markers", "Secret"),
        ("problem", "Problem"),
        ("boot.vault.reader", "VaultReader"),
    ],
)
def test_names_of_before_the_packages_lead_to_the_same_thing(place: str, name: str) -> None:
    import confcontract

    program = f"from confcontract.{place} import {name}; print({name}.__module__)"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout.strip() != f"confcontract.{place}"
    if name in confcontract.__all__:
        found = getattr(__import__(f"confcontract.{place}", fromlist=[name]), name)
        assert found is getattr(confcontract, name)


def imported_by(place: Path, modules: Set[str]) -> set[str]:
    """Modules of ours that a module names in an import, wherever that stands: for types alone, too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(place.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            within = {f"{node.module}.{each.name}" for each in node.names}
            found |= within & modules if within & modules else {node.module} & modules
    return found


def reached(start: str, arrows: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        fresh = arrows[ahead.pop()] - seen
        seen |= fresh
        ahead += fresh
    return seen


def test_no_modules_import_each_other_but_those_that_lower_a_schema() -> None:
    """Lowering is recursive by nature. `__init__` only hands names on, or is left out of this like a table of contents."""
    places = {
        ".".join(place.relative_to(ROOT).with_suffix("").parts): place
        for place in CODE.rglob("*.py")
        if place.name != "__init__.py"
    }
    arrows = {name: imported_by(place, places.keys()) - {name} for name, place in places.items()}
    circular = {name for name in arrows if name in reached(name, arrows)}
    assert {name for name in circular if not name.startswith("confcontract.author.lowering.")} == set()
