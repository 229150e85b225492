"""Comparing two contracts needs neither pydantic nor the sides that bake and boot."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
import confcontract.compare.accepted
kept_out = ("pydantic", "pydantic_settings", "typer", "confcontract.author", "confcontract.boot", "confcontract.secrets")
print(sorted(name for name in sys.modules if name.startswith(kept_out) and not name.startswith("pydantic_core")))
"""


def test_comparing_imports_neither_pydantic_nor_the_author_s_side_nor_boot() -> None:
    done = subprocess.run([sys.executable, "-I", "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
