"""One seam for all references to a contract: what each beginning means, and every command that takes one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from confcontract.contract import anywhere
from confcontract.contract.artifact import Contract
from confcontract.report.errors import ContractUnusable
from tests.support.commands import assert_refused, run, said
from tests.support.images import Layout, layout, member, saved, tar
from tests.support.inprocess import run_here
from tests.support.repositories import ALONE, repository

CODE = Path(anywhere.__file__).parent


def test_every_module_of_the_seam_is_reached() -> None:
    modules = {path.stem for path in CODE.glob("from_*.py")}
    assert modules == {*anywhere.BEGINNINGS.values(), "from_file", "from_folder"}
    for head, name in anywhere.BEGINNINGS.items():
        module = __import__(f"confcontract.contract.{name}", fromlist=["load"])
        assert head in getattr(module, "BEGINNINGS", (getattr(module, "BEGINNING", None),))


def test_a_file(contract: Path) -> None:
    assert anywhere.load(str(contract)) == Contract.load(contract)


@pytest.mark.parametrize("end", ["", "/", "/."])
def test_a_directory_that_holds_one(contract: Path, end: str) -> None:
    assert anywhere.load(f"{contract.parent}{end}") == Contract.load(contract)


def test_the_working_directory(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(contract.parent)
    assert anywhere.load(".") == Contract.load(contract)


def test_a_directory_without_one(tmp_path: Path) -> None:
    with pytest.raises(ContractUnusable) as caught:
        anywhere.load(str(tmp_path))
    (problem,) = caught.value.problems
    assert problem.message == f"{tmp_path}: there is no contract.json in this directory"
    assert problem.hint == f"name the file, or write one there: confcontract bake MODULE:OBJECT -o {tmp_path}"


def test_a_directory_whose_contract_is_none(tmp_path: Path) -> None:
    (tmp_path / "contract.json").mkdir()
    with pytest.raises(ContractUnusable, match=r"contract\.json: is a directory"):
        anywhere.load(str(tmp_path))


@pytest.mark.parametrize("name", ["git:x", "git:HEAD:contract.json", "python:shop:Settings", "oci:shop", "C:shop.json"])
def test_a_file_with_an_odd_name_is_meant_by_its_path(
    name: str, contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(contract.parent)
    contract.rename(name)
    assert anywhere.load(f"./{name}").name == "shop"
    assert anywhere.load(f"{contract.parent}/{name}").name == "shop"


@pytest.mark.parametrize("name", ["dir:shop", "C:shop.json", "Git:x", "a b:c"])
def test_what_begins_like_no_reference_is_a_file(name: str, contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(contract.parent)
    contract.rename(name)
    assert anywhere.load(name).name == "shop"


def test_what_begins_like_a_reference_is_one_also_beside_a_file_of_that_name(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or what a command reads would depend on what lies in its working directory."""
    monkeypatch.chdir(contract.parent)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(contract.parent.parent))
    contract.rename("git:HEAD:contract.json")
    with pytest.raises(ContractUnusable, match="not a git repository"):
        anywhere.load("git:HEAD:contract.json")


@pytest.mark.parametrize(
    "reference", ["dir:/srv/shop", "docker-daemon:shop:1", "Git:HEAD:x", "s3://shop/contract.json"]
)
def test_a_kind_of_reference_that_there_is_not(reference: str) -> None:
    with pytest.raises(ContractUnusable) as caught:
        anywhere.load(reference)
    (problem,) = caught.value.problems
    head = reference.partition(":")[0]
    assert f"no contract is read from a reference that begins with {head}:" in problem.message
    assert problem.hint == f"name {anywhere.FORMS}"


def test_a_url_is_not_shown_because_it_may_hold_a_password() -> None:
    with pytest.raises(ContractUnusable) as caught:
        anywhere.load("https://app:canary-7f3a91@example.com/contract.json")
    assert "canary" not in str(caught.value.problems[0].as_dict())


