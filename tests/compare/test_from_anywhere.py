"""`confcontract diff` of a revision and of the code that lies here, as a pull request compares them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from confcontract import bake
from tests.compare import shops
from tests.support.commands import run, said
from tests.support.repositories import ALONE, git, repository

BEFORE = """\
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    port: int = 8000
"""
AFTER = BEFORE + "    region: str\n"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On main a contract and the settings of before; in the working tree the settings of after, and those of before
    in a package of another name."""
    folder = repository(tmp_path_factory.mktemp("diff") / "repo", {"shopapp/settings.py": BEFORE.encode()})
    (folder / "shopapp/__init__.py").write_text("")
    done = run("bake", "shopapp.settings:Settings", "--name", "shop", "--version", "1.4.0", "-o", ".", cwd=folder)
    assert done.returncode == 0, said(done)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Bake")
    (folder / "formerapp").mkdir()
    (folder / "formerapp/settings.py").write_text(BEFORE)
    (folder / "shopapp/settings.py").write_text(AFTER)
    return folder


@pytest.mark.parametrize(
    "old,new,title",
    [
        ("git:main:contract.json", "python:shopapp.settings:Settings", "shop 1.4.0 → unversioned"),
        ("git:main:contract.json", "git:main:contract.json", "shop 1.4.0 (old) → shop 1.4.0 (new)"),
        ("git:HEAD:", "contract.json", "shop 1.4.0 (old) → shop 1.4.0 (new)"),
        (
            "python:formerapp.settings:Settings",
            "python:shopapp.settings:Settings",
            "shopapp unversioned (old) → shopapp unversioned (new)",
        ),
        ("python:formerapp.settings:Settings", "git:main:contract.json", "shop unversioned → 1.4.0"),
    ],
)
def test_both_sides_may_be_anywhere(repo: Path, old: str, new: str, title: str) -> None:
    done = run("diff", old, new, cwd=repo, environ=ALONE)
    assert f"{title}: the upgrade is" in done.stdout, said(done)
    assert "APPLICATION_CHANGED" not in done.stdout, "a package is not the name of an application"
    asked = new.endswith("shopapp.settings:Settings")
    assert done.returncode == (1 if asked else 0)
    assert ("SHOP_REGION [ENV_ADDED_REQUIRED]" in done.stdout) is asked
    if asked:
        assert "(shopapp/settings.py:6)" in done.stdout


def test_a_pull_request_without_its_base_is_not_evaluated(repo: Path) -> None:
    done = run("diff", "git:nowhere:contract.json", "python:shopapp.settings:Settings", cwd=repo, environ=ALONE)
    assert done.returncode == 2
    assert "there is no revision nowhere in this repository" in said(done)


def test_another_application_is_asked_about_whatever_its_package_is_called(repo: Path, tmp_path: Path) -> None:
    bake(shops.Elsewhere, name="store", version="7").dump(tmp_path / "store.json")
    done = run("diff", "git:main:contract.json", str(tmp_path / "store.json"), cwd=repo, environ=ALONE)
    assert "APPLICATION_CHANGED" in done.stdout


UNUSED = """
import sys
from confcontract.cli import main
try:
    main(["diff", *sys.argv[1:], "--format", "json"])
except SystemExit as ended:
    assert ended.code == 1, ended.code
kept_out = ("pydantic_settings", "tests", "confcontract.author", "confcontract.boot.", "confcontract.secrets")
found = {name for name in sys.modules if name.startswith(kept_out)}
found -= {"confcontract.boot.options", "confcontract.boot.parse_options"}
print(sorted(found), file=sys.stderr)
"""


def test_a_comparison_imports_neither_what_bakes_nor_the_application(contracts: Path) -> None:
    """Typer itself imports pydantic; boot, which has no Typer, imports nothing of a comparison."""
    command = [sys.executable, "-I", "-c", UNUSED, str(contracts / "old.json"), str(contracts / "new.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=contracts)
    assert json.loads(done.stdout)["complete"] is True
    assert done.stderr == "[]\n"
