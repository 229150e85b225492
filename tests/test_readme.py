"""Everything in README.md that can be run is run, and says what README.md says that it says."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from confcontract import Contract
from docs.pictures import IMAGES, report_svg
from tests.audit.right_image import Made
from tests.support.pages import ROOT, Typed, blocks, commands_of, run_console, write_files

README = ROOT / "README.md"


def commands() -> list[Typed]:
    """All but those of make, which would run these tests again."""
    found = commands_of(README)
    return [each for each in found if not each.command.startswith("make ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("readme")
    write_files(README, made)
    Made().reference(made / "image")  # what `make image` would have built: tests/test_image.py builds one
    return made


@pytest.fixture(scope="module")
def ran(folder: Path) -> list[Typed]:
    """In the usual runtime directory, as a reader's: only one boot of this machine can have it at a time."""
    while True:
        found = commands()
        run_console(found, folder)
        if not any("address already in use" in each.said for each in found):
            return found


@pytest.mark.parametrize("number", range(len(commands())), ids=[each.command[:60] for each in commands()])
def test_each_command_of_the_readme_prints_what_the_readme_says(ran: list[Typed], number: int) -> None:
    each = ran[number]
    assert each.as_promised, f"$ {each.command}\n{each.said}"


def test_the_readme_shows_both_ends_of_a_boot() -> None:
    promised = "".join(each.promised for each in commands())
    assert "the configuration is valid; starting" in promised
    assert "boot failed" in promised
    assert "\n78\n" in promised


def test_the_class_in_the_readme_bakes_to_what_its_text_says(ran: list[Typed], folder: Path) -> None:
    variables = {each["name"]: each for each in Contract.load(folder / "contract/contract.json").variables}
    assert ran
    assert set(variables) == {"SHOP_DATABASE_URL", "SHOP_CURRENCIES", "SHOP_PORT", "SHOP_LOG_LEVEL"}
    assert variables["SHOP_DATABASE_URL"]["vault"] == "secret/shop#database_url"
    assert variables["SHOP_CURRENCIES"]["encoding"] == "separated"


def test_the_lines_of_the_dockerfile_are_those_of_the_example() -> None:
    dockerfile = (ROOT / "examples/shop/Dockerfile").read_text(encoding="utf-8")
    shown = [block.text for block in blocks(README) if block.language == "dockerfile"]
    assert shown
    for lines in shown:
        assert f"\n{lines}" in dockerfile


def test_what_the_readme_asks_of_make_is_there() -> None:
    asked = re.findall(r"^\$ make (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert asked == ["demo", "test", "lock"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in asked[:2]:
        assert f"\n{target}: " in makefile


def test_what_the_story_asks_of_make_is_in_the_makefile_that_init_wrote(ran: list[Typed], folder: Path) -> None:
    """Its builds are those of tests/test_image.py."""
    assert ran
    (targets,) = re.findall(r"^\$ make ([a-z ]+) BASE=", README.read_text(encoding="utf-8"), re.MULTILINE)
    done = subprocess.run(
        ["make", "--dry-run", *targets.split(), "BASE=x", "VERSION=1", "SOURCE_COMMIT=1", "SOURCE_DATE_EPOCH=1"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for line in ("pip-compile --generate-hashes", "--target contract", "CONTRACT_DIGEST=", "./image-smoke.sh 'shop:1'"):
        assert line in done.stdout or line.replace("shop:1", f"{folder.name}:1") in done.stdout, done.stdout


def test_the_picture_of_the_report_shows_what_the_readme_says_and_boot_prints() -> None:
    drawn = (IMAGES / "report.svg").read_text(encoding="utf-8")
    assert drawn == report_svg(README.read_text(encoding="utf-8")), "run: python docs/pictures.py"
    assert "SHOP_LOG_LEVEL" in drawn
    assert (IMAGES / "settings-page.png").stat().st_size < 150_000


def test_the_last_screen_of_the_readme_tells_the_whole_story() -> None:
    last = README.read_text(encoding="utf-8").rpartition("\n## ")[2]
    assert last.startswith("The whole story\n")
    assert len(last.splitlines()) <= 40
    asked = re.findall(r"^\$ (?:confcontract )?(\w+)", last, re.MULTILINE)
    assert [each for each in asked if each != "printf"] == [
        *("init", "make", "boot", "docs", "diff", "audit", "validate", "export")
    ]


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    for link in links:
        if "://" not in link:
            assert (ROOT / link.partition("#")[0]).exists(), link


def test_the_readme_names_the_python_that_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = project["requires-python"].removeprefix(">=")
    assert f"Python {least} to 3." in README.read_text(encoding="utf-8")
