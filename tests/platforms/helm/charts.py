"""Charts, written once for a module, and what a real helm makes of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from confcontract.contract.artifact import Contract
from confcontract.platforms.export_input import export_input
from confcontract.platforms.helm.chart_files import export
from confcontract.platforms.workload_options import SecretsBy, WorkloadOptions
from tests.platforms.kubernetes.exported import IMAGE, shop
from tests.platforms.kubernetes.read_back import Object
from tests.support.tools import helm, run_tool


def chart(
    folder: Path,
    values: Mapping[str, str] | None = None,
    by: SecretsBy | None = None,
    *,
    contract: Contract | None = None,
    image: str | None = IMAGE,
    **options: Any,
) -> Path:
    made = export(export_input(contract or shop(), values or {}, image=image), None, WorkloadOptions(by, **options))
    assert not [each for each in made.problems if each.severity == "error"], made.problems
    for name, text in made.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def template(folder: Path, values: object = None, *options: str) -> subprocess.CompletedProcess[str]:
    """values: of `--values -`, as data or as YAML."""
    given = values if isinstance(values, str) else json.dumps(values or {})
    return run_tool(helm(), "template", "rel", str(folder), "--values", "-", *options, given=given)


def rendered(folder: Path, values: object = None, *options: str) -> list[Object]:
    done = template(folder, values, *options)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.load_all(done.stdout, yaml.CSafeLoader) if each]


def refused(folder: Path, values: object) -> str:
    """What helm says of values that it does not take."""
    done = template(folder, values)
    assert done.returncode != 0, done.stdout
    return done.stderr
