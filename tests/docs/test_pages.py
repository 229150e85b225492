"""The pages about generated documentation: every command of the how-to runs, and the reference names what there is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from confcontract.docs.markdown import PARTS
from confcontract.docs.markdown_columns import COLUMNS, DEFAULT
from tests.support.pages import ROOT, Typed, blocks, commands_of, run_console

HOW_TO = ROOT / "docs/how-to/document.md"
REFERENCE = ROOT / "docs/reference/docs.md"


@pytest.mark.slow
def test_every_command_of_the_how_to_runs_in_its_order(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/shop/shop", tmp_path / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "docs").mkdir()
    (template,) = [block.text for block in blocks(HOW_TO) if block.language == "jinja"]
    (tmp_path / "docs/settings.md.j2").write_text(template, encoding="utf-8")
    commands = commands_of(HOW_TO)
    assert len(commands) > 12
    codes = [Typed("echo $?", "") for _ in commands]
    bake = Typed("confcontract bake shop.settings:shop", "")
    run_console([bake, *(each for pair in zip(commands, codes, strict=True) for each in pair)], tmp_path)
    for each, code in zip(commands, codes, strict=True):
        assert code.said == "0\n", f"$ {each.command}\n{each.said}"
    written = (tmp_path / "settings.md").read_text(encoding="utf-8")
    assert written.startswith("# shop 1.4.0\n\n3 variables are required.\n\n## General\n\n| Variable | Default |")
    assert (tmp_path / "settings.html").stat().st_size > 10_000


def test_the_reference_names_every_column_with_where_it_is_said_otherwise() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    lines = re.findall(r"^\| `.*$", text.partition("## Parts")[0], re.MULTILINE)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rows = [(name.strip("`"), otherwise) for name, _, otherwise in cells]
    said = {name: f"`{home}`" if home else "" for name, (_, _, home, _) in COLUMNS.items()}
    assert [name for name, _ in rows] == list(COLUMNS)
    assert {name: "" if where == "nothing" else where for name, where in rows} == said
    assert f"`{','.join(DEFAULT)}`" in text


def test_the_reference_names_every_part_in_its_order() -> None:
    text = REFERENCE.read_text(encoding="utf-8").replace("\n", " ")
    assert ", ".join(f"`{name}`" for name in PARTS) in text
