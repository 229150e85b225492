"""Where we write, somebody may have put something in the way: it is neither written through nor waited for."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confcontract.contract.artifact import Contract
from tests.support.commands import PLAIN_ENVIRON, SAFETY, run, said

MODULE = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str = 'x'\n"
VICTIM = "what only its owner may read\n"
FILES = ("contract.json", "schema.json", "defaults.env")
MARKERS = "<!-- confcontract:begin -->\n<!-- confcontract:end -->\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "planted_app.py").write_text(MODULE)
    (tmp_path / "victim").write_text(VICTIM)
    (tmp_path / "victim").chmod(0o600)
    (tmp_path / "out").mkdir()
    assert run("bake", "planted_app:S", "--name", "s", "-o", "ready", cwd=tmp_path).returncode == 0
    return tmp_path


@pytest.fixture
def unharmed(project: Path) -> Iterator[None]:
    yield
    victim = project / "victim"
    assert victim.read_text() == VICTIM
    assert stat.S_IMODE(victim.stat().st_mode) == 0o600


def fifo(project: Path, place: Path) -> None:
    os.mkfifo(place)


def folder(project: Path, place: Path) -> None:
    place.mkdir()


def foreign_link(project: Path, place: Path) -> None:
    place.symlink_to(project / "victim")
    os.chown(place, 12345, 12345, follow_symlinks=False)


def second_name(project: Path, place: Path) -> None:
    place.parent.chmod(0o777)
    os.link(project / "victim", place)


def link_to_fifo(project: Path, place: Path) -> None:
    os.mkfifo(project / "pipe")
    place.symlink_to(project / "pipe")


Plant = Callable[[Path, Path], None]
PLANTED = [
    fifo,
    folder,
    second_name,
    pytest.param(foreign_link, marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link away")),
]
pytestmark = pytest.mark.usefixtures("unharmed")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("plant", PLANTED)
def test_bake_refuses_what_stands_where_its_files_go(project: Path, plant: Plant, name: str) -> None:
    plant(project, project / "out" / name)
    done = run("bake", "planted_app:S", "--name", "s", "-o", "out", cwd=project)
    assert done.returncode == 64, said(done)
    assert f"out/{name}: can't be written" in said(done)
    assert [path.name for path in (project / "out").iterdir()] == [name]


@pytest.mark.parametrize(
    "options", [("-o", "out/page.md"), ("-o", "out/page.md", "--check"), ("--inject", "out/page.md")]
)
@pytest.mark.parametrize("plant", [*PLANTED, link_to_fifo])
def test_docs_refuses_what_stands_where_its_page_goes(project: Path, plant: Plant, options: tuple[str, ...]) -> None:
    plant(project, project / "out" / "page.md")
    done = run("docs", "--contract", "ready/contract.json", *options, cwd=project)
    assert done.returncode == (2 if "--check" in options else 64), said(done)
    assert "out/page.md: can't be" in said(done)
    assert VICTIM.strip() not in said(done)


PLANTER = """
import os, sys
for name in sys.argv[2].split(","):
    for pattern in (".{}.{}.tmp", "{}.{}.tmp", ".{}.{}", ".{}.tmp", "{}.tmp"):
        os.symlink(sys.argv[1], "out/" + pattern.format(name, os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", "confcontract", *sys.argv[3:]])
"""


def planted_at_drafts(project: Path, names: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, started where links to the victim stand under all the names that its drafts could be given."""
    argv = [sys.executable, "-c", PLANTER, str(project / "victim"), names, *words]
    environ = {**PLAIN_ENVIRON, "PYTHONPATH": f"{PLAIN_ENVIRON['PYTHONPATH']}:{project}"}
    return subprocess.run(argv, cwd=project, env=environ, capture_output=True, text=True, timeout=SAFETY)


def test_a_name_that_a_draft_could_have_is_of_no_use_to_whoever_plants_it(project: Path) -> None:
    done = planted_at_drafts(project, ",".join(FILES), "bake", "planted_app:S", "--name", "s", "-o", "out")
    assert done.returncode == 0, said(done)
    for name in FILES:
        written = project / "out" / name
        assert not written.is_symlink()
        assert stat.S_IMODE(written.stat().st_mode) == 0o644
    assert Contract.load(project / "out" / "contract.json").name == "s"


def test_nor_for_a_page_of_documentation(project: Path) -> None:
    words = ("docs", "--contract", "ready/contract.json", "-o", "out/page.md")
    assert planted_at_drafts(project, "page.md", *words).returncode == 0
    assert "# s 0" in (project / "out" / "page.md").read_text()


def test_one_s_own_link_to_a_page_is_followed(project: Path) -> None:
    (project / "README.md").write_text(MARKERS)
    (project / "out" / "page.md").symlink_to(project / "README.md")
    done = run("docs", "--contract", "ready/contract.json", "--inject", "out/page.md", cwd=project)
    assert done.returncode == 0, said(done)
    assert (project / "out" / "page.md").is_symlink()
    assert "### Variables" in (project / "README.md").read_text()


def test_bits_of_a_mode_that_are_no_permissions_are_not_kept(project: Path) -> None:
    page = project / "out" / "page.md"
    page.write_text("old")
    page.chmod(0o4755)
    assert run("docs", "--contract", "ready/contract.json", "-o", "out/page.md", cwd=project).returncode == 0
    assert stat.S_IMODE(page.stat().st_mode) == 0o755
