"""The pages as they are meant to be: `python -m tests.docs.golden` writes them anew, for a look at the difference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from confcontract.contract.artifact import Contract
from tests.docs import making

FOLDER = Path(__file__).parent / "golden"
SUFFIXES = {"markdown": "md", "dotenv": "env", "json": "json", "man": "7"}
CONTRACTS = ("shop", "sample")


def settled(contract: Contract) -> Contract:
    """Without what another release of pydantic changes."""
    provenance = {
        "buildTime": "2026-01-02T03:04:05Z",
        "confcontract": "0.1.0",
        "imageTag": "shop:1",
        "pydantic": "2.14.3",
        "pydanticCore": "2.50.4",
        "pydanticSettings": "2.16.3",
        "python": "3.11.7",
        "sourceCommit": "0123abc",
    }
    return Contract({**contract.data, "digest": "sha256:" + "0" * 64, "provenance": provenance})


def files() -> Iterator[tuple[Path, str]]:
    """Each file, and what ought to be in it."""
    for name in CONTRACTS:
        contract = settled(getattr(making, name)())
        for format, suffix in SUFFIXES.items():
            yield FOLDER / f"{name}.{suffix}", making.written(contract, format)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path, text in files():
        path.write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