@pytest.mark.parametrize("reference", ["C:\\shop\\contract.json", "gone.json", "gone/", "a b:c"])
def test_a_file_that_is_not_there(reference: str) -> None:
    with pytest.raises(ContractUnusable, match="there is no contract here"):
        anywhere.load(reference)


# -- every command that takes a contract ------------------------------------------------------------

COMMANDS: dict[str, tuple[str, ...]] = {
    "validate": ("validate", "--no-environ"),
    "validate as JSON": ("validate", "--format", "json"),
    "explain": ("explain",),
    "describe": ("describe", "SHOP_PORT"),
    "docs": ("docs",),
    "docs html": ("docs", "--format", "html"),
    "docs --check": ("docs", "--check", "-o", "page.md"),
    "secrets check": ("secrets", "check"),
    "secrets policy": ("secrets", "policy"),
    "secrets plan": ("secrets", "plan"),
    "secrets apply": ("secrets", "apply"),
}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, baked: bytes) -> Path:
    return repository(tmp_path_factory.mktemp("anywhere") / "shop", {"deploy/contract.json": baked})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_the_same_of_a_contract_in_a_file_or_a_commit(command: str, repo: Path) -> None:
    def told(reference: str) -> tuple[int, str]:
        done = run(*COMMANDS[command], "--contract", reference, environ=ALONE, cwd=repo)
        return done.returncode, done.stdout + done.stderr

    by_file = told("deploy/contract.json")
    assert "internal" not in by_file[1]
    assert told("deploy") == by_file
    assert told("git:HEAD:deploy/contract.json") == by_file


@pytest.fixture(scope="module")
def images(repo: Path, baked: bytes) -> list[str]:
    """References of images with that contract, of each form."""
    layer = tar(member("etc/confcontract/contract.json", baked))
    folder = layout(repo / "image", layer, env=["SHOP_PORT=1"])
    archive = Layout(repo / "laid")
    archive.tag(archive.image([layer]))
    return [folder, f"oci-archive:{archive.archive(repo / 'oci.tar')}", saved(repo / "saved.tar", layer)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_the_same_of_a_contract_in_an_image(
    command: str, repo: Path, images: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of one whose image sets a variable: what is judged is the environment of the deployment."""
    monkeypatch.chdir(repo)
    for name in [*os.environ]:
        if name.startswith(("SHOP_", "VAULT_", "BAO_", "CONFCONTRACT_")):
            monkeypatch.delenv(name)

    def told(reference: str) -> tuple[int, str]:
        done = run_here(*COMMANDS[command], "--contract", reference)
        return done.returncode, done.stdout + done.stderr

    by_file = told("deploy/contract.json")
    assert "internal" not in by_file[1]
    for reference in images:
        assert told(reference) == by_file


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_what_it_can_not_read(command: str, repo: Path) -> None:
    done = run(*COMMANDS[command], "--contract", "git:v9:deploy", environ=ALONE, cwd=repo)
    assert done.returncode == (2 if "--check" in COMMANDS[command] else 78)
    assert "git:v9:deploy: there is no revision v9 in this repository" in said(done)


def test_boot_and_the_variable_of_the_contract_keep_to_files(repo: Path, contract: Path) -> None:
    elsewhere = "names git:HEAD:deploy, but boot reads a contract from a file"
    assert_refused(run("boot", "--contract", "git:HEAD:deploy", "--", "true", cwd=repo), f"--contract {elsewhere}")
    assert_refused(run("boot", "--contract", "deploy", "--", "true", cwd=repo), "is a directory")
    for command in ("boot", "explain"):  # of which the second shows what the first would do
        words = ("--dry-run",) if command == "boot" else ()
        done = run(command, *words, environ={"CONFCONTRACT_PATH": "git:HEAD:deploy"}, cwd=repo)
        assert_refused(done, f"CONFCONTRACT_PATH {elsewhere}")
    named = run("explain", environ={"CONFCONTRACT_PATH": os.fspath(contract)}, cwd=repo)
    assert named.returncode == 78, "SHOP_PORT is missing"
    assert "SHOP_PORT" in named.stdout
