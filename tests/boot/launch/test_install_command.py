"""`python -I -m confcontract.install_command` writes a command that is isolated from its first moment."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import confcontract
from tests.support.starts import AS_INSTALLED, PLAIN, SAFETY, script

HERE = Path(confcontract.__file__).parent.parent


def made(folder: Path) -> Path:
    """A virtual environment that has confcontract, and its command as an installer writes it."""
    import pydantic_core

    venv.create(folder, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "confcontract.pth").write_text(f"{HERE}\n{Path(pydantic_core.__file__).parent.parent}\n")
    script(folder / "bin" / "confcontract", AS_INSTALLED.replace(sys.executable, str(folder / "bin" / "python")))
    return folder / "bin"


def write(place: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    argv = [str(place / "python"), *flags, "-m", "confcontract.install_command"]
    return subprocess.run(argv, env=PLAIN, cwd="/", capture_output=True, text=True, timeout=SAFETY, check=False)


@pytest.mark.parametrize("flags", [("-I",), ()])
def test_the_command_that_an_installer_wrote_is_replaced(tmp_path: Path, flags: tuple[str, ...]) -> None:
    place = made(tmp_path / "venv")
    done = write(place, *flags)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (place / "confcontract").read_text().startswith(f"#!{place}/python -I\n")
    assert os.access(place / "confcontract", os.X_OK)
    assert sorted(path.name for path in place.iterdir() if "confcontract" in path.name) == ["confcontract"]
    for name in ("PYTHONHOME", "PYTHONHASHSEED", "PYTHONEXECUTABLE"):
        environ = {**PLAIN, name: "/nowhere"}
        said = subprocess.run(
            [place / "confcontract", "probe", "live"], env=environ, capture_output=True, text=True, timeout=SAFETY
        )
        assert said.stdout.startswith("live: "), said.stderr


def test_where_no_first_line_can_name_the_interpreter_the_command_stays(tmp_path: Path) -> None:
    place = made(tmp_path / "with a blank")
    before = (place / "confcontract").read_text()
    done = write(place, "-I")
    assert done.returncode == 0
    assert "python -I -m confcontract" in done.stderr
    assert (place / "confcontract").read_text() == before


def test_a_command_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    place = made(tmp_path / "venv")
    (place / "confcontract").unlink()
    (place / "confcontract").mkdir()
    done = write(place, "-I")
    assert done.returncode == 1
    assert "can't be written" in done.stderr
    assert [path.name for path in place.iterdir() if "confcontract" in path.name] == ["confcontract"]


def test_the_command_of_this_environment_is_isolated() -> None:
    """`make install` has it written so."""
    command = Path(sys.executable).with_name("confcontract").read_text()
    assert command.startswith(f"#!{Path(sys.executable).parent}/python -I\n")
