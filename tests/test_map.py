"""The map of the code in the documentation names every module, and nothing else that looks like one."""

from __future__ import annotations

import re

import pytest

from tests.pages import ROOT

CODE = ROOT / "confcontract"
PAGE = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
MAP = PAGE.partition("## Where things live")[2].partition("\n## ")[0]


@pytest.mark.parametrize("folder", ["", "author", "boot", "read/docs"])
def test_the_map_names_every_module(folder: str) -> None:
    places = [place for place in (CODE / folder).iterdir() if not place.name.startswith(("_", "."))]
    modules = {f"{place.name}/" if place.is_dir() else place.stem for place in places if place.suffix in ("", ".py")}
    named = set(re.findall(r"`([\w/]+)`", MAP))
    if folder == "":  # the three sides and what they share have sections of their own
        modules -= {"author/", "boot/", "cli/", "read/", "checks/"}
    assert not modules - named


def test_what_the_map_names_is_there() -> None:
    rows = re.findall(r"^\| ((?:`[\w/]+`(?:, )?)+) \|", MAP, re.MULTILINE)
    for name in re.findall(r"`([\w/]+)`", " ".join(rows)):
        if name not in ("author/", "boot/", "docs/"):
            pattern = name.rstrip("/") if name.endswith("/") else f"{name}.py"
            assert [place for place in CODE.rglob(pattern) if place.parent.name in ("author", "boot", "docs")], name
