"""`attest` and `verify` as they are run, and statements that were changed since."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.inprocess import run_here

KINDS = ("provenance", "contract", "sbom")


def attested(reference: str, *options: str, **environ: str) -> str:
    """What is written to stdout."""
    done = run_here("attest", reference, *options, environ={"SOURCE_DATE_EPOCH": "", **environ})
    assert done.returncode == 0, done.stderr
    return done.stdout


def verified(reference: str, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the report."""
    done = run_here("verify", reference, "--format", "json", *options)
    assert "Traceback" not in done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["exitCode"] == done.returncode
    return done.returncode, told


def codes(told: dict[str, Any], severity: str = "error") -> list[str]:
    return sorted({each["code"] for each in told["problems"] if each["severity"] == severity})


def changed(folder: Path, kind: str, change: Callable[[Any], None]) -> None:
    """A statement in a file, edited as whoever can write there would; where it is signed, with the old signature."""
    path = folder / f"{kind}.intoto.json"
    data = json.loads(path.read_bytes())
    inner = json.loads(base64.b64decode(data["payload"])) if "payload" in data else data
    change(inner)
    if "payload" in data:
        data["payload"] = base64.b64encode(json.dumps(inner).encode()).decode()
    path.write_text(json.dumps(data))


def blob(folder: Path, name: str) -> bytes:
    return (folder / "blobs" / name.replace(":", "/")).read_bytes()
