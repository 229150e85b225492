"""The private directory: where it is, and what is not believed."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from confcontract.boot import rundir
from tests.support.booting import without_privileges

MINE = f"confcontract-{os.geteuid()}"


def test_the_directory_that_the_operator_names_is_made_private(tmp_path: Path) -> None:
    wanted = tmp_path / "run"
    assert rundir.make({rundir.VARIABLE: str(wanted)}) == str(wanted)
    assert wanted.stat().st_mode & 0o7777 == 0o700
    assert rundir.make({rundir.VARIABLE: str(wanted)}) == str(wanted), "it is there already"


def test_in_a_volume_that_everybody_may_enter_a_folder_of_it_is_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert rundir.make({rundir.VARIABLE: str(tmp_path)}) == str(tmp_path / MINE)


def test_nothing_else_is_tried_than_what_the_operator_names(tmp_path: Path) -> None:
    named = str(tmp_path / "absent" / "run")
    assert rundir.candidates({rundir.VARIABLE: named, "XDG_RUNTIME_DIR": "/x"}) == [named, f"{named}/{MINE}"]
    with pytest.raises(rundir.NoDirectory, match=f"set {rundir.VARIABLE} to a directory"):
        rundir.make({rundir.VARIABLE: named})


def test_without_a_name_it_is_looked_for_in_the_usual_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert rundir.candidates({}) == ["/run/confcontract", f"/tmp/{MINE}"]
    assert rundir.candidates({"XDG_RUNTIME_DIR": "/run/user/7", "TMPDIR": "/scratch"}) == [
        *("/run/confcontract", "/run/user/7/confcontract", f"/scratch/{MINE}"),
    ]
    monkeypatch.setattr(rundir, "SYSTEM", str(tmp_path / "not" / "there"))
    environ = {"XDG_RUNTIME_DIR": "/nowhere", "TMPDIR": str(tmp_path)}
    assert rundir.make(environ) == str(tmp_path / MINE)
    assert rundir.find(environ) == [str(tmp_path / MINE)]


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701, 0o1777])
def test_a_directory_that_others_can_enter_is_not_believed(tmp_path: Path, mode: int) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(mode)
    assert not rundir.is_private(str(tmp_path / "run"))


def test_neither_a_link_nor_a_file_is_believed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(0o700)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").write_text("")
    (tmp_path / "file").chmod(0o700)
    assert rundir.is_private(str(tmp_path / "real"))
    for name in ("link", "file", "absent", "nul\0"):
        assert not rundir.is_private(str(tmp_path / name))


def test_a_directory_of_somebody_else_is_not_believed(tmp_path: Path) -> None:
    if os.geteuid() != 0 or not without_privileges():
        pytest.skip("only root can make a directory of somebody else")
    (tmp_path / "run").mkdir(0o700)
    os.chown(tmp_path / "run", 12345, 12345)
    assert not rundir.is_private(str(tmp_path / "run"))


def test_a_socket_whose_path_is_too_long_for_the_kernel_can_be_reached(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 100) / "probe.sock"
    path.parent.mkdir()
    before = len(os.listdir("/proc/self/fd"))
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        with rundir.short_path(str(path)) as short:
            server.bind(short)
        server.listen()
        with rundir.short_path(str(path)) as short:
            client.connect(short)
    assert path.is_socket()
    assert len(os.listdir("/proc/self/fd")) == before
