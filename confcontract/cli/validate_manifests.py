"""`confcontract validate --manifest`: the verdict on what manifests would give to containers."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from confcontract.cli.common import echo, load, not_empty, usage_error


def validate_manifests(
    paths: Sequence[str],
    contract: str | None,
    contracts: str | None,
    containers: Sequence[str],
    role: str | None,
    form: str,
    *,
    strict: bool,
    fail_on: str,
) -> int:
    """Prints the report, and returns the exit code. fail_on: "error", "unverifiable" or "warning"."""
    import os

    from confcontract.manifests.contract_choice import ContractChoice, read_patterns, refuse_unknown
    from confcontract.manifests.manifest_report import ManifestOutcome, judge_manifests
    from confcontract.manifests.read_manifests import read_manifests
    from confcontract.manifests.shown import render_manifests
    from confcontract.report.terminal import wants_color

    not_empty("--manifest", *paths)
    not_empty("--contracts", contracts)
    not_empty("--container", *containers)
    not_empty("--role", role)
    if containers and contract is None and contracts is None:
        raise usage_error("--container goes with --contract or --contracts", "name the contract, too")
    patterns = read_patterns(contracts) if contracts is not None else None
    loaded = load(contract) if contract is not None else None
    manifests = read_manifests(paths, os.environ)
    refuse_unknown(manifests, containers)
    choice = ContractChoice(manifests, load, loaded, patterns, containers)
    least = ManifestOutcome.UNVERIFIABLE if fail_on == "unverifiable" else ManifestOutcome(fail_on)
    report = judge_manifests(manifests, choice, role=role, strict=strict, fail_on=least)
    color = form == "text" and wants_color(sys.stdout, os.environ)
    echo(render_manifests(report, form, color=color), data=form != "text")
    return report.exit_code
