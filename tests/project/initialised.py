"""A folder in which `confcontract init` was run, and what it wrote there."""

from __future__ import annotations

from pathlib import Path

from confcontract.cli import main


def init(folder: Path, *options: str) -> int:
    try:
        main(["init", str(folder), *options])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def text(folder: Path, name: str = "Dockerfile") -> str:
    return (folder / name).read_text(encoding="utf-8")
