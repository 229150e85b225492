"""`confcontract changelog`, `bump` and `tag`, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from confcontract import bake
from tests.compare import shops
from tests.support.commands import run, said


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("versions")
    for settings, version in ((shops.Old, "1.4.0"), (shops.New, "1.5.0")):
        bake(settings, name="shop", version=version).dump(folder / f"{settings.__name__.lower()}.json")
    bake(shops.Old, name="shop", version="2026.11").dump(folder / "calendar.json")
    (folder / "damaged.json").write_text('{"apiVersion": "confcontract/v9"}')
    return folder


def test_a_release_note_is_appended_once(versions: Path, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_bytes((versions / "old.json").read_bytes())
    (tmp_path / "new.json").write_bytes((versions / "new.json").read_bytes())
    command = ("changelog", "old.json", "new.json", "--append", "CHANGELOG.md", "--version", "2.0.0")
    first = run(*command, "--date", "2027-01-31", cwd=tmp_path)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "wrote CHANGELOG.md\n")
    made = (tmp_path / "CHANGELOG.md").read_bytes()
    assert made.startswith(b"# Changelog\n\n## [2.0.0] - 2027-01-31\n\n")
    assert b"- `SHOP_REGION`: Required, text. Set it before you upgrade" in made
    again = run(*command, cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert (tmp_path / "CHANGELOG.md").read_bytes() == made


def test_a_file_that_can_not_be_read_ends_with_2_and_stays(versions: Path, tmp_path: Path) -> None:
    (tmp_path / "C.md").write_bytes(b"\xff\xfe# x\n")
    arguments = ("changelog", str(versions / "old.json"), str(versions / "new.json"), "--version", "2.0.0", "--append")
    for name, words in (("C.md", "is not UTF-8 text (line 1)"), (".", "Is a directory")):
        done = run(*arguments, name, cwd=tmp_path)
        assert done.returncode == 2
        assert words in said(done)
    assert (tmp_path / "C.md").read_bytes() == b"\xff\xfe# x\n"


@pytest.mark.parametrize(
    "arguments,code,words",
    [
        (("changelog", "old.json", "new.json"), 0, "### Added"),
        (("changelog", "old.json", "old.json"), 0, "nothing changed for operators"),
        (("changelog", "old.json", "nothing.json"), 2, "nothing.json: there is no contract here"),
        (("changelog", "damaged.json", "new.json"), 2, "damaged.json"),
        (("changelog", "", "new.json"), 64, "the name of a contract is empty"),
        (("changelog", "old.json", "new.json", "--append", "C.md"), 64, "--append needs the version"),
        (("changelog", "old.json", "new.json", "--date", "2027-01-31"), 64, "--date needs the version"),
        (("changelog", "old.json", "new.json", "--version", "1", "--date", "soon"), 64, "--date is not a date"),
        (("changelog", "old.json", "new.json", "--version", "](x"), 64, "not a version that a heading can name"),
        (("changelog", "old.json"), 64, "NEW"),
        (("bump", "old.json", "new.json"), 0, "major: 1.4.0 → 2.0.0"),
        (("bump", "old.json", "old.json"), 0, "none: 1.4.0"),
        (("bump", "old.json", "new.json", "--check", "1.5.0"), 1, "it has to be 2.0.0 at least"),
        (("bump", "old.json", "new.json", "--check", "2.0.0-rc.1"), 0, "2.0.0-rc.1 is high enough"),
        (("bump", "old.json", "new.json", "--check", "two"), 2, "the version of --check is not a semantic version"),
        (("bump", "calendar.json", "new.json"), 2, "calendar.json is not a semantic version: '2026.11'"),
        (("bump", "nothing.json", "new.json"), 2, "nothing.json"),
        (("tag", "old.json"), 0, "1.4.0-cfg."),
        (("tag", "nothing.json"), 78, "nothing.json"),
    ],
    ids=str,
)
def test_the_exit_code_and_the_words(versions: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = run(*arguments, cwd=versions)
    assert done.returncode == code, said(done)
    assert words in said(done)
    assert "Traceback" not in said(done)


def test_a_bump_is_told_to_programs(versions: Path) -> None:
    told = json.loads(run("bump", "old.json", "new.json", "--check", "1.5.0", "--format", "json", cwd=versions).stdout)
    assert (told["bump"], told["version"], told["checked"]) == ("major", "2.0.0", {"version": "1.5.0", "ok": False})
    assert {"ENV_ADDED_REQUIRED", "RANGE_NARROWED"} <= {each["rule"] for each in told["reasons"]}


def test_severities_of_the_project_count_for_a_bump(versions: Path, tmp_path: Path) -> None:
    table = '[tool.confcontract.diff.severity]\nENV_ADDED_REQUIRED = "info"\nRANGE_NARROWED = "off"\n'
    (tmp_path / "pyproject.toml").write_text(table)
    done = run("bump", str(versions / "old.json"), str(versions / "new.json"), cwd=tmp_path)
    assert done.stdout.startswith("minor: 1.4.0 → 1.5.0\n")
