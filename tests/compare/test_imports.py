"""Comparing two contracts needs neither pydantic nor the sides that bake and boot; and boot compares nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pydantic_settings import BaseSettings

from confcontract import bake
from tests.support.booting import PLAIN

CODE = """
import sys
import confcontract.compare.accepted
kept_out = ("pydantic", "pydantic_settings", "typer", "confcontract.author", "confcontract.boot", "confcontract.secrets")
print(sorted(name for name in sys.modules if name.startswith(kept_out) and not name.startswith("pydantic_core")))
"""

# What is loaded when the application takes the process's place.
BOOT = """
import sys
def see(event, arguments):
    if event == "os.exec":
        print(*(name for name in sys.modules if name.startswith("confcontract")), flush=True)
sys.addaudithook(see)
sys.argv = ["confcontract", "boot", "--contract", sys.argv[1], "--", "/bin/true"]
from confcontract.__main__ import start
sys.exit(start())
"""


class Ported(BaseSettings):
    port: int = 8000


def test_comparing_imports_neither_pydantic_nor_the_author_s_side_nor_boot() -> None:
    done = subprocess.run([sys.executable, "-I", "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_boot_imports_nothing_of_a_comparison(tmp_path: Path) -> None:
    bake(Ported, name="ported", version="1").dump(tmp_path / "contract.json")
    command = [sys.executable, "-I", "-c", BOOT, str(tmp_path / "contract.json")]
    done = subprocess.run(command, capture_output=True, text=True, env=PLAIN, timeout=120)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert "confcontract.boot.steps" in loaded
    assert [name for name in loaded if name.startswith("confcontract.compare")] == []
