"""`confcontract docs` as a process: where the page goes, what --check says, what is refused."""

from __future__ import annotations

import copy
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from confcontract.contract.artifact import Contract
from confcontract.contract.digest import digest_of
from tests.docs.making import FORMATS, sample, shop, written
from tests.support.commands import assert_refused, run, said
from tests.support.measured import UNMEASURED
from tests.support.pages import ROOT

_yaml = importlib.import_module("yaml")  # it comes with mkdocs, and without types
BEGIN, END = "<!-- confcontract:begin -->", "<!-- confcontract:end -->"


@pytest.fixture
def contract(tmp_path: Path) -> str:
    path = tmp_path / "contract.json"
    shop().dump(path)
    return str(path)


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_bytes(f"# Shop\r\n\r\n{BEGIN}\r\nold\r\n{END}\r\n\r\nbye \xff".encode("latin-1"))
    return path


def docs(contract: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return run("docs", "--contract", contract, *arguments, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("format", FORMATS)
def test_the_page_goes_to_stdout_and_nothing_else_does(contract: str, format: str) -> None:
    done = docs(contract, "--format", format)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == written(shop(), format)


def test_a_terminal_without_unicode_gets_escapes_not_an_error(contract: str) -> None:
    done = docs(contract, environ={"LANG": "C", "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "\\u2013" in done.stdout


def test_the_page_goes_to_a_file_as_a_whole_with_the_mode_that_it_had(contract: str, tmp_path: Path) -> None:
    target = tmp_path / "page.md"
    assert docs(contract, "-o", str(target)).returncode == 0
    assert target.read_text(encoding="utf-8") == written(shop(), "markdown")
    assert target.stat().st_mode & 0o777 == 0o644
    target.write_text("other")
    target.chmod(0o600)
    link = tmp_path / "link.md"
    link.symlink_to(target)
    assert docs(contract, "-o", str(link)).returncode == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == written(shop(), "markdown")
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contract.json", "link.md", "page.md"]


def test_a_device_is_written_to_and_not_replaced(contract: str) -> None:
    assert docs(contract, "-o", os.devnull).returncode == 0
    assert not os.path.isfile(os.devnull)


def test_a_file_that_is_up_to_date_is_not_touched(contract: str, tmp_path: Path) -> None:
    target = tmp_path / "page.md"
    docs(contract, "-o", str(target))
    before = target.stat()
    done = docs(contract, "-o", str(target))
    assert (done.returncode, done.stderr) == (0, "")
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_inject_writes_between_the_markers_and_keeps_the_rest(contract: str, readme: Path) -> None:
    done = docs(contract, "--inject", str(readme))
    assert (done.returncode, done.stdout) == (0, "")
    content = readme.read_bytes()
    assert content.startswith(b"# Shop\r\n\r\n<!-- confcontract:begin -->\r\n\r\n### 2 must be set\r\n")
    assert content.endswith(b"<!-- confcontract:end -->\r\n\r\nbye \xff")
    assert b"\r\nold\r\n" not in content
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"Provenance" not in content, "a README is of the source: no build of it may make it drift"
    assert docs(contract, "--inject", str(readme), "--check").returncode == 0


def test_check_writes_nothing_shows_the_difference_and_exits_1(contract: str, readme: Path) -> None:
    docs(contract, "--inject", str(readme))
    changed = readme.read_bytes().replace(b"Port to listen on", b"Port to speak on")
    readme.write_bytes(changed)
    done = docs(contract, "--inject", str(readme), "--check")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"--- {readme}", f"+++ {readme}"]
    assert sum(line.startswith("-") and "Port to speak on" in line for line in lines) == 1
    assert sum(line.startswith("+") and "Port to listen on" in line for line in lines) == 1
    assert "differs from the contract" in done.stderr
    assert readme.read_bytes() == changed


def test_check_compares_a_whole_file_too(contract: str, tmp_path: Path) -> None:
    target = tmp_path / "page.json"
    missing = docs(contract, "--format", "json", "-o", str(target), "--check")
    assert missing.returncode == 1
    assert missing.stdout.startswith("--- /dev/null\n")
    assert not target.exists()
    docs(contract, "--format", "json", "-o", str(target))
    assert docs(contract, "--format", "json", "-o", str(target), "--check").returncode == 0
    target.write_bytes(target.read_bytes().rstrip(b"\n"))
    assert docs(contract, "--format", "json", "-o", str(target), "--check").returncode == 1


@pytest.mark.parametrize(
    "what", ["no contract", "a damaged contract", "no file", "one marker", "no such column", "a folder"]
)
def test_what_can_not_be_told_exits_2_and_says_why(what: str, contract: str, readme: Path, tmp_path: Path) -> None:
    arguments = ["--inject", str(readme)]
    if what == "no contract":
        os.unlink(contract)
    elif what == "a damaged contract":
        Path(contract).write_bytes(Path(contract).read_bytes().replace(b"Port to listen", b"Port to lissen"))
    elif what == "no file":
        readme.unlink()
    elif what == "one marker":
        readme.write_text(BEGIN)
    elif what == "no such column":
        arguments += ["--columns", "colour"]
    else:
        arguments = ["-o", str(tmp_path)]
    done = docs(contract, *arguments, "--check")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "1 error" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["-o", "page.html", "--heading", "2", "--format", "html"]])
def test_with_check_options_that_contradict_each_other_are_undecided_too(contract: str, arguments: list[str]) -> None:
    done = docs(contract, *arguments, "--check")
    assert (done.returncode, done.stdout) == (2, "")


def test_without_check_the_same_has_the_ordinary_exit_codes(contract: str, readme: Path) -> None:
    readme.write_text(BEGIN)
    assert docs(contract, "--inject", str(readme)).returncode == 64
    assert readme.read_text() == BEGIN
    os.unlink(contract)
    assert_refused(docs(contract), "there is no contract here")


@pytest.mark.parametrize("command", [("docs",), ("describe", "SHOP_PORT")], ids=lambda command: command[0])
def test_a_contract_that_somebody_damaged_with_care_is_refused_and_not_our_defect(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    data = copy.deepcopy(dict(shop().data))
    del data["variables"][3]["type"]
    data["digest"] = digest_of(data)
    Contract(data).dump(tmp_path / "contract.json")
    assert_refused(run(*command, "--contract", str(tmp_path / "contract.json")), "the contract is damaged")


@pytest.mark.parametrize("target", ["missing/page.md", ""], ids=["no such folder", "a folder"])
def test_a_place_that_can_not_be_written_is_a_usage_error(contract: str, tmp_path: Path, target: str) -> None:
    done = docs(contract, "-o", str(tmp_path / target))
    assert done.returncode == 64
    assert "can't be written" in said(done)
    assert [path.name for path in tmp_path.iterdir()] == ["contract.json"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--inject", "a", "-o", "b"], "two destinations"),
        (["--inject", "a", "--format", "json"], "--inject writes Markdown, not json"),
        (["--columns", "name", "--format", "man"], "--columns is for Markdown"),
        (["--template", "x", "--format", "json"], "--template is for Markdown"),
        (["--format", "pdf"], "pdf"),
    ],
)
def test_options_that_contradict_each_other_are_a_usage_error(contract: str, arguments: list[str], words: str) -> None:
    done = docs(contract, *arguments)
    assert done.returncode == 64
    assert words in said(done)


def test_columns_parts_and_headings_are_chosen(contract: str) -> None:
    done = docs(contract, "--columns", "name,default", "--parts", "variables", "--heading", "3")
    assert done.stdout.startswith("#### Variables\n")
    assert "| Variable | Default |\n" in done.stdout
    assert "Exit codes" not in done.stdout


@pytest.mark.parametrize("format", FORMATS)
def test_neither_pydantic_nor_the_author_side_nor_the_application_is_imported(contract: str, format: str) -> None:
    """Of the command itself that can't be asked: Typer reads its options with pydantic."""
    program = (
        "import sys; from confcontract.contract.artifact import Contract; from confcontract.verdict.mask import mask_credentials\n"
        "from confcontract.docs import markdown_columns, markdown, page_formats; from confcontract.docs.build import page_of\n"
        "contract = Contract.load(sys.argv[1]); page = page_of(contract, mask_credentials)\n"
        "layout = markdown.Layout(markdown_columns.DEFAULT, tuple(markdown.PARTS))\n"
        "text = markdown.render(page, layout) if sys.argv[2] == 'markdown' else page_formats.render(page, contract, sys.argv[2])\n"
        "print(len(text) > 1000, [name for name in sys.modules if name.partition('.')[0] in ('pydantic', 'typer', "
        "'pydantic_settings', 'rich', 'jinja2', 'dataclasses', 'shop') or name.startswith('confcontract.author')])"
    )
    argv = [sys.executable, "-c", program, contract, format]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=ROOT, env=UNMEASURED)
    assert done.stdout == "True []\n", done.stderr


# --- the hooks


def hooks() -> dict[str, dict[str, object]]:
    found = _yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return {hook["id"]: hook for hook in found}


def hook(name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As pre-commit runs it: entry and arguments, in the root of the repository."""
    found = hooks()[name]
    assert found["pass_filenames"] is False
    assert found["language"] == "python"
    entry, arguments = found["entry"], found["args"]
    assert isinstance(entry, str)
    assert isinstance(arguments, list)
    program, *words = entry.split()
    assert program == "confcontract"
    return run(*words, *arguments, cwd=folder)


def test_the_hooks_write_and_compare(tmp_path: Path) -> None:
    sample().dump(tmp_path / "contract.json")
    (tmp_path / "README.md").write_text("# Shop\n")
    assert hook("confcontract-docs-check", tmp_path).returncode == 1
    assert hook("confcontract-docs", tmp_path).returncode == 0
    assert END in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert hook("confcontract-docs-check", tmp_path).returncode == 0
    (tmp_path / "contract.json").unlink()
    assert hook("confcontract-docs-check", tmp_path).returncode == 2
