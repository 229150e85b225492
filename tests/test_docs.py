"""The examples of the documentation run: python blocks of every page, the tutorial from its first command to its last."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pages import ROOT, Typed, blocks, commands_of, run_console, run_program, write_files

DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial/first-image.md"
DOCUMENT = DOCS / "how-to/document.md"  # run as a whole: tests/docs/test_pages.py
DRIFT = DOCS / "how-to/drift.md"  # run as a whole: tests/cli/test_drift_command.py
COMPARE = DOCS / "how-to/compare.md"  # tests/compare/test_pages.py
RELEASE = DOCS / "how-to/release.md"  # there, too
FLEET = DOCS / "how-to/fleet.md"  # tests/fleet/test_fleet_page.py
MANIFESTS = DOCS / "how-to/manifests.md"  # tests/manifests/test_manifests_page.py
# tests/platforms/kubernetes/test_page.py, tests/platforms/helm/test_page.py
CLUSTERS = (DOCS / "how-to/kubernetes.md", DOCS / "how-to/gitops.md", DOCS / "how-to/helm.md")
SERVICES = (DOCS / "how-to/compose.md", DOCS / "how-to/systemd.md")  # tests/platforms/test_pages.py
SHOP = ROOT / "examples/shop"
PAGES = sorted(DOCS.rglob("*.md"))
# Those begin an installation, or need what only a reader has.
NOT_HERE = (
    "docker ",
    "podman ",
    "BASE=$(podman ",
    "buildah ",
    "BASE=docker.io/",
    "make ",
    "pip install ",
    "pip wheel ",
    "uv ",
    "python3 -m venv ",
    ". venv/",
)


def console(page: Path) -> list[Typed]:
    found = commands_of(page)
    return [each for each in found if not each.command.startswith(NOT_HERE)]


def named(page: Path) -> str:
    return str(page.relative_to(DOCS))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(block.language == "python" for block in blocks(page))], ids=named
)
def test_the_python_blocks_of_a_page_run(page: Path, tmp_path: Path) -> None:
    write_files(page, tmp_path)
    for block in blocks(page):
        if block.file:
            compile(block.text, block.file, "exec")
    finished = run_program(page, tmp_path)
    assert finished.returncode == 0, finished.stderr


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> list[Typed]:
    folder = tmp_path_factory.mktemp("tutorial")
    write_files(TUTORIAL, folder)
    found = console(TUTORIAL)
    run_console(found, folder)
    return found


@pytest.mark.parametrize("number", range(len(console(TUTORIAL))), ids=[each.command[:60] for each in console(TUTORIAL)])
def test_each_command_of_the_tutorial_prints_what_the_tutorial_says(tutorial: list[Typed], number: int) -> None:
    each = tutorial[number]
    assert each.as_promised, f"$ {each.command}\n{each.said}"


def test_the_image_of_the_tutorial_bakes_and_starts_as_the_tutorial_did_by_hand() -> None:
    (lines,) = [block.text for block in blocks(TUTORIAL) if block.language == "dockerfile"]
    (bake,) = [each.command for each in console(TUTORIAL) if each.command.startswith("confcontract bake")]
    assert f"RUN {bake.replace('-o contract', '-o /etc/confcontract')}\n" in lines
    assert 'ENTRYPOINT ["python", "-I", "-m", "confcontract", "boot", "--"]\nCMD ["python", "-m", "greeter"]\n' in lines


def elsewhere() -> Iterator[tuple[Path, Typed]]:
    for page in PAGES:
        if page not in (TUTORIAL, DOCUMENT, COMPARE, RELEASE, DRIFT, FLEET, *CLUSTERS, MANIFESTS, *SERVICES):
            for each in console(page):
                yield page, each


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's files, and what bake made of it."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(SHOP / "shop", folder / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("production.env", "prod.env"):
        shutil.copy(SHOP / "production.env", folder / name)
    shutil.copy(SHOP / "requirements.txt", folder)
    run_console([Typed("confcontract bake shop.settings:shop", "")], folder)
    return folder


@pytest.mark.parametrize(
    "page, each", list(elsewhere()), ids=[f"{named(page)}: {each.command[:60]}" for page, each in elsewhere()]
)
def test_every_other_command_of_the_documentation_is_understood(
    page: Path, each: Typed, example: Path, tmp_path: Path
) -> None:
    """They need a reader's files and servers; here they get the example's, and may refuse, but not the command line."""
    shutil.copytree(example, tmp_path, dirs_exist_ok=True)
    code = Typed("echo $?", "")
    run_console([each, code], tmp_path, CONFCONTRACT_PATH="contract.json")
    if each.command.startswith("confcontract boot"):
        assert "no Vault server is configured" in each.said  # as far as it gets here
    assert code.said.strip() not in ("64", "70", "126", "127"), each.said
    assert "Traceback" not in each.said
