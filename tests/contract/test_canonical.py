"""The same class gives the same bytes, wherever and whenever it is baked."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from confcontract import bake
from confcontract.contract.artifact import Contract
from tests.support import sample
from tests.support.commands import run, said
from tests.support.forks import plain_environ
from tests.support.sample import SHOP, Settings

SAMPLE = Path(sample.__file__)
SETS = """
from typing import Literal
from pydantic import BaseModel
from pydantic_settings import BaseSettings

class Inner(BaseModel):
    words: frozenset[str] = frozenset({"x", "yy", "zzz", "ä"})

class Settings(BaseSettings):
    names: set[str] = {"a", "b", "c", "dd", "e", "ff"}
    numbers: set[int] = {3, 1, 2, 1000, -5}
    inner: Inner = Inner()
    table: dict[str, set[str]] = {"k": {"p", "q", "r"}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A directory from which the sample can be imported as the module `shop_settings`."""
    made = tmp_path / "project"
    made.mkdir()
    shutil.copy(SAMPLE, made / "shop_settings.py")
    (made / "sets.py").write_text(SETS)
    return made


def _baked(project: Path, settings: str, out: Path, **environ: str) -> dict[str, bytes]:
    done = run("bake", settings, "-o", str(out), "--name", "shop", "--version", "1", cwd=project, environ=environ)
    assert done.returncode == 0, said(done)
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


BAKING = """
import sys
from confcontract.cli import main
_, out, *all_settings = sys.argv
for settings in all_settings:
    main(["bake", settings, "-o", f"{out}/{settings}", "--name", "shop", "--version", "1"])
"""
SETTINGS = ["shop_settings:SHOP", "shop_settings:Settings", "sets:Settings"]


def _all_baked(project: Path, out: Path, **environ: str) -> dict[str, dict[str, bytes]]:
    """Settings → what is baked of it, by one interpreter that has started with that environment."""
    subprocess.run(
        [sys.executable, "-c", BAKING, out, *SETTINGS],
        cwd=project,
        env={**plain_environ(), **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return {
        settings: {path.name: path.read_bytes() for path in sorted((out / settings).iterdir())} for settings in SETTINGS
    }


@pytest.mark.slow
def test_the_same_bytes_in_every_process(project: Path, tmp_path: Path) -> None:
    first = _all_baked(project, tmp_path / "first", PYTHONHASHSEED="0")
    for files in first.values():
        assert set(files) == {"contract.json", "schema.json", "defaults.env"}
    other = tmp_path / "elsewhere with blanks"
    shutil.copytree(project, other)
    for number, environ in enumerate(
        [
            {"PYTHONHASHSEED": "1"},
            {"PYTHONHASHSEED": "4242", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "C"},
            {"PYTHONHASHSEED": "7", "TZ": "America/Caracas", "LC_ALL": "tr_TR.UTF-8", "HOME": "/nowhere", "USER": "nn"},
            {
                "PYTHONHASHSEED": "8",
                "PYTHONUTF8": "0",
                "PYTHONIOENCODING": "latin-1",
                "SHOP_PORT": "1",
                "SHOP_HOST": "zz",
            },
            {"PYTHONHASHSEED": "9", "PYTHONOPTIMIZE": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        ]
    ):
        place = other if number % 2 else project
        again = _all_baked(place, tmp_path / f"again{number}", **environ)
        assert again == first, f"with {environ}"


def test_baking_twice_in_one_process_gives_the_same_bytes() -> None:
    assert bake(SHOP).to_bytes() == bake(SHOP).to_bytes()
    assert bake(Settings, name="a", version="1").to_bytes() == bake(Settings, name="a", version="1").to_bytes()


def test_the_file_is_sorted_compact_utf8_with_one_line_end(declared: bytes) -> None:
    data = json.loads(declared)
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert declared == text.encode() + b"\n"


def test_the_digest_is_sha256_of_the_canonical_document_without_digest_and_provenance(declared: bytes) -> None:
    data = json.loads(declared)
    rest = {key: value for key, value in data.items() if key not in ("digest", "provenance")}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert data["digest"] == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_provenance_is_no_part_of_the_digest() -> None:
    plain = bake(SHOP)
    told = bake(SHOP, source_commit="abc", image_tag="shop:1", source_date_epoch="1700000000")
    assert told.digest == plain.digest
    assert told.to_bytes() != plain.to_bytes()
    assert told.data["provenance"]["buildTime"] == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize("change", [{"name": "other"}, {"version": "2"}])
def test_all_else_is_part_of_the_digest(change: dict[str, Any]) -> None:
    assert bake(SHOP, **change).digest != bake(SHOP).digest


def test_what_was_dumped_is_what_is_loaded(tmp_path: Path) -> None:
    contract = bake(SHOP)
    contract.dump(tmp_path / "contract.json")
    again = Contract.load(tmp_path / "contract.json")
    assert again.to_bytes() == contract.to_bytes()
    assert again.data == json.loads(contract.to_bytes())
    assert (again.name, again.version, again.digest) == ("shop", "1.4.0", contract.digest)


# -- the time of the build -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("epoch", "told"),
    [
        ("0", "1970-01-01T00:00:00Z"),
        ("1700000000", "2023-11-14T22:13:20Z"),
        ("-1", "1969-12-31T23:59:59Z"),
        ("253402300799", "9999-12-31T23:59:59Z"),
        ("-62135596800", "0001-01-01T00:00:00Z"),
    ],
)
def test_source_date_epoch_sets_the_build_time(project: Path, tmp_path: Path, epoch: str, told: str) -> None:
    files = _baked(project, "sets:Settings", tmp_path / "out", SOURCE_DATE_EPOCH=epoch, TZ="Asia/Kathmandu")
    assert json.loads(files["contract.json"])["provenance"]["buildTime"] == told


@pytest.mark.parametrize("environ", [{}, {"SOURCE_DATE_EPOCH": ""}])
def test_without_it_there_is_no_build_time(project: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    files = _baked(project, "sets:Settings", tmp_path / "out", **environ)
    assert "buildTime" not in json.loads(files["contract.json"])["provenance"]


@pytest.mark.parametrize(
    "epoch",
    ["x", "1.5", "1e3", "0x10", "2026-01-01", "1_0", " 5 ", "٥", "9" * 20, "-" + "9" * 20, "9" * 5000, "canary\n"],
)
def test_a_source_date_epoch_that_is_no_integer_is_an_error(project: Path, tmp_path: Path, epoch: str) -> None:
    out = tmp_path / "out"
    done = run("bake", "sets:Settings", "-o", str(out), cwd=project, environ={"SOURCE_DATE_EPOCH": epoch})
    assert done.returncode == 64, said(done)
    assert "SOURCE_DATE_EPOCH" in said(done)
    assert "internal error" not in said(done)
    assert not out.exists()
