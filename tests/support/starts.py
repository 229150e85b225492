"""The ways in which the command is started, and an exact environment to start it in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from confcontract.install_command import command

PLAIN = {"PATH": os.defpath, "LANG": "C.UTF-8"}
SAFETY = 120  # seconds until a hanging process is a failure; no test asks how long anything took
AS_INSTALLED = f"""#!{sys.executable}
import sys
from confcontract.__main__ import start
if __name__ == "__main__":
    sys.exit(start())
"""  # what pip and uv write

_EXECVE = """
import ctypes, sys
words = [bytes.fromhex(word) for word in sys.argv[1].split(",")]
entries = [bytes.fromhex(entry) for entry in sys.argv[2].split(",")]
array = lambda texts: (ctypes.c_char_p * (len(texts) + 1))(*texts)
ctypes.CDLL(None).execve(words[0], array(words), array(entries))
"""


def ways(folder: Path) -> dict[str, list[str]]:
    """What to put before the arguments, by name; scripts are written to the folder."""
    text = command()
    assert text is not None
    return {
        "python -I -m": [sys.executable, "-I", "-m", "confcontract"],
        "isolated script": [script(folder / "isolated" / "confcontract", text)],
        "python -m": [sys.executable, "-m", "confcontract"],
        "script": [script(folder / "plain" / "confcontract", AS_INSTALLED)],
    }


ISOLATED = ("python -I -m", "isolated script")  # nothing at all of the application's runs
WAYS = (*ISOLATED, "python -m", "script")


def script(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def with_entries(argv: list[str], entries: list[bytes]) -> list[str]:
    """A command that becomes argv with exactly these entries as its environment."""
    words = ",".join(os.fsencode(word).hex() for word in argv)
    return [sys.executable, "-I", "-c", _EXECVE, words, ",".join(entry.hex() for entry in entries)]


def run(argv: list[str], environ: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        argv, env=environ, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, timeout=SAFETY, check=False
    )
