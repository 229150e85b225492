"""The page's scripts, as a linter reads them: all as one, since they share their names."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from confcontract.docs.html import document
from tests.docs.html.deno import DENO

NOT_HERE = "no-inner-declarations"
ALSO = "eqeqeq,no-eval,no-self-compare,no-throw-literal,no-undef,default-param-last,guard-for-in"
OF_THE_BROWSER = ("document", "history", "location", "localStorage", "navigator", "requestAnimationFrame")


def test_the_linter_finds_nothing_in_the_scripts(tmp_path: Path) -> None:
    if not DENO.is_file():
        pytest.skip("deno is missing: make install")
    (tmp_path / "page.js").write_text(document._script(), encoding="utf-8")
    ended = subprocess.run(
        [DENO, "lint", "--no-config", "--compact", f"--rules-exclude={NOT_HERE}", f"--rules-include={ALSO}", "page.js"],
        cwd=tmp_path,
        env={"DENO_DIR": str(tmp_path / "cache"), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    told = [line.partition(" - ")[2] for line in ended.stderr.splitlines() if "page.js: line" in line]
    expected = {f"{name} is not defined (no-undef)" for name in OF_THE_BROWSER}
    assert told, f"it looked at the browser's names: {ended.stderr}"
    assert set(told) <= expected
